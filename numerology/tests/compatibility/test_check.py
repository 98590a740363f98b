from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from conftest import Api
from numerology.charts.services import calculate
from numerology.compatibility import services
from numerology.compatibility.sides import Side
from numerology.content.loader import pair, pair_position
from numerology.models import CompatibilityCheck, CompatibilityTally
from numerology.tests.cast import NOON, at, moved, reborn, renamed
from payments.entitlements import PlanLimitReached

CHECK = "/api/v1/numerology/compatibility-check/"
HISTORY = "/api/v1/numerology/compatibility-history/"
BOB: dict[str, Any] = {
    "partner_name": "Bob Stone",
    "partner_birth_date": "1990-08-15",
    "relationship_type": "romantic",
}


def check(api: Api, user: User | None, **given: object) -> Any:
    return api(user).post(CHECK, BOB | given)


def on_plan(user: User, plan: str) -> User:
    User.objects.filter(pk=user.pk).update(plan=plan)
    user.refresh_from_db()
    return user


@pytest.fixture
def granted(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Premium grants so many checks a day."""
    from accounts.models import Plan
    from payments.entitlements import LIMITS

    def grant(number: int) -> None:
        monkeypatch.setitem(LIMITS[services.DAILY].grants, Plan.PREMIUM, number)

    return grant


def test_two_people_are_compared_and_kept(api: Api, alice: User) -> None:
    with at(NOON):
        response = check(api, alice)
    assert response.status_code == 201
    body, row = response.json(), CompatibilityCheck.objects.get()
    del body["breakdown"], body["together"]
    text = pair(6, 7)
    assert body == {
        "id": str(row.pk),
        "user": str(alice.pk),
        "full_name": "Alice Marie Johnson",
        "latin_name": "",
        "birth_date": "1985-03-17",
        "partner_name": "Bob Stone",
        "partner_latin_name": "",
        "partner_birth_date": "1990-08-15",
        "relationship_type": "romantic",
        "calculation_system": "pythagorean",
        "compatibility_score": 59,
        "title": text.title,
        "summary": text.summary,
        "strengths": [*text.strengths, pair_position("romantic", "personality").strength],
        "challenges": [
            *text.challenges,
            pair_position("romantic", "life_path").challenge,
            pair_position("romantic", "attitude").challenge,
        ],
        "advice": body["advice"],
        "checked_on": "2026-11-20",
        "created_at": "2026-11-20T12:00:00Z",
    }
    assert body["advice"].endswith(pair_position("romantic", "life_path").advice)


def test_the_answer_explains_the_score(api: Api, alice: User) -> None:
    body = check(api, alice).json()
    breakdown, together = body["breakdown"], body["together"]
    # Levels of 7-6, 9-2, 6-8, 3-3, 8-6 and 2-5 by the printed table, weighed for a couple.
    assert [
        (each["position"], each["you"], each["partner"], each["contribution"]) for each in breakdown["positions"]
    ] == [
        ("life_path", 7, 6, 7.5),
        ("destiny", 9, 2, 5.0),
        ("soul_urge", 6, 8, 22.5),
        ("personality", 3, 3, 15.0),
        ("birthday", 8, 6, 7.5),
        ("attitude", 2, 5, 1.25),
    ]
    assert (breakdown["score"], breakdown["total"], breakdown["level"]) == (59, 58.75, "neutral")
    assert (together["sum"], together["difference"]) == (4, 1)
    assert together["calculation"] == "6 + 7 = 13 = 4; 7 - 6 = 1"


@pytest.mark.parametrize(
    ("relationship", "score"), [("romantic", 59), ("business", 55), ("friendship", 58), ("family", 51)]
)
def test_each_relationship_weighs_and_says_something_else(api: Api, alice: User, relationship: str, score: int) -> None:
    body = check(api, alice, relationship_type=relationship).json()
    assert body["compatibility_score"] == score
    assert pair_position(relationship, "personality").strength in body["strengths"]


def test_it_is_the_same_whoever_asks(api: Api, alice: User, bob: User) -> None:
    hers = check(api, alice).json()
    his = check(
        api, on_plan(bob, "premium"), partner_name="Alice Marie Johnson", partner_birth_date="1985-03-17"
    ).json()
    for name in ("compatibility_score", "title", "summary", "strengths", "challenges", "advice", "together"):
        assert hers[name] == his[name]
    swapped = [
        position | {"you": position["partner"], "partner": position["you"]}
        for position in his["breakdown"]["positions"]
    ]
    assert hers["breakdown"]["positions"] == swapped


def test_a_pair_without_hard_positions_is_advised_by_the_step_between_them(api: Api, alice: User) -> None:
    body = check(api, alice, partner_name="Alice Marie Johnson", partner_birth_date="1985-03-17").json()
    assert (body["compatibility_score"], body["together"]["difference"]) == (100, 0)
    assert body["advice"].endswith(body["together"]["difference_text"])
    assert body["challenges"] == list(pair(7, 7).challenges)


def test_masters_are_told_of_and_count_by_their_roots(api: Api, alice: User) -> None:
    # 5 + 1 + 5 = 11
    body = check(api, alice, partner_name="Thomas John Hancock", partner_birth_date="1949-05-10").json()
    first = body["breakdown"]["positions"][0]
    assert (first["partner"], first["level"]) == (11, "challenging")
    assert [master["number"] for master in first["masters"]] == [11]
    assert body["title"] == pair(7, 2).title


def test_a_number_that_a_name_lacks_is_left_out(api: Api, alice: User) -> None:
    body = check(api, alice, partner_name="Bcd Fgh", partner_birth_date="1990-08-15").json()
    left_out = body["breakdown"]["positions"][2]
    assert (left_out["partner"], left_out["level"], left_out["share"], left_out["is_left_out"]) == (None, None, 0, True)
    assert body["breakdown"]["is_reweighted"] is True


def test_the_system_is_that_of_ones_own_numbers_unless_another_is_named(api: Api, alice: User) -> None:
    calculate(user=alice, system="chaldean")
    own = check(api, alice).json()
    named = check(api, alice, system="pythagorean").json()
    assert (own["calculation_system"], named["calculation_system"]) == ("chaldean", "pythagorean")
    assert own["breakdown"]["positions"][1]["you"] != named["breakdown"]["positions"][1]["you"]


def test_names_in_other_scripts_come_with_their_latin_spelling(api: Api, alice: User) -> None:
    refused = check(api, alice, partner_name="李明")
    assert refused.status_code == 400
    assert [(each["field"], each["code"]) for each in refused.json()["errors"]] == [
        ("partner_latin_name", "latin_name_required")
    ]
    assert not CompatibilityCheck.objects.exists()
    body = check(api, alice, partner_name="李明", partner_latin_name="Li Ming").json()
    assert (body["partner_name"], body["partner_latin_name"]) == ("李明", "Li Ming")
    renamed(alice, "王芳")
    own = check(api, alice).json()
    assert (own["code"], own["proposal"]["latin_name"]) == ("latin_name_required", "Wang Fang")
    alice.refresh_from_db()
    calculate(user=alice, system="pythagorean", latin_name="Wang Fang")
    assert check(api, alice).json()["latin_name"] == "Wang Fang"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"partner_name": ""}, "partner_name"),
        ({"partner_name": "123"}, "partner_name"),
        ({"partner_name": 5}, "partner_name"),
        ({"partner_name": "x" * 201}, "partner_name"),
        ({"partner_name": None}, "partner_name"),
        ({"partner_birth_date": "2026-11-21"}, "partner_birth_date"),
        ({"partner_birth_date": "0999-12-31"}, "partner_birth_date"),
        ({"partner_birth_date": "15.08.1990"}, "partner_birth_date"),
        ({"partner_birth_date": 19900815}, "partner_birth_date"),
        ({"relationship_type": "enemies"}, "relationship_type"),
        ({"relationship_type": ["romantic"]}, "relationship_type"),
        ({"partner_latin_name": "李明"}, "partner_latin_name"),
        ({"partner_latin_name": "Чехов"}, "partner_latin_name"),
        ({"partner_latin_name": "12"}, "partner_latin_name"),
        ({"system": "xyz"}, "system"),
    ],
)
def test_what_cannot_be_compared_is_refused(api: Api, alice: User, given: dict[str, object], field: str) -> None:
    with at(NOON):
        response = check(api, alice, **given)
    assert response.status_code == 400
    assert [each["field"] for each in response.json()["errors"]] == [field]
    assert not CompatibilityCheck.objects.exists()
    assert not CompatibilityTally.objects.exists()


def test_what_the_profile_lacks_is_named(api: Api, alice: User) -> None:
    reborn(alice, None)
    assert check(api, alice).json()["code"] == "birth_date_required"
    reborn(alice, date(1985, 3, 17))
    renamed(alice, "")
    assert check(api, alice).json()["code"] == "name_required"
    renamed(alice, "…")
    refused = check(api, alice)
    assert (refused.status_code, refused.json()["code"]) == (409, "name_no_letters")
    assert not CompatibilityTally.objects.exists()


def test_it_takes_a_plan_and_a_person(api: Api, bob: User) -> None:
    refused = check(api, bob)
    assert (refused.status_code, refused.json()["code"]) == (402, "plan_required")
    assert (refused.json()["feature"], refused.json()["plan"]) == ("compatibility", "premium")
    assert check(api, None).status_code == 401
    assert not CompatibilityCheck.objects.exists()


def test_the_same_twice_on_a_day_is_one_check(
    api: Api, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with at(NOON):
        client = api(alice)
        first = client.post(CHECK, BOB)
        # One signs in, one has the own numbers, one holds the tally, one finds the check; the others begin and end.
        with django_assert_num_queries(6):
            second = client.post(CHECK, BOB)
        third = client.post(CHECK, BOB | {"relationship_type": "family"})
    assert (first.status_code, second.status_code, third.status_code) == (201, 200, 201)
    assert second.json() == first.json()
    assert CompatibilityTally.objects.get(user=alice).used == 2
    with at(datetime(2026, 11, 21, 12, tzinfo=UTC)):
        assert check(api, alice).status_code == 201
    assert CompatibilityTally.objects.get(user=alice).used == 1


def test_a_corrected_name_of_ones_own_makes_another_check(api: Api, alice: User) -> None:
    first = check(api, alice).json()
    renamed(alice, "Alice Stone")
    second = check(api, alice).json()
    assert first["id"] != second["id"]
    assert api(alice).get(f"{CHECK}{first['id']}/").json() == first


def test_a_plan_grants_so_many_checks_a_day(api: Api, alice: User, granted: Callable[[int], None]) -> None:
    granted(2)
    with at(NOON):
        first = check(api, alice, partner_name="Ann Lee").json()
        assert check(api, alice, partner_name="Ann Loe").status_code == 201
        refused = check(api, alice, partner_name="Ann Low")
        assert (refused.status_code, refused.json()["code"]) == (402, "plan_limit_reached")
        assert (refused.json()["limit"], refused.json()["plan"]) == ("compatibility_checks_a_day", "elite")
        assert CompatibilityCheck.objects.count() == 2
        # What is there already is given, and deleting gives nothing back.
        assert check(api, alice, partner_name="Ann Lee").status_code == 200
        assert api(alice).delete(f"{CHECK}{first['id']}/").status_code == 204
        assert check(api, alice, partner_name="Ann Low").status_code == 402


def test_the_day_is_the_persons_own_and_never_goes_back(api: Api, alice: User, granted: Callable[[int], None]) -> None:
    granted(1)
    moved(alice, "America/New_York")
    with at(datetime(2026, 11, 21, 4, 59, tzinfo=UTC)):
        assert check(api, alice).json()["checked_on"] == "2026-11-20"
        assert check(api, alice, partner_name="Ann Lee").status_code == 402
    with at(datetime(2026, 11, 21, 5, 0, tzinfo=UTC)):
        assert check(api, alice, partner_name="Ann Lee").json()["checked_on"] == "2026-11-21"
        moved(alice, "Pacific/Honolulu")
        assert check(api, alice, partner_name="Ann Low").status_code == 402
    assert CompatibilityTally.objects.get(user=alice).day == date(2026, 11, 21)


@pytest.mark.django_db(transaction=True)
def test_checks_at_the_same_moment_stay_within_the_plan(alice: User, granted: Callable[[int], None]) -> None:
    granted(3)

    def ask(number: int) -> bool:
        try:
            user = User.objects.select_related("profile").get(pk=alice.pk)
            partner = Side(name=f"Ann {chr(65 + number)}", birth_date=date(1990, 8, 15))
            return services.check(user=user, partner=partner, relationship="family")[1]
        except PlanLimitReached:
            return False
        finally:
            connection.close()

    with at(NOON), ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(ask, range(8))) == 3
    assert CompatibilityCheck.objects.count() == CompatibilityTally.objects.get().used == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_asked_at_the_same_moment_is_one_check(alice: User) -> None:
    def ask(_: int) -> object:
        try:
            user = User.objects.select_related("profile").get(pk=alice.pk)
            partner = Side(name="Bob Stone", birth_date=date(1990, 8, 15))
            return services.check(user=user, partner=partner, relationship="romantic")[0].pk
        finally:
            connection.close()

    with at(NOON), ThreadPoolExecutor(4) as threads:
        assert set(threads.map(ask, range(8))) == {CompatibilityCheck.objects.get().pk}


def test_the_history_is_the_persons_own_and_the_newest_comes_first(
    api: Api, alice: User, charlie: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    on_plan(charlie, "premium")
    ids = []
    for hour, name in enumerate(("Ann Lee", "Ann Loe", "Ann Low")):
        with at(NOON.replace(hour=hour)):
            ids.append(check(api, alice, partner_name=name).json()["id"])
    check(api, charlie)
    client = api(alice)
    with django_assert_num_queries(2):  # one signs in, one reads
        answer = client.get(HISTORY)
    assert [each["id"] for each in answer.json()] == ids[::-1]
    assert not answer.has_header("Link")
    assert answer.json()[0] == client.get(f"{CHECK}{ids[2]}/").json()
    first = client.get(HISTORY, {"limit": 2})
    assert [each["id"] for each in first.json()] == ids[:0:-1]
    link = first["Link"].removeprefix("<").removesuffix('>; rel="next"')
    assert [each["id"] for each in client.get(link).json()] == ids[:1]
    assert api(None).get(HISTORY).status_code == 401


def test_what_was_checked_stays_readable_when_the_plan_ends(api: Api, alice: User) -> None:
    made = check(api, alice).json()
    client = api(on_plan(alice, "free"))
    assert client.get(HISTORY).json() == [made]
    assert client.get(f"{CHECK}{made['id']}/").json() == made
    assert client.post(CHECK, BOB).status_code == 402


def test_nobody_reads_or_deletes_the_checks_of_another(api: Api, alice: User, bob: User) -> None:
    path = f"{CHECK}{check(api, alice).json()['id']}/"
    for client in (api(bob), api(None)):
        assert client.get(path).status_code == client.delete(path).status_code in {404, 401}
    assert CompatibilityCheck.objects.count() == 1
    assert api(alice).delete(path).status_code == 204
    assert api(alice).delete(path).status_code == 404
    assert not CompatibilityCheck.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("compatibility_score", 101),
        ("relationship_type", "enemies"),
        ("calculation_system", "xyz"),
        ("partner_birth_date", "0999-12-31"),
        ("partner_name", " "),
    ],
)
def test_impossible_checks_cannot_be_stored(api: Api, alice: User, field: str, value: object) -> None:
    check(api, alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        CompatibilityCheck.objects.update(**{field: value})
