"""What is planned once for many is what would be planned for each."""

from datetime import time
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Profile, User
from notifications import kinds
from notifications.broadcasts.alike import Alike, groups_of
from notifications.broadcasts.people import planned_for
from notifications.kinds import Kind
from notifications.models import Destination, DigestChoice, Preference, Schedule
from notifications.tests.broadcasts.crowd import crowd
from numerai.common import clock

EVERYWHERE = Kind("sample.everywhere", "info", "news", ("in_app", "email", "sms"))
KINDS = (EVERYWHERE, Kind("sample.urgent", "info", "news", ("in_app", "email", "sms"), critical=True))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _texts(settings: Settings) -> None:
    settings.SMS_ACCOUNT_SID, settings.SMS_AUTH_TOKEN, settings.SMS_SENDER = "ACsample", "token", "+15005550006"
    for kind in KINDS:
        kinds.register(kind)


def mixed() -> list[User]:
    """Thirty people, each with something else to say or to be reached by."""
    people = crowd(30)
    now = clock.now()

    def some(number: int, **held: Any) -> None:
        for place in range(number, 30, 7):
            User.objects.filter(pk=people[place].pk).update(
                **{name: value(place) if callable(value) else value for name, value in held.items()}
            )

    some(0, phone=lambda place: f"+141555526{place:02}", phone_verified_at=now)
    some(1, phone=lambda place: f"+141555527{place:02}")
    some(2, email_verified_at=None)
    some(3, email=None, phone=lambda place: f"+141555528{place:02}", phone_verified_at=now)
    Profile.objects.filter(user__in=people[4::7]).update(timezone="Asia/Kolkata", locale="es")
    Profile.objects.filter(user__in=people[5::7]).delete()
    for person in people[:3]:
        Preference.objects.create(user=person, kind=EVERYWHERE.name, channel="email", is_on=False)
    Preference.objects.create(user=people[3], kind="", channel="sms", is_on=False)
    Preference.objects.create(user=people[4], kind="sample.another", channel="email", is_on=False)
    Schedule.objects.create(user=people[7], is_quiet=True, quiet_days=[1], quiet_start=time(1), quiet_end=time(2))
    DigestChoice.objects.create(user=people[8], category="news", cadence="daily")
    Destination.objects.create(
        user=people[9], channel="discord", sealed_address=b"x", address_digest="d", registered_at=now
    )
    return people


def told(groups: list[Alike]) -> dict[str, Any]:
    return {
        user_id: (
            group.plan.in_centre,
            person.full_name,
            person.locale,
            person.timezone,
            [row._replace(destination=group.destinations(row)[place]) for row in group.plan.deliveries],
        )
        for group in groups
        for place, (user_id, person) in enumerate(zip(group.ids, group.persons(), strict=True))
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_everybody_is_to_get_what_they_would_get_alone(kind: Kind) -> None:
    people = mixed()
    now = clock.now()
    alone = {
        str(plan.person.pk): (
            plan.in_centre,
            plan.person.full_name,
            plan.person.locale,
            plan.person.timezone,
            plan.deliveries,
        )
        for plan in planned_for([person.pk for person in people], kind, "normal", now)
    }
    groups = groups_of([str(person.pk) for person in people], kind, "normal", now)
    assert told(groups) == alone
    assert len(alone) == sum(len(group.ids) for group in groups) == 30
    assert len(groups) < 20


def test_those_who_have_said_nothing_cost_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ids = [str(person.pk) for person in crowd(40)]
    with django_assert_num_queries(1):
        (group,) = groups_of(ids, EVERYWHERE, "normal", clock.now())
    assert group.ids == sorted(ids)


def test_who_is_gone_is_in_no_group() -> None:
    (person,) = crowd(1)
    groups = groups_of([str(person.pk), "00000000-0000-4000-8000-000000000000"], EVERYWHERE, "normal", clock.now())
    assert [group.ids for group in groups] == [[str(person.pk)]]
