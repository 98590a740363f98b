from datetime import timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from notifications import kinds
from notifications.broadcasts.estimating import Estimate, shown
from notifications.broadcasts.services import notify_many
from notifications.kinds import Kind
from notifications.models import Broadcast, Delivery, Destination, Notification, Preference, Schedule
from notifications.tests.broadcasts.crowd import crowd
from numerai.common import clock

NEWS = Kind("sample.texted_news", "info", "news", ("sms",))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _texts(settings: Settings) -> None:
    kinds.register(NEWS)
    settings.SMS_ACCOUNT_SID, settings.SMS_AUTH_TOKEN, settings.SMS_SENDER = "ACsample", "token", "+15005550006"
    settings.SMS_PRICE_MINOR, settings.SMS_PRICE_CURRENCY = Decimal("0.79"), "eur"


def dry(kind: str, **context: str) -> Estimate:
    return notify_many(User.objects.all(), kind=kind, context=context, dedupe_key="k", dry_run=True)


def with_phone(user: User, phone: str) -> None:
    user.phone, user.phone_verified_at = phone, clock.now()
    user.save()


def test_a_dry_run_tells_whom_it_would_reach_and_writes_nothing(alice: User, bob: User, charlie: User) -> None:
    Preference.objects.create(user=alice, kind="sample.plan_changed", channel="in_app", is_on=False)
    Preference.objects.create(user=alice, kind="sample.plan_changed", channel="email", is_on=False)
    Schedule.objects.create(user=bob, muted_until=clock.now() + timedelta(days=99))
    User.objects.filter(pk=charlie.pk).update(email_verified_at=None)
    found = dry("sample.plan_changed", plan="x")
    assert (found.people, found.reached, found.muted, found.unreachable) == (3, 2, 1, 0)
    in_app, email = found.channels["in_app"], found.channels["email"]
    assert (in_app.at_once, in_app.muted) == (2, 1)
    assert (email.at_once, email.later, email.muted, email.without_address) == (0, 1, 1, 1)
    assert (found.segments, found.cost_minor) == (0, Decimal(0))
    assert not any(model.objects.exists() for model in (Broadcast, Notification, Delivery))


def test_texts_are_counted_by_segments_and_priced(alice: User, bob: User, charlie: User) -> None:
    with_phone(alice, "+14155552671")
    with_phone(bob, "+14155552672")
    found = dry(NEWS.name, word="x" * 200)
    assert (found.people, found.reached, found.unreachable, found.segments) == (3, 2, 1, 4)
    assert found.cost_minor == Decimal("3.16")
    assert shown(found)["cost of texts"] == "0.03 EUR for 4 segments"
    assert dry(NEWS.name, word="ж" * 200).segments == 8


def test_what_cannot_be_used_is_told_apart(alice: User, settings: Settings) -> None:
    with_phone(alice, "+14155552671")
    settings.SMS_AUTH_TOKEN = ""
    found = dry(NEWS.name, word="x")
    assert (found.channels["sms"].unusable, found.unreachable, found.segments) == (1, 1, 0)


def test_a_dry_run_costs_so_many_queries_a_batch(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for people in (5, 300):
        crowd(people, f"p{people}")
        with django_assert_num_queries(4):
            assert dry("sample.plan_changed", plan="x").people >= people
    assert not Destination.objects.exists()
