"""Quiet hours against clocks that jump."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.preferences.quiet import Window, quiet_until, zone_of

MINUTE = timedelta(minutes=1)
EVERY_DAY = range(7)
# Days on which the clock jumps, and for zones whose clock does not, any: of each zone, with a few days around.
JUMPS = (
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Kathmandu", date(1986, 1, 1)),
    ("Asia/Kathmandu", date(2026, 11, 20)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Apia", date(2020, 9, 27)),
    ("Pacific/Apia", date(2021, 4, 4)),
    ("UTC", date(2026, 11, 20)),
)
DAYS_AROUND = 4


@lru_cache
def minutes(zone: str, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """Every minute around ``day``: the moment in UTC, and what the wall clock showed."""
    first = datetime.combine(day - timedelta(days=DAYS_AROUND), time(), UTC)
    moments = (first + number * MINUTE for number in range(2 * DAYS_AROUND * 24 * 60))
    return tuple((moment, moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)) for moment in moments)


@lru_cache
def shown(zone: str, day: date) -> dict[datetime, tuple[datetime, datetime]]:
    """For what the wall clock showed, the first and the last moment at which it did."""
    found: dict[datetime, tuple[datetime, datetime]] = {}
    for moment, wall in minutes(zone, day):
        found[wall] = (found.get(wall, (moment,))[0], moment)
    return found


@lru_cache
def skipped(zone: str, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """What the wall clock did not show: from the first such minute to the minute that it went on with."""
    pairs = zip(minutes(zone, day), minutes(zone, day)[1:], strict=False)
    return tuple((before + MINUTE, after) for (_, before), (_, after) in pairs if after > before + MINUTE)


def moments_of(zone: str, day: date, wall: datetime) -> tuple[datetime, datetime]:
    for first, goes_on in skipped(zone, day):
        if first <= wall < goes_on:
            return shown(zone, day)[wall + (goes_on - first)]
    return shown(zone, day)[wall]


def spans(window: Window, zone: str, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Every window near ``day``, from its first to its last minute, found by looking at the clock each minute."""
    for offset in range(-3, 2):
        starts = day + timedelta(days=offset)
        ends = starts + timedelta(days=int(window.end < window.start))
        if starts.weekday() in window.days:
            begins = moments_of(zone, day, datetime.combine(starts, window.start))[0]
            yield begins, moments_of(zone, day, datetime.combine(ends, window.end))[1]


wall_times = st.builds(time, st.integers(0, 23), st.integers(0, 59))


@settings(max_examples=150, deadline=None)
@given(
    jump=st.sampled_from(JUMPS),
    times=st.tuples(wall_times, wall_times).filter(lambda pair: pair[0] != pair[1]),
    days=st.sets(st.integers(0, 6), min_size=1).map(frozenset),
    data=st.data(),
)
def test_it_agrees_with_a_look_at_the_clock_every_minute(
    jump: tuple[str, date], times: tuple[time, time], days: frozenset[int], data: st.DataObject
) -> None:
    zone, day = jump
    window = Window(days, *times)
    expected = list(spans(window, zone, day))
    # A whole day by the wall clock, every seventh minute, and the minutes at which something begins or ends.
    edges = [edge + step for span in expected for edge in span for step in (-MINUTE, timedelta(), MINUTE)]
    today = [moment for moment, wall in minutes(zone, day) if wall.date() in (day, day + timedelta(days=1))]
    near = [edge for edge in edges if today[0] <= edge <= today[-1]]
    for moment in near + today[data.draw(st.integers(0, 6)) :: 7]:
        ends = [until for begins, until in expected if begins <= moment < until]
        assert quiet_until(window, ZoneInfo(zone), moment) == max(ends, default=None), moment


NEW_YORK = ZoneInfo("America/New_York")


def local(text: str, zone: ZoneInfo = NEW_YORK, *, fold: int = 0) -> datetime:
    # In UTC, because Python holds no moment of a doubled hour to be equal to one of another zone.
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "is_quiet"),
    [
        ("2026-11-16T21:59:59", False),
        ("2026-11-16T22:00", True),
        ("2026-11-17T05:59:59", True),
        ("2026-11-17T06:00", False),
        ("2026-11-17T23:00", False),
        ("2026-11-16T02:00", False),
    ],
)
def test_rule_22_what_passes_midnight_belongs_to_the_day_it_starts(at: str, is_quiet: bool) -> None:
    monday = Window([0], time(22), time(6))
    until = quiet_until(monday, NEW_YORK, local(at))
    assert until == (local("2026-11-17T06:00") if is_quiet else None)


def test_rule_21_a_window_holds_its_start_and_not_its_end() -> None:
    window = Window(EVERY_DAY, time(12), time(13))
    assert quiet_until(window, NEW_YORK, local("2026-11-16T12:00")) == local("2026-11-16T13:00")
    assert quiet_until(window, NEW_YORK, local("2026-11-16T13:00")) is None


def test_rule_23_an_end_that_the_clock_skips_is_later_by_as_much() -> None:
    window = Window(EVERY_DAY, time(22), time(2, 30))
    until = quiet_until(window, NEW_YORK, local("2026-03-08T01:59"))
    assert until == local("2026-03-08T03:30")
    assert quiet_until(window, NEW_YORK, local("2026-03-08T03:29")) == until


def test_rule_23_a_window_that_the_clock_skips_is_empty_and_never_ends_before_it_starts() -> None:
    window = Window(EVERY_DAY, time(2, 30), time(3, 10))
    for at in ("2026-03-08T01:59", "2026-03-08T03:00", "2026-03-08T03:09", "2026-03-08T03:30"):
        assert quiet_until(window, NEW_YORK, local(at)) is None


def test_rule_24_an_end_that_comes_twice_is_the_second() -> None:
    window = Window(EVERY_DAY, time(22), time(1, 30))
    end = local("2026-11-01T01:30", fold=1)
    for at in (local("2026-11-01T01:10"), local("2026-11-01T01:45"), local("2026-11-01T01:10", fold=1)):
        assert quiet_until(window, NEW_YORK, at) == end
    assert quiet_until(window, NEW_YORK, end) is None


def test_rule_25_a_night_is_as_long_as_the_clock_makes_it() -> None:
    window = Window(EVERY_DAY, time(22), time(6))
    for day, hours in (("2026-03-07", 7), ("2026-10-31", 9), ("2026-11-17", 8)):
        start = local(f"{day}T22:00")
        until = quiet_until(window, NEW_YORK, start)
        assert until is not None
        assert until - start == timedelta(hours=hours)


@pytest.mark.parametrize("name", ["Not/AZone", "../../etc/passwd", "", "/etc/passwd", "America", "a\0b", "é" * 300])
def test_rule_20_what_is_no_zone_is_none(name: str) -> None:
    assert zone_of(name) is None


def test_rule_20_a_zone_is_known_by_its_name() -> None:
    assert zone_of("Asia/Kathmandu") == ZoneInfo("Asia/Kathmandu")
