from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from conftest import Api
from numerology.models import Remedy, RemedyTracking
from numerology.remedies.progress import current_streak, longest_streak, progress
from numerology.remedies.services import remedies_of, track
from numerology.tests.cast import NOON, at, moved, renamed
from numerology.tests.remedies.test_remedies import PATH, fresh

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)


@pytest.fixture
def remedy(alice: User) -> Remedy:
    return remedies_of(fresh(alice))[2]


def tracked(api: Api, user: User | None, remedy: Remedy, **body: Any) -> Any:
    return api(user).post(f"{PATH}{remedy.pk}/track/", {"date": "2026-11-20", "is_completed": True} | body)


def done(user: User, remedy: Remedy, *days: date) -> None:
    for day in days:
        RemedyTracking.objects.create(user=user, remedy=remedy, date=day, is_completed=True)


def test_tracking_a_day(api: Api, alice: User, remedy: Remedy) -> None:
    with at(NOON):
        response = tracked(api, alice, remedy, notes="Before breakfast.\nTwice.")
    row = RemedyTracking.objects.get()
    assert response.status_code == 200
    assert response.json() == {
        "id": str(row.pk),
        "user": str(alice.pk),
        "remedy": str(remedy.pk),
        "date": "2026-11-20",
        "is_completed": True,
        "notes": "Before breakfast.\nTwice.",
        "created_at": "2026-11-20T12:00:00Z",
        "updated_at": "2026-11-20T12:00:00Z",
    }
    assert str(row) == "2026-11-20: done"


def test_tracking_again_changes_the_same_row(api: Api, alice: User, remedy: Remedy) -> None:
    with at(NOON):
        first = tracked(api, alice, remedy, notes="Before breakfast.").json()
        second = tracked(api, alice, remedy, is_completed=False).json()
        third = tracked(api, alice, remedy, notes="").json()
    assert first["id"] == second["id"] == third["id"]
    assert (second["is_completed"], second["notes"]) == (False, "Before breakfast.")
    assert (third["is_completed"], third["notes"]) == (True, "")
    assert RemedyTracking.objects.count() == 1


@pytest.mark.parametrize(
    ("day", "status"),
    [("2026-11-20", 200), ("2026-10-21", 200), ("2026-11-21", 400), ("2026-10-20", 400), ("9999-12-31", 400)],
)
def test_today_and_thirty_days_back(api: Api, alice: User, remedy: Remedy, day: str, status: int) -> None:
    with at(NOON):
        response = tracked(api, alice, remedy, date=day)
    assert response.status_code == status
    assert RemedyTracking.objects.count() == (status == 200)
    if status == 400:
        assert response.json()["code"] == "tracking_date_out_of_range"


def test_today_is_that_of_the_person(api: Api, alice: User, remedy: Remedy) -> None:
    moved(alice, "Pacific/Auckland")
    with at(NOON):
        assert tracked(api, alice, remedy, date="2026-11-21").status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"date": "yesterday"}, "date"),
        ({"date": None}, "date"),
        ({"is_completed": "true"}, "is_completed"),
        ({"is_completed": None}, "is_completed"),
        ({"notes": "x" * 1001}, "notes"),
        ({"notes": 5}, "notes"),
    ],
)
def test_bad_input(api: Api, alice: User, remedy: Remedy, body: dict[str, Any], field: str) -> None:
    with at(NOON):
        response = tracked(api, alice, remedy, **body)
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert not RemedyTracking.objects.exists()


def test_streaks() -> None:
    days = {TODAY - DAY, TODAY - 2 * DAY, TODAY - 4 * DAY, TODAY - 5 * DAY, TODAY - 6 * DAY}
    assert current_streak(days, TODAY) == 2
    assert current_streak(days | {TODAY}, TODAY) == 3
    assert current_streak(days, TODAY + DAY) == 0
    assert longest_streak(days) == 3
    assert (current_streak((), TODAY), longest_streak(())) == (0, 0)
    made = progress(days, first=TODAY - 4 * DAY, last=TODAY, today=TODAY)
    assert (made.completed, made.days, made.completion_rate) == (3, 5, 0.6)
    assert progress(days, first=TODAY, last=TODAY - DAY, today=TODAY).completion_rate == 0.0


@given(st.sets(st.integers(0, 60)))
def test_streaks_are_runs_of_days(offsets: set[int]) -> None:
    days = [TODAY - timedelta(days=offset) for offset in sorted(offsets, reverse=True)]
    runs = "".join("x" if offset in offsets else " " for offset in range(62)).split()
    assert longest_streak(days) == max(map(len, runs), default=0)
    start = 0 if 0 in offsets else 1
    assert current_streak(days, TODAY) == next(i for i in range(62) if start + i not in offsets)


def test_progress_of_one(api: Api, alice: User, remedy: Remedy) -> None:
    done(alice, remedy, TODAY, TODAY - DAY, TODAY - 5 * DAY)
    RemedyTracking.objects.create(user=alice, remedy=remedy, date=TODAY - 2 * DAY, is_completed=False)
    with at(NOON):
        response = api(alice).get(f"{PATH}{remedy.pk}/progress/", {"days": 4})
    assert response.json() == {
        "current_streak": 2,
        "longest_streak": 2,
        "completed": 2,
        "days": 4,
        "completion_rate": 0.5,
        "chart": [
            {"date": "2026-11-17", "is_completed": None},
            {"date": "2026-11-18", "is_completed": False},
            {"date": "2026-11-19", "is_completed": True},
            {"date": "2026-11-20", "is_completed": True},
        ],
    }


def test_progress_of_all(api: Api, alice: User, remedy: Remedy) -> None:
    other = remedies_of(fresh(alice))[0]
    done(alice, remedy, TODAY, TODAY - 2 * DAY)
    done(alice, other, TODAY, TODAY - DAY)
    with at(NOON):
        body = api(alice).get(f"{PATH}progress/", {"days": 3}).json()
    assert (body["current_streak"], body["longest_streak"]) == (3, 3)
    assert (body["completed"], body["days"], body["completion_rate"]) == (3, 3, 1.0)
    assert body["chart"] == [
        {"date": "2026-11-18", "completed": 1},
        {"date": "2026-11-19", "completed": 1},
        {"date": "2026-11-20", "completed": 2},
    ]
    of_type = {each["remedy_type"]: each for each in body["remedies"]}
    assert len(of_type) == 6
    assert of_type["gemstone"]["current_streak"] == 2
    assert of_type["ritual"] == {
        "remedy": str(remedy.pk),
        "remedy_type": "ritual",
        "title": remedy.title,
        "current_streak": 1,
        "longest_streak": 1,
        "completed": 2,
        "days": 3,
        "completion_rate": 0.667,
    }


def test_progress_before_there_is_anything(api: Api, alice: User) -> None:
    body = api(alice).get(f"{PATH}progress/").json()
    assert (body["remedies"], body["completed"], len(body["chart"])) == ([], 0, 30)


@pytest.mark.parametrize("days", ["0", "367", "many", "-1"])
def test_progress_of_other_spans_is_refused(api: Api, alice: User, remedy: Remedy, days: str) -> None:
    for path in ("progress/", f"{remedy.pk}/progress/"):
        response = api(alice).get(PATH + path, {"days": days})
        assert response.status_code == 400
        assert response.json()["errors"][0]["field"] == "days"


def test_trackings_are_listed_also_of_what_was_replaced(api: Api, alice: User, charlie: User) -> None:
    before = remedies_of(fresh(alice))
    for each in before:
        done(alice, each, TODAY)
    done(alice, before[0], TODAY - 31 * DAY)
    renamed(alice, "Bob Stone")
    remedies_of(fresh(alice))
    with at(NOON):
        rows = api(alice).get(f"{PATH}trackings/").json()
        earlier = api(alice).get(f"{PATH}trackings/", {"since": "2026-10-01", "until": "2026-10-31"}).json()
        first = api(alice).get(f"{PATH}trackings/", {"until": "0001-01-02"})
    assert {each["remedy"] for each in rows} == {str(each.pk) for each in before}
    assert [each["date"] for each in earlier] == ["2026-10-20"]
    assert (first.status_code, first.json()) == (200, [])
    User.objects.filter(pk=charlie.pk).update(plan="premium")
    with at(NOON):
        assert api(charlie).get(f"{PATH}trackings/").json() == []


def test_trackings_go_on_at_their_link(api: Api, alice: User, remedy: Remedy) -> None:
    done(alice, remedy, *(TODAY - DAY * back for back in range(5)))
    with at(NOON):
        page = api(alice).get(f"{PATH}trackings/", {"limit": 3})
        rest = api(alice).get(page.headers["Link"].partition(">")[0].removeprefix("<"))
    assert [each["date"] for each in page.json()] == ["2026-11-20", "2026-11-19", "2026-11-18"]
    assert [each["date"] for each in rest.json()] == ["2026-11-17", "2026-11-16"]
    assert "Link" not in rest.headers


def test_lists_need_the_plan(api: Api, bob: User) -> None:
    for path in ("progress/", "trackings/"):
        assert api(bob).get(PATH + path).status_code == 402
        assert api(None).get(PATH + path).status_code == 401


def test_a_day_that_was_missed_reads_so(alice: User, remedy: Remedy) -> None:
    with at(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        row = track(user=fresh(alice), remedy=remedy, on_date=TODAY, is_completed=False, notes=None)
    assert str(row) == "2026-11-20: not done"
