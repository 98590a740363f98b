"""The reading of the day, made when the day begins."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from accounts.profiles.selectors import zones_of_people
from notifications.destinations.services import register
from notifications.models import Delivery, Notification, Preference
from notifications.vocabulary import ChannelName, DeliveryStatus
from numerology.models import DailyReading, ReadingRound
from numerology.readings.composition import compose
from numerology.readings.rounds import batches, opening, people, working
from numerology.readings.rounds.models import RoundState
from numerology.readings.services import daily_reading
from numerology.tasks import make_readings, remove_what_is_past_its_time, sweep_readings
from numerology.tests.cast import NOON, at, moved, reborn
from numerology.tests.readings.people import LONG_AGO, beat, crowd, days_of, reader, told

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
JUST_AFTER = MIDNIGHT + timedelta(minutes=1)
NEW = NOON - timedelta(days=2)
DAY = timedelta(days=1)
# Something is configured, and nothing is sent.
ACCOUNT = '{"project_id": "sample"}'


def begun(moment: datetime = JUST_AFTER) -> ReadingRound:
    with at(moment):
        opening.sweep()
    return ReadingRound.objects.get()


def opened(user: User, ago: timedelta) -> None:
    """They read that day's, and nothing since."""
    with at(NOON - ago):
        daily_reading(user=User.objects.select_related("profile").get(pk=user.pk))


def test_a_day_begins_with_a_reading_and_a_word_about_it() -> None:
    user = reader("ann", joined=NEW)
    beat(JUST_AFTER)
    reading = DailyReading.objects.get(user=user)
    assert (reading.reading_date, reading.opened_at, reading.generated_at) == (date(2026, 11, 21), None, JUST_AFTER)
    composed = compose(person=user.pk, birth_date=date(1985, 3, 17), on_date=date(2026, 11, 21))
    assert (reading.affirmation, reading.lucky_color) == (composed.affirmation, composed.lucky_color)
    (row,) = told(user)
    assert (row.message, row.action_url, row.dedupe_key) == (
        reading.affirmation,
        "/daily-reading",
        "daily_reading:2026-11-21",
    )
    assert row.title.startswith("Your day: ")
    assert row.notification_type == "daily_reading"
    assert row.data["lucky_number"] == reading.lucky_number
    assert row.expires_at == MIDNIGHT + DAY
    assert row.in_centre
    assert ReadingRound.objects.get().state == RoundState.DONE


def test_what_was_made_ahead_is_what_the_person_reads() -> None:
    user = reader("ann", joined=NEW)
    beat(JUST_AFTER)
    made = DailyReading.objects.get()
    with at(MIDNIGHT + timedelta(hours=8)):
        read = daily_reading(user=User.objects.select_related("profile").get(pk=user.pk))
    assert (read.pk, read.affirmation) == (made.pk, made.affirmation)
    assert DailyReading.objects.get().opened_at == MIDNIGHT + timedelta(hours=8)


def test_twice_is_once() -> None:
    user = reader("ann", joined=NEW)
    for minutes in (1, 2, 600):
        beat(MIDNIGHT + timedelta(minutes=minutes))
    assert (days_of(user), len(told(user))) == (["2026-11-21"], 1)
    beat(JUST_AFTER + DAY)
    assert (days_of(user), len(told(user))) == (["2026-11-21", "2026-11-22"], 2)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Pacific/Kiritimati", "2026-11-20T10:00:00+00:00"),
        ("Asia/Kolkata", "2026-11-20T18:30:00+00:00"),
        ("Asia/Kathmandu", "2026-11-20T18:15:00+00:00"),
        ("UTC", "2026-11-21T00:00:00+00:00"),
        ("Pacific/Niue", "2026-11-21T11:00:00+00:00"),
        # The night in which clocks go forward at midnight: the day begins at one.
        ("Africa/Cairo", "2026-04-23T22:00:00+00:00"),
        # The nights in which an hour is left out, or comes twice, later on.
        ("Europe/Berlin", "2026-03-28T23:00:00+00:00"),
        ("America/New_York", "2026-11-01T04:00:00+00:00"),
        # Clocks go back at midnight: the hour before it comes twice.
        ("America/Havana", "2026-11-01T04:00:00+00:00"),
    ],
)
def test_the_day_is_that_of_where_people_live(zone: str, midnight: str) -> None:
    moment = datetime.fromisoformat(midnight)
    begins = moment.astimezone(ZoneInfo(zone)).date()
    user = reader("ann", zone=zone, joined=moment - timedelta(days=2))
    beat(moment - timedelta(minutes=1))
    assert days_of(user) == [(begins - DAY).isoformat()]
    beat(moment)
    assert days_of(user)[1:] == [begins.isoformat()]
    beat(moment + timedelta(hours=3))
    assert len(days_of(user)) == len(told(user)) == 2


def test_each_zone_has_its_round() -> None:
    east = reader("east", zone="Pacific/Kiritimati", joined=NEW)
    west = reader("west", zone="Pacific/Niue", joined=NEW)
    beat(NOON)
    assert (days_of(east), days_of(west)) == (["2026-11-21"], ["2026-11-20"])
    rounds = ReadingRound.objects.values_list("zone", "seen", "made", "told").order_by("zone")
    assert list(rounds) == [("Pacific/Kiritimati", 1, 1, 1), ("Pacific/Niue", 1, 1, 1)]


def test_who_moves_has_one_reading_a_day() -> None:
    user = reader("ann", zone="Pacific/Kiritimati", joined=NEW)
    beat(NOON)
    moved(user, "Pacific/Niue")
    beat(NOON + timedelta(minutes=1))
    beat(NOON + DAY)
    beat(NOON + timedelta(days=2))
    assert days_of(user) == ["2026-11-20", "2026-11-21", "2026-11-22"]
    assert len({row.dedupe_key for row in told(user)}) == 3


def test_a_zone_that_is_none_holds_nobody_up() -> None:
    reader("odd", zone="Mars/Olympus", joined=NEW)
    user = reader("ann", joined=NEW)
    beat(JUST_AFTER)
    assert days_of(user) == ["2026-11-21"]
    assert ReadingRound.objects.get().zone == "UTC"


def test_zones_are_listed_once_and_only_those_of_people_with_a_birth_date() -> None:
    assert zones_of_people() == []
    for number, zone in enumerate(["UTC", "Asia/Tokyo", "UTC", "Europe/Berlin", "Asia/Tokyo"]):
        reader(f"reader{number}", zone=zone)
    reader("unborn", zone="Asia/Seoul", born=None)
    assert zones_of_people() == ["Asia/Tokyo", "Europe/Berlin", "UTC"]


@pytest.mark.parametrize(
    ("ago", "is_given"),
    [(timedelta(days=29), True), (timedelta(days=30, minutes=-1), True), (timedelta(days=32), False)],
)
def test_who_has_not_read_for_a_month_is_left_in_peace(ago: timedelta, is_given: bool) -> None:
    user = reader("ann", joined=LONG_AGO)
    opened(user, ago)
    before = days_of(user)
    beat(NOON)
    assert (len(days_of(user)) - len(before), len(told(user))) == (int(is_given), int(is_given))


def test_what_is_made_and_never_opened_ends_after_a_month() -> None:
    user = reader("ann", joined=NOON)
    for days in range(0, 60, 3):
        beat(NOON + timedelta(days=days))
    assert days_of(user)[-1] == "2026-12-20"


def test_who_has_said_that_they_want_it_has_it() -> None:
    wanting, muted = reader("wanting"), reader("muted")
    for user, is_on in ((wanting, True), (muted, False)):
        Preference.objects.create(user=user, kind="numerology.daily_reading", channel="in_app", is_on=is_on)
    beat(JUST_AFTER)
    assert (days_of(wanting), len(told(wanting))) == (["2026-11-21"], 1)
    assert days_of(muted) == []


def test_who_has_muted_it_has_the_reading_and_hears_nothing() -> None:
    user = reader("ann", joined=NEW)
    Preference.objects.create(user=user, kind="numerology.daily_reading", channel="in_app", is_on=False)
    beat(JUST_AFTER)
    assert days_of(user) == ["2026-11-21"]
    assert [(row.in_centre, row.title) for row in told(user)] == [(False, "")]


def test_some_people_are_given_none() -> None:
    closed, unproved, unborn, future, staying = (
        reader(name, joined=NEW) for name in ("closed", "unproved", "unborn", "future", "staying")
    )
    User.objects.filter(pk=closed.pk).update(is_active=False)
    User.objects.filter(pk=unproved.pk).update(email_verified_at=None)
    reborn(unborn, None)
    reborn(future, date(2026, 11, 22))
    beat(JUST_AFTER)
    assert list(DailyReading.objects.values_list("user", flat=True)) == [staying.pk]


def test_who_was_first_is_not_told() -> None:
    """They opened it after midnight, before the round came to them."""
    user = reader("ann", joined=NEW)
    with at(MIDNIGHT + timedelta(seconds=5)):
        daily_reading(user=User.objects.select_related("profile").get(pk=user.pk))
    beat(JUST_AFTER)
    assert (days_of(user), told(user)) == (["2026-11-21"], [])
    assert (ReadingRound.objects.get().seen, ReadingRound.objects.get().made) == (1, 0)


def test_no_telephone_rings_at_midnight(settings: Settings) -> None:
    settings.FCM_SERVICE_ACCOUNT = ACCOUNT
    user = reader("ann", zone="Asia/Kolkata", joined=NEW)
    with at(NOON):
        register(user=user, channel=ChannelName.MOBILE_PUSH, address={"token": "t" * 100}, device_type="ios")
    midnight = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    beat(midnight + timedelta(minutes=1))
    (row,) = told(user)
    rows = {each.channel: each for each in Delivery.objects.filter(notification=row)}
    assert rows["in_app"].status == DeliveryStatus.DELIVERED
    push = rows["mobile_push"]
    seven = midnight + timedelta(hours=7)
    assert push.status == DeliveryStatus.DEFERRED
    assert push.next_attempt_at is not None
    assert seven <= push.next_attempt_at <= seven + timedelta(minutes=2)


def test_a_late_round_rings_at_once(settings: Settings) -> None:
    settings.FCM_SERVICE_ACCOUNT = ACCOUNT
    user = reader("ann", joined=NEW)
    with at(NOON):
        register(user=user, channel=ChannelName.MOBILE_PUSH, address={"token": "t" * 100}, device_type="ios")
    beat(NOON)
    (row,) = told(user)
    push = Delivery.objects.get(notification=row, channel="mobile_push")
    assert (push.status, push.next_attempt_at) == (DeliveryStatus.PENDING, NOON)


def queries(size: int) -> int:
    crowd(size, joined=NEW)
    round_ = begun()
    with (
        at(JUST_AFTER),
        CaptureQueriesContext(
            connection,
        ) as asked,
        transaction.atomic(),
    ):
        given = batches.give(round_, 100)
    assert (given.seen, given.made, given.told) == (size, size, size)
    assert Notification.objects.count() == size
    return len(asked)


def test_a_batch_of_three_and_one_of_thirty_cost_the_same() -> None:
    three = queries(3)
    ReadingRound.objects.all().delete()
    User.objects.all().delete()
    assert queries(30) == three <= 15


def test_people_are_taken_in_batches() -> None:
    everybody = crowd(7, joined=NEW)
    round_ = begun()
    with at(JUST_AFTER):
        working.work(round_.pk, batch=3)
    round_.refresh_from_db()
    assert (round_.state, round_.seen, round_.made, round_.told, round_.after) == (RoundState.DONE, 7, 7, 7, None)
    assert all(days_of(user) == ["2026-11-21"] for user in everybody)


def test_a_worker_that_dies_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = crowd(5, joined=NEW)
    round_ = begun()
    give: Callable[..., Any] = batches.give
    calls: list[int] = []

    def killed(*args: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return give(*args)

    monkeypatch.setattr(working, "give", killed)
    with at(JUST_AFTER), pytest.raises(KeyboardInterrupt):
        working.work(round_.pk, batch=2)
    round_.refresh_from_db()
    assert (round_.state, round_.made) == (RoundState.RUNNING, 2)
    with at(JUST_AFTER + timedelta(seconds=30)):
        working.work(round_.pk, batch=2)  # The lease still holds.
        assert DailyReading.objects.count() == 2
    beat(JUST_AFTER + timedelta(minutes=2))
    round_.refresh_from_db()
    assert (round_.state, round_.seen, round_.made, round_.told) == (RoundState.DONE, 5, 5, 5)
    assert all((days_of(user), len(told(user))) == (["2026-11-21"], 1) for user in everybody)


def test_what_fails_is_tried_again_and_given_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    reader("ann", joined=NEW)
    round_ = begun()

    def failing(*_: Any) -> Any:
        raise LookupError("words that name somebody")

    monkeypatch.setattr(working, "give", failing)
    moment = JUST_AFTER
    for minutes in (1, 2, 4, 8):
        with at(moment):
            working.work(round_.pk)
        round_.refresh_from_db()
        moment += timedelta(minutes=minutes)
        assert (round_.state, round_.next_attempt_at, round_.last_error) == (RoundState.PENDING, moment, "LookupError")
    with at(moment):
        working.work(round_.pk)
    round_.refresh_from_db()
    assert (round_.state, round_.last_error) == (RoundState.FAILED, "LookupError")


def test_workers_that_die_every_time_end_it() -> None:
    reader("ann", joined=NEW)
    round_ = begun()
    ReadingRound.objects.update(
        state=RoundState.RUNNING, attempts=working.MAX_ATTEMPTS, lease_until=JUST_AFTER, next_attempt_at=None
    )
    beat(JUST_AFTER + timedelta(minutes=1))
    round_.refresh_from_db()
    assert (round_.state, round_.last_error) == (RoundState.FAILED, "lease_expired")
    assert not DailyReading.objects.exists()


def test_who_lost_the_lease_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(4, joined=NEW)
    round_ = begun()
    write = working._write

    def taken_over(now: ReadingRound, **kwargs: Any) -> None:
        write(now, **kwargs)
        ReadingRound.objects.update(lease_until=JUST_AFTER + timedelta(hours=1))

    monkeypatch.setattr(working, "_write", taken_over)
    with at(JUST_AFTER):
        working.work(round_.pk, batch=2)
    round_.refresh_from_db()
    assert (round_.state, round_.made) == (RoundState.RUNNING, 2)


def test_a_long_round_lets_others_have_their_turn() -> None:
    crowd(4, joined=NEW)
    round_ = begun()
    with at(JUST_AFTER):
        working.work(round_.pk, batch=2, seconds=0)
        round_.refresh_from_db()
        assert (round_.state, round_.made, round_.next_attempt_at) == (RoundState.PENDING, 2, JUST_AFTER)
        for _ in range(2):
            working.work(round_.pk, batch=2, seconds=0)
    round_.refresh_from_db()
    assert (round_.state, round_.made) == (RoundState.DONE, 4)


def test_a_day_that_is_over_is_not_made_up_for() -> None:
    user = reader("ann", joined=NEW)
    round_ = begun()
    beat(JUST_AFTER + DAY)
    round_.refresh_from_db()
    assert (round_.state, round_.made) == (RoundState.MISSED, 0)
    assert days_of(user) == ["2026-11-22"]


def test_the_tasks_do_it() -> None:
    user = reader("ann", joined=NEW)
    with at(JUST_AFTER):
        sweep_readings()
        make_readings(str(ReadingRound.objects.get().pk))
    assert days_of(user) == ["2026-11-21"]
    with at(JUST_AFTER + timedelta(days=31)):
        remove_what_is_past_its_time()
    assert not ReadingRound.objects.exists()
    assert days_of(user) == ["2026-11-21"]


def test_a_day_has_one_round_in_a_zone() -> None:
    ReadingRound.objects.create(zone="UTC", reading_date=NOON.date())
    with pytest.raises(IntegrityError), transaction.atomic():
        ReadingRound.objects.create(zone="UTC", reading_date=NOON.date())


@pytest.mark.parametrize(
    "change",
    [
        {"state": "asleep"},
        {"state": RoundState.RUNNING},
        {"lease_until": NOON},
        {"next_attempt_at": None},
        {"finished_at": NOON},
        {"state": RoundState.DONE},
        {"made": 1},
        {"told": 1, "seen": 1},
    ],
)
def test_the_database_refuses_what_cannot_be(change: dict[str, Any]) -> None:
    round_ = ReadingRound.objects.create(zone="UTC", reading_date=NOON.date())
    with pytest.raises(IntegrityError), transaction.atomic():
        ReadingRound.objects.filter(pk=round_.pk).update(**change)


def test_a_sweep_asks_as_much_for_many_zones_as_for_one(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number, zone in enumerate(["UTC", "Asia/Tokyo", "Europe/Berlin", "America/Lima"]):
        reader(f"reader{number}", zone=zone)
    beat(JUST_AFTER)
    with at(JUST_AFTER), django_assert_num_queries(4):  # zones, rounds of these days, the hopeless, the free
        assert opening.sweep() == 0


def test_readers_are_found_by_four_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    crowd(3, joined=NEW)
    round_ = begun()
    with at(JUST_AFTER), django_assert_num_queries(4):
        found = people.candidates(round_, 10)
    assert [each.user_id for each in found] == sorted(each.user_id for each in found)
    assert all(each.is_reader for each in found)


def test_operators_see_how_rounds_get_on(operator: User) -> None:
    reader("ann", joined=NEW)
    beat(JUST_AFTER)
    desk = Client()
    desk.force_login(operator)
    listed = desk.get(reverse("admin:numerology_readinground_changelist"))
    assert listed.status_code == 200
    assert b"UTC" in listed.content
    address = reverse("admin:numerology_readinground_change", args=[ReadingRound.objects.get().pk])
    assert b'name="zone"' not in desk.get(address).content
    assert desk.get(reverse("admin:numerology_readinground_add")).status_code == 403
    desk.post(reverse("admin:numerology_readinground_delete", args=[ReadingRound.objects.get().pk]), {"post": "yes"})
    assert ReadingRound.objects.exists()
