"""Rule 12: one function, all rows of its table."""

from datetime import UTC, datetime, time, timedelta
from itertools import product

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Profile, User
from notifications.kinds import Kind
from notifications.models import Preference, Schedule
from notifications.preferences.deciding import Rule, decide, decide_many, resolve
from notifications.vocabulary import ChannelName, Priority

KIND = Kind("sample.kind", "info", "news", ("in_app", "email"))
LOCKED = Kind("sample.kind", "info", "news", ("in_app", "email"), can_be_muted=False)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SAID = (None, True, False)
ROWS = list(product((False, True), SAID, SAID, ("email", "mobile_push", "sms")))


def expected(*, is_forced: bool, cell: bool | None, switch: bool | None, channel: str) -> tuple[bool, Rule]:
    """The table, written as a table: which column answers first."""
    by_default = {"email": (True, Rule.KIND), "mobile_push": (True, Rule.CHANNEL), "sms": (False, Rule.CHANNEL)}
    columns = [
        (True, Rule.FORCED) if is_forced and channel == "email" else None,
        None if cell is None else (cell, Rule.CELL),
        (False, Rule.SWITCH) if switch is False else None,
        by_default[channel],
    ]
    return next(column for column in columns if column is not None)


@pytest.mark.parametrize(("is_forced", "cell", "switch", "channel"), ROWS)
def test_rule_12_the_first_that_has_an_answer_gives_it(
    is_forced: bool, cell: bool | None, switch: bool | None, channel: str
) -> None:
    cells = {("sample.kind", channel): cell, ("", channel): switch}
    said = {key: value for key, value in cells.items() if value is not None}
    kind = LOCKED if is_forced else KIND
    assert resolve(kind, channel, said) == expected(is_forced=is_forced, cell=cell, switch=switch, channel=channel)


def test_rule_12_what_is_critical_is_forced_and_others_words_do_not_count() -> None:
    critical = Kind("sample.kind", "info", "news", ("email",), critical=True)
    assert resolve(critical, "email", {("sample.kind", "email"): False}) == (True, Rule.FORCED)
    assert resolve(KIND, "email", {("sample.other", "email"): False, ("", "sms"): False}) == (True, Rule.KIND)


def test_rule_13_a_channel_switched_off_loses_to_a_kind_that_was_turned_on_there(alice: User) -> None:
    Preference.objects.create(user=alice, kind="", channel="email", is_on=False)
    assert decide(alice.pk, KIND, ["email"], Priority.NORMAL, NOW)["email"].is_on is False
    Preference.objects.create(user=alice, kind=KIND.name, channel="email", is_on=True)
    assert decide(alice.pk, KIND, ["email"], Priority.NORMAL, NOW)["email"].is_on is True


def test_rule_17_many_people_cost_one_query(django_assert_num_queries: DjangoAssertNumQueries, db: None) -> None:
    people = [User(email=f"person{number}@example.com", full_name="Person") for number in range(1000)]
    User.objects.bulk_create(people)
    Profile.objects.bulk_create(Profile(user=person) for person in people)
    Preference.objects.bulk_create(
        Preference(user=person, kind=KIND.name, channel="email", is_on=False) for person in people[::2]
    )
    ids = [person.pk for person in people]
    for some in (ids[:10], ids):
        with django_assert_num_queries(1):
            found = decide_many(some, KIND, KIND.channels, Priority.NORMAL, NOW)
        assert [found[user_id]["email"].is_on for user_id in some] == [bool(n % 2) for n in range(len(some))]


def test_rule_18_a_kind_that_is_added_later_begins_with_its_default(alice: User) -> None:
    Preference.objects.create(user=alice, kind="sample.old", channel="email", is_on=False)
    added = Kind("sample.added", "info", "news", ("email",))
    assert decide(alice.pk, added, ["email"], Priority.NORMAL, NOW)["email"].is_on is True


@pytest.mark.parametrize("priority", Priority.values)
@pytest.mark.parametrize("channel", ["in_app", "email", "web_push"])
def test_rule_27_only_what_is_critical_and_the_centre_do_not_wait(alice: User, priority: str, channel: str) -> None:
    Schedule.objects.create(
        user=alice, is_quiet=True, quiet_days=list(range(7)), quiet_start=time(11), quiet_end=time(13, 30)
    )
    not_before = decide(alice.pk, KIND, [channel], priority, NOW)[channel].not_before
    waits = priority != Priority.CRITICAL and channel != ChannelName.IN_APP
    assert not_before == (NOW + timedelta(minutes=90) if waits else None)


def test_somebody_unknown_has_said_nothing(db: None) -> None:
    nobody = User().pk
    assert decide(nobody, KIND, ["email"], Priority.NORMAL, NOW)["email"].is_on is True
