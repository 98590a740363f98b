from datetime import UTC, date, datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Plan, User
from conftest import Api
from numerology.models import DailyReading
from numerology.readings.periods import services
from numerology.tests.cast import NOON, at, moved, reborn, renamed

WEEKLY, MONTHLY, YEARLY = (f"/api/v1/numerology/{period}-reading/" for period in ("weekly", "monthly", "yearly"))
PATHS = (WEEKLY, MONTHLY, YEARLY)
STARTS = {WEEKLY: "2026-11-16", MONTHLY: "2026-11-01", YEARLY: "2026-01-01"}


def read(api: Api, user: User | None, path: str, **query: str) -> Any:
    with at(NOON):
        return api(user).get(path, query)


def grant(user: User, plan: Plan) -> None:
    User.objects.filter(pk=user.pk).update(plan=plan)


@pytest.mark.parametrize("path", PATHS)
def test_the_period_of_today_is_the_default_and_is_the_same_on_every_read(api: Api, alice: User, path: str) -> None:
    response = read(api, alice, path)
    assert response.status_code == 200
    assert response.json()["starts_on"] == STARTS[path]
    assert read(api, alice, path).content == response.content
    assert read(api, alice, path, date="2026-11-20").content == response.content
    assert read(api, alice, path, date="").content == response.content
    assert read(api, alice, path, date="2026-03-02").json()["starts_on"] != STARTS[path] or path == YEARLY


def test_months_and_years_are_asked_for_by_name(api: Api, alice: User) -> None:
    assert read(api, alice, MONTHLY, month="2027-02").json()["ends_on"] == "2027-02-28"
    assert read(api, alice, YEARLY, year="2027").json()["year"] == 2027


@pytest.mark.parametrize("path", PATHS)
def test_what_is_read_is_of_the_person(api: Api, alice: User, charlie: User, path: str) -> None:
    grant(charlie, Plan.ELITE)
    type(charlie.profile).objects.filter(user=charlie).update(date_of_birth=date(1985, 3, 17))
    hers, his = read(api, alice, path), read(api, charlie, path)
    assert hers.json()["personal_year_number"] == his.json()["personal_year_number"]
    assert hers.content != his.content
    assert read(api, None, path).status_code == 401


@pytest.mark.parametrize(
    ("path", "feature", "plan"),
    [
        (WEEKLY, "weekly_reading", Plan.BASIC),
        (MONTHLY, "monthly_reading", Plan.BASIC),
        (YEARLY, "yearly_reading", Plan.PREMIUM),
    ],
)
def test_a_plan_has_it_and_the_one_below_has_not(api: Api, bob: User, path: str, feature: str, plan: Plan) -> None:
    grant(bob, {Plan.BASIC: Plan.FREE, Plan.PREMIUM: Plan.BASIC}[plan])
    refused = read(api, bob, path)
    assert (refused.status_code, refused.json()["code"]) == (402, "plan_required")
    assert (refused.json()["feature"], refused.json()["plan"]) == (feature, plan)
    grant(bob, plan)
    assert read(api, bob, path).status_code == 200


@pytest.mark.parametrize(
    ("path", "reached", "beyond"),
    [
        # 366 days lie between NOON's day and 21 November 2027, a Sunday, and 19 November 2025, a Wednesday.
        (WEEKLY, "2027-11-15", "2027-11-22"),
        (WEEKLY, "2025-11-17", "2025-11-16"),
        (MONTHLY, "2027-11-30", "2027-12-01"),
        (MONTHLY, "2025-11-01", "2025-10-31"),
        (YEARLY, "2027-12-31", "2028-01-01"),
        (YEARLY, "2025-01-01", "2024-12-31"),
    ],
)
def test_the_nearest_day_decides_how_far_it_is(api: Api, alice: User, path: str, reached: str, beyond: str) -> None:
    assert read(api, alice, path, date=reached).status_code == 200
    refused = read(api, alice, path, date=beyond)
    assert (refused.status_code, refused.json()["code"]) == (400, "reading_date_out_of_range")


def test_the_period_of_birth_is_the_first(api: Api, alice: User) -> None:
    reborn(alice, date(2026, 5, 20))
    for path, first, before in (
        (WEEKLY, "2026-05-18", "2026-05-17"),
        (MONTHLY, "2026-05-01", "2026-04-30"),
        (YEARLY, "2026-01-01", "2025-12-31"),
    ):
        assert read(api, alice, path, date=first).status_code == 200
        assert read(api, alice, path, date=before).json()["code"] == "reading_date_out_of_range"


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        (WEEKLY, {"date": "2026-02-30"}, "date"),
        (WEEKLY, {"date": "this week"}, "date"),
        (MONTHLY, {"month": "2026-13"}, "month"),
        (MONTHLY, {"month": "2026-1"}, "month"),
        (MONTHLY, {"month": "0000-01"}, "month"),
        (MONTHLY, {"month": "2026-11", "date": "2026-11-02"}, "month"),
        (YEARLY, {"year": "26"}, "year"),
        (YEARLY, {"year": "0000"}, "year"),
        (YEARLY, {"year": "٢٠٢٦"}, "year"),
        (YEARLY, {"year": "2026", "date": "2026-11-02"}, "year"),
    ],
)
def test_bad_input(api: Api, alice: User, path: str, query: dict[str, str], field: str) -> None:
    response = read(api, alice, path, **query)
    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert response.json()["errors"][0]["field"] == field


def test_where_the_calendar_ends_there_is_no_week(api: Api, alice: User) -> None:
    assert read(api, alice, WEEKLY, date="9999-12-31").json()["code"] == "reading_date_out_of_range"


@pytest.mark.parametrize("path", PATHS)
def test_a_missing_birth_date_says_what_to_fill_in(api: Api, alice: User, path: str) -> None:
    reborn(alice, None)
    refused = read(api, alice, path)
    assert (refused.status_code, refused.json()["code"]) == (409, "birth_date_required")


@pytest.mark.parametrize("name", ["", "12345", "李明"])
def test_a_year_without_a_name_to_count_has_no_essence(api: Api, alice: User, name: str) -> None:
    renamed(alice, name)
    response = read(api, alice, YEARLY)
    assert response.status_code == 200
    assert response.json()["essences"] == []
    assert response.json()["pinnacles"]


def test_the_essence_is_that_of_the_name(api: Api, alice: User) -> None:
    """Alice Marie Johnson at 40: Alice is 1 + 3 + 9 + 3 + 5 = 21 years round, so 40 is 19 into it, in the E; Marie is
    4 + 1 + 9 + 9 + 5 = 28, 12 into it, in the R; Johnson is 1 + 6 + 8 + 5 + 1 + 6 + 5 = 32, 8 into it, in the H.
    5 + 9 + 8 = 22. At 41 the letters are the same, so one Essence has all of 2026."""
    assert [(each["number"], each["starts_on"]) for each in read(api, alice, YEARLY).json()["essences"]] == [
        (22, "2026-01-01")
    ]


def test_the_week_is_that_of_where_the_person_lives(api: Api, alice: User) -> None:
    moved(alice, "Pacific/Kiritimati")
    with at(datetime(2026, 11, 22, 9, 59, tzinfo=UTC)):
        assert api(alice).get(WEEKLY).json()["week"] == "2026-W47"
    with at(datetime(2026, 11, 22, 10, 0, tzinfo=UTC)):
        assert api(alice).get(WEEKLY).json()["week"] == "2026-W48"


@pytest.mark.parametrize(("path", "queries"), [(WEEKLY, 1), (MONTHLY, 1), (YEARLY, 2)])
def test_nothing_is_stored_and_hardly_anything_asked(
    api: Api, alice: User, path: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with at(NOON):
        client = api(alice)
        with django_assert_num_queries(queries):  # one signs in; the year asks how the name is spelt
            assert client.get(path).status_code == 200
    assert not DailyReading.objects.exists()


def test_the_services_answer_the_same_as_the_pages(api: Api, alice: User) -> None:
    with at(NOON):
        user = User.objects.select_related("profile").get(pk=alice.pk)
        assert services.weekly_reading(user=user).theme == read(api, alice, WEEKLY).json()["theme"]
