from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from conftest import Api
from notifications.models import Notification
from notifications.services import notify
from numerology.models import Remedy, RemedyTracking
from numerology.remedies.models import MONDAY_TO_SUNDAY
from numerology.remedies.reminding import next_reminder, remind
from numerology.remedies.services import put_aside, remedies_of, remind_at
from numerology.tasks import remind_of_remedies
from numerology.tests.cast import NOON, at, moved, renamed
from numerology.tests.remedies.test_remedies import PATH, downgraded, fresh

ZONES = ("UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland")


@pytest.fixture
def remedy(alice: User) -> Remedy:
    return remedies_of(fresh(alice))[2]


def wanted(user: User, remedy: Remedy, at_time: str = "12:30", weekdays: list[int] | None = None) -> Remedy:
    return remind_at(user=fresh(user), remedy_id=remedy.pk, at=time.fromisoformat(at_time), weekdays=weekdays)


def told() -> list[Notification]:
    return list(Notification.objects.filter(kind="numerology.remedy_reminder").order_by("id"))


def test_asking_for_a_reminder(api: Api, alice: User, remedy: Remedy) -> None:
    moved(alice, "Asia/Kolkata")
    with at(NOON):
        response = api(alice).put(f"{PATH}{remedy.pk}/reminder/", {"time": "18:00", "weekdays": [5, 1, 5]})
    assert response.status_code == 200
    assert (response.json()["reminder_time"], response.json()["reminder_weekdays"]) == ("18:00:00", [1, 5])
    remedy.refresh_from_db()
    # NOON is Friday, half past five in the afternoon in Kolkata.
    assert remedy.next_reminder_at == datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def test_asking_for_none(api: Api, alice: User, remedy: Remedy) -> None:
    wanted(alice, remedy)
    for _ in range(2):
        assert api(alice).delete(f"{PATH}{remedy.pk}/reminder/").status_code == 204
        remedy.refresh_from_db()
        assert (remedy.reminder_time, remedy.next_reminder_at) == (None, None)


def test_asking_for_none_takes_no_plan_but_ones_own_remedy(
    api: Api, alice: User, charlie: User, remedy: Remedy
) -> None:
    with at(NOON):
        wanted(alice, remedy)
        path = f"{PATH}{remedy.pk}/reminder/"
        assert (api(charlie).delete(path).status_code, api(None).delete(path).status_code) == (404, 401)
        assert Remedy.objects.get(pk=remedy.pk).reminder_time == time(12, 30)
        downgraded(alice)
        assert api(alice).delete(path).status_code == 204
    remedy.refresh_from_db()
    assert (remedy.reminder_time, remedy.next_reminder_at) == (None, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "time"),
        ({"time": "25:00"}, "time"),
        ({"time": None}, "time"),
        ({"time": "07:30", "weekdays": []}, "weekdays"),
        ({"time": "07:30", "weekdays": [0]}, "weekdays.0"),
        ({"time": "07:30", "weekdays": [1] * 8}, "weekdays"),
        ({"time": "07:30", "weekdays": [0] * 8}, "weekdays"),
        ({"time": "07:30", "weekdays": "daily"}, "weekdays"),
    ],
)
def test_bad_input(api: Api, alice: User, remedy: Remedy, body: dict[str, Any], field: str) -> None:
    response = api(alice).put(f"{PATH}{remedy.pk}/reminder/", body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == field
    remedy.refresh_from_db()
    assert remedy.reminder_time is None


def test_reminding_once_a_day(alice: User, remedy: Remedy) -> None:
    with at(NOON):
        wanted(alice, remedy)
        assert remind() == 0
    with at(NOON + timedelta(minutes=31)):
        assert remind() == 1
        assert remind() == 0
    (row,) = told()
    assert row.recipient_id == alice.pk
    assert row.title == f"Time for {remedy.title}"
    assert row.message == remedy.recommendation
    assert (row.action_url, row.data["remedy_type"]) == ("/remedies", "ritual")
    with at(NOON + timedelta(days=1, minutes=31)):
        remind_of_remedies()
    assert len(told()) == 2


def test_what_is_done_is_not_remembered(alice: User, remedy: Remedy) -> None:
    with at(NOON):
        wanted(alice, remedy)
    RemedyTracking.objects.create(user=alice, remedy=remedy, date=NOON.date(), is_completed=True)
    with at(NOON + timedelta(minutes=31)):
        assert remind() == 0
    with at(NOON + timedelta(days=1, minutes=31)):
        assert remind() == 1


def test_what_is_hours_late_is_left_for_tomorrow(alice: User, remedy: Remedy) -> None:
    with at(NOON):
        wanted(alice, remedy)
    with at(NOON + timedelta(hours=5)):
        assert remind() == 0
    remedy.refresh_from_db()
    assert remedy.next_reminder_at == NOON + timedelta(days=1, minutes=30)
    assert told() == []


def test_what_is_put_aside_reminds_of_nothing(alice: User, remedy: Remedy) -> None:
    with at(NOON):
        wanted(alice, remedy)
        put_aside(user=fresh(alice), remedy_id=remedy.pk, is_active=False)
    with at(NOON + timedelta(hours=1)):
        assert remind() == 0
        taken_up = put_aside(user=fresh(alice), remedy_id=remedy.pk, is_active=True)
    assert taken_up.next_reminder_at == NOON + timedelta(days=1, minutes=30)


def test_a_new_remedy_takes_the_habit_over(alice: User) -> None:
    before = {each.remedy_type: each for each in remedies_of(fresh(alice))}
    with at(NOON):
        for each in before.values():
            wanted(alice, each, weekdays=[5])
        renamed(alice, "Bob Stone")
        after = {each.remedy_type: each for each in remedies_of(fresh(alice))}
    replaced = [kind for kind in before if before[kind].pk != after[kind].pk]
    assert replaced
    for kind in replaced:
        assert (after[kind].reminder_time, after[kind].reminder_weekdays) == (time(12, 30), [5])
        assert after[kind].next_reminder_at == NOON + timedelta(minutes=30)
        before[kind].refresh_from_db()
        assert before[kind].next_reminder_at is None


def test_who_moves_is_reminded_by_the_new_clock(alice: User, remedy: Remedy) -> None:
    with at(NOON):
        wanted(alice, remedy)
    moved(alice, "Asia/Kolkata")
    with at(NOON + timedelta(minutes=31)):
        assert remind() == 0
    remedy.refresh_from_db()
    assert remedy.next_reminder_at == datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    with at(datetime(2026, 11, 21, 7, 1, tzinfo=UTC)):
        assert remind() == 1


def test_a_plan_that_has_ended_reminds_of_nothing_until_it_comes_back(alice: User, remedy: Remedy) -> None:
    with at(NOON):
        wanted(alice, remedy)
    downgraded(alice)
    with at(NOON + timedelta(minutes=31)):
        assert remind() == 0
    User.objects.filter(pk=alice.pk).update(plan="premium")
    with at(NOON + timedelta(days=1, minutes=31)):
        assert remind() == 1
    assert len(told()) == 1


def test_who_is_leaving_is_reminded_of_nothing_until_they_stay(alice: User, remedy: Remedy) -> None:
    with at(NOON):
        wanted(alice, remedy)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    with at(NOON + timedelta(minutes=31)):
        assert remind() == 0
    User.objects.filter(pk=alice.pk).update(is_active=True)
    with at(NOON + timedelta(days=1, minutes=31)):
        assert remind() == 1
    assert len(told()) == 1


def test_what_fails_keeps_nobody_waiting(
    alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("numerology.remedies.reminding.BATCH", 2)
    first, *others = remedies_of(fresh(alice))
    with at(NOON):
        wanted(alice, first, "12:29")
        for each in others:
            wanted(alice, each)
    Remedy.objects.filter(pk=first.pk).update(title="Gone wrong")

    def fragile(**given: Any) -> Any:
        if given["context"]["title"] == "Gone wrong":
            raise ZeroDivisionError
        return notify(**given)

    with at(NOON + timedelta(minutes=31)):
        with monkeypatch.context() as patched:
            patched.setattr("numerology.remedies.reminding.notify", fragile)
            assert remind() == 5
        assert "remedy_reminder_failed" in caplog.text
        assert remind() == 1


def test_more_than_a_batch(alice: User, remedy: Remedy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numerology.remedies.reminding.BATCH", 2)
    with at(NOON):
        for each in remedies_of(fresh(alice)):
            wanted(alice, each)
    with at(NOON + timedelta(minutes=31)):
        assert remind() == 6


@pytest.mark.django_db(transaction=True)
def test_two_workers_remind_once(alice: User, remedy: Remedy) -> None:
    with at(NOON):
        for each in remedies_of(fresh(alice)):
            wanted(alice, each)

    def work(_: int) -> int:
        try:
            return remind()
        finally:
            connection.close()

    with at(NOON + timedelta(minutes=31)), ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(work, range(4))) == 6
    assert len(told()) == 6


@given(
    st.sampled_from(ZONES),
    st.times().map(lambda moment: moment.replace(microsecond=0)),
    st.sets(st.sampled_from(MONDAY_TO_SUNDAY), min_size=1),
    st.integers(0, 2 * 365 * 86_400).map(lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)),
)
def test_the_next_reminder_is_within_the_week(zone: str, at_time: time, weekdays: set[int], now: datetime) -> None:
    found = next_reminder(at_time, sorted(weekdays), zone=zone, after=now)
    assert now < found <= now + timedelta(days=8)
    local = found.astimezone(ZoneInfo(zone))
    assert local.isoweekday() in weekdays
    # An hour that the clocks leave out is reached when they have moved on.
    assert local.time() == at_time or abs(local.replace(tzinfo=None) - datetime.combine(local, at_time)) <= timedelta(
        hours=1
    )
    earlier = next_reminder(at_time, sorted(weekdays), zone=zone, after=now - timedelta(days=1))
    assert earlier <= found


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_the_hour_that_clocks_leave_out_or_repeat(day: datetime, expected: datetime) -> None:
    found = next_reminder(time(2, 30), MONDAY_TO_SUNDAY, zone="Europe/Berlin", after=day)
    assert found == expected
    again = next_reminder(time(2, 30), MONDAY_TO_SUNDAY, zone="Europe/Berlin", after=found)
    assert timedelta(hours=23) <= again - found <= timedelta(hours=25)
