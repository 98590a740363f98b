from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from accounts.models import Plan, User
from conftest import Api
from numerology.content.loader import daily_texts, daily_version
from numerology.models import DailyReading
from numerology.readings.composition import compose
from numerology.readings.reach import DAYS
from numerology.readings.services import daily_reading
from numerology.tests.cast import NOON, at, moved, reborn, renamed
from payments.entitlements import LIMITS

PATH = "/api/v1/numerology/daily-reading/"
PERSON = UUID("0b8f6c1e-4a52-4a53-9a2b-6a3a7d9f2c11")
BORN = date(1985, 3, 17)
TODAY = date(2026, 11, 20)


def read(api: Api, user: User | None, **query: str) -> Any:
    return api(user).get(PATH, query)


def test_todays_reading(api: Api, bob: User) -> None:
    with at(NOON):
        response = read(api, bob)
    assert response.status_code == 200
    body = response.json()
    row = DailyReading.objects.get(user=bob)
    # Born 15 August: Personal Year 8 + 6 + 1 = 15 = 6, Month 6 + 11 = 17 = 8, Day 8 + 20 = 28 = 1; Life Path 6.
    texts = daily_texts(1)
    assert body == {
        "id": str(row.id),
        "reading_date": "2026-11-20",
        "personal_day_number": 1,
        "lucky_number": 7,
        "lucky_color": body["lucky_color"],
        "auspicious_time": body["auspicious_time"],
        "activity_recommendation": body["activity_recommendation"],
        "warning": body["warning"],
        "affirmation": body["affirmation"],
        "actionable_tip": body["actionable_tip"],
        "generated_at": "2026-11-20T12:00:00Z",
    }
    assert body["lucky_color"] in texts.lucky_colors
    assert body["auspicious_time"] in texts.auspicious_times
    assert body["activity_recommendation"] in texts.activity_recommendations
    assert body["warning"] in texts.warnings
    assert body["affirmation"] in texts.affirmations
    assert body["actionable_tip"] in texts.actionable_tips
    assert row.content_version == daily_version()


def test_reading_twice_is_equal_and_the_second_is_one_query(
    api: Api, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with at(NOON):
        client = api(bob)
        first = client.get(PATH).json()
        with django_assert_num_queries(2):  # one signs in, one reads
            assert client.get(PATH).json() == first
        assert client.get(PATH, {"date": "2026-11-20"}).json() == first
        assert client.get(PATH, {"date": ""}).json() == first
    assert DailyReading.objects.count() == 1


def test_midnight_where_the_person_lives_brings_the_next_reading(api: Api, bob: User) -> None:
    moved(bob, "America/New_York")
    with at(datetime(2026, 11, 21, 4, 59, tzinfo=UTC)):
        before = read(api, bob).json()
    with at(datetime(2026, 11, 21, 5, 0, tzinfo=UTC)):
        after = read(api, bob).json()
    assert (before["reading_date"], after["reading_date"]) == ("2026-11-20", "2026-11-21")
    assert before["id"] != after["id"]


def test_other_dates_belong_to_paid_plans(api: Api, alice: User, bob: User) -> None:
    with at(NOON):
        assert read(api, alice, date="2026-11-21").json()["reading_date"] == "2026-11-21"
        refused = read(api, bob, date="2026-11-21")
    assert refused.status_code == 402
    assert refused.json()["code"] == "plan_required"
    assert (refused.json()["feature"], refused.json()["plan"]) == ("reading_any_date", "basic")
    assert not DailyReading.objects.filter(user=bob).exists()


def test_a_paid_plan_that_has_ended_reads_today_only(api: Api, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(plan_until=NOON - timedelta(seconds=1))
    with at(NOON):
        assert read(api, alice, date="2026-11-19").status_code == 402
        assert read(api, alice).status_code == 200


@pytest.mark.parametrize("given", ["tomorrow", "2026-02-30", "20.11.2026", "2026-11-20T12:00:00", "99999-01-01"])
def test_dates_that_are_none_are_refused(api: Api, alice: User, given: str) -> None:
    with at(NOON):
        response = read(api, alice, date=given)
    assert response.status_code == 400
    assert response.json()["code"] == "validation_error"
    assert response.json()["errors"][0]["field"] == "date"
    assert not DailyReading.objects.exists()


@pytest.mark.parametrize(
    ("given", "status"), [("2025-11-19", 200), ("2025-11-18", 400), ("2027-11-21", 200), ("2027-11-22", 400)]
)
def test_readings_reach_a_year_back_and_ahead(api: Api, alice: User, given: str, status: int) -> None:
    with at(NOON):
        response = read(api, alice, date=given)
    assert response.status_code == status
    if status == 400:
        assert response.json()["code"] == "reading_date_out_of_range"
        assert response.json()["errors"][0]["field"] == "date"
        assert not DailyReading.objects.exists()


def test_readings_begin_with_birth(api: Api, alice: User) -> None:
    reborn(alice, date(2026, 3, 17))
    with at(NOON):
        assert read(api, alice, date="2026-03-17").status_code == 200
        refused = read(api, alice, date="2026-03-16")
    assert (refused.status_code, refused.json()["code"]) == (400, "reading_date_out_of_range")


def test_a_plan_that_grants_fewer_days_names_one_that_grants_more(
    api: Api, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS[DAYS].grants, Plan.PREMIUM, 31)
    with at(NOON):
        assert read(api, alice, date="2026-12-21").status_code == 200
        refused = read(api, alice, date="2026-12-22")
    assert (refused.status_code, refused.json()["code"]) == (402, "plan_limit_reached")
    assert (refused.json()["limit"], refused.json()["granted"], refused.json()["plan"]) == (DAYS, 31, "basic")
    assert not DailyReading.objects.filter(reading_date=date(2026, 12, 22)).exists()


def test_the_first_time_it_is_opened_is_kept(api: Api, bob: User, django_assert_num_queries: Any) -> None:
    with at(NOON):
        read(api, bob)
    DailyReading.objects.update(opened_at=None)
    with at(NOON + timedelta(hours=1)):
        client = api(bob)
        with django_assert_num_queries(3):  # one signs in, one reads, one notes
            client.get(PATH)
    with at(NOON + timedelta(hours=2)):
        read(api, bob)
    assert DailyReading.objects.get().opened_at == NOON + timedelta(hours=1)


def test_only_the_person_reads_their_reading(api: Api, bob: User, charlie: User) -> None:
    with at(NOON):
        his, hers = read(api, bob).json(), read(api, charlie).json()
        assert read(api, None).status_code == 401
    assert his["id"] != hers["id"]
    assert DailyReading.objects.count() == 2


def test_a_missing_birth_date_says_what_to_fill_in(api: Api, bob: User) -> None:
    reborn(bob, None)
    response = read(api, bob)
    assert (response.status_code, response.json()["code"]) == (409, "birth_date_required")
    assert not DailyReading.objects.exists()


def test_a_reading_needs_no_name(api: Api, bob: User) -> None:
    renamed(bob, "")
    assert read(api, bob).status_code == 200


def test_a_corrected_birth_date_makes_the_reading_anew(api: Api, bob: User) -> None:
    with at(NOON):
        first = read(api, bob).json()
        reborn(bob, BORN)
        second = read(api, bob).json()
    assert second["id"] == first["id"]
    assert (first["personal_day_number"], second["personal_day_number"]) == (1, 7)


def test_the_same_person_and_date_always_compose_the_same() -> None:
    first = compose(person=PERSON, birth_date=BORN, on_date=TODAY)
    assert compose(person=PERSON, birth_date=BORN, on_date=TODAY) == first
    assert first.personal_day_number == 7
    assert first.lucky_number == 5  # Life Path 7 + Personal Day 7 = 14


def test_people_and_dates_compose_differently() -> None:
    of_people = {compose(person=UUID(int=n), birth_date=BORN, on_date=TODAY) for n in range(50)}
    assert len(of_people) == 50
    days = [TODAY + timedelta(days=n) for n in range(50)]
    of_days = {compose(person=PERSON, birth_date=BORN, on_date=day) for day in days}
    assert len(of_days) == 50


def test_every_text_has_its_turn() -> None:
    """Over many people each of the ten warnings of a day comes up about equally often."""
    texts = daily_texts(7).warnings
    shown = Counter(compose(person=UUID(int=n), birth_date=BORN, on_date=TODAY).warning for n in range(1000))
    assert set(shown) == set(texts)
    assert min(shown.values()) > 1000 / len(texts) / 2


@pytest.mark.django_db(transaction=True)
def test_first_reads_at_the_same_moment_make_one_reading(bob: User) -> None:
    def read_as_bob(_: int) -> object:
        try:
            return daily_reading(user=User.objects.select_related("profile").get(pk=bob.pk)).pk
        finally:
            connection.close()

    with at(NOON), ThreadPoolExecutor(4) as threads:
        ids = set(threads.map(read_as_bob, range(8)))
    assert ids == {DailyReading.objects.get(user=bob).pk}
