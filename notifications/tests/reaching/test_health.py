from datetime import timedelta

import pytest
from django.core import mail
from pytest_django import Settings

from accounts.models import User
from dev.local_providers import LocalProviders, Mode
from notifications.channels.base import DeliveryError, ErrorClass
from notifications.deliveries import dispatch
from notifications.destinations import health, known, notices, services
from notifications.destinations.health import FAILURES
from notifications.models import Delivery, Destination, Notification, ProviderHealth
from notifications.tests.reaching.ways import PHONE, TOKEN, WAYS, told
from notifications.tests.smtp_peers import Script, scripted
from notifications.vocabulary import ChannelName
from numerai.common import clock

pytestmark = pytest.mark.django_db(transaction=True)
WAY = WAYS["mobile_push"]


@pytest.fixture
def phone(alice: User, providers: LocalProviders) -> Destination:
    return services.register(user=alice, channel=ChannelName.MOBILE_PUSH, address={"token": TOKEN}, name="Phone")[0]


def attempt(delivery: Delivery) -> Delivery:
    dispatch.deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def failing(phone: Destination, *, failures: int, days: float) -> None:
    Destination.objects.filter(id=phone.pk).update(failures=failures, failing_since=clock.now() - timedelta(days=days))


@pytest.mark.parametrize(
    ("failures", "days", "enabled"),
    [(FAILURES - 1, 1.1, False), (FAILURES - 2, 1.1, True), (FAILURES * 9, 0.9, True)],
    ids=["enough and long", "too few", "too short"],
)
def test_rule_44_what_fails_for_a_day_is_disabled(
    alice: User, providers: LocalProviders, phone: Destination, failures: int, days: float, *, enabled: bool
) -> None:
    failing(phone, failures=failures, days=days)
    providers.modes[WAY.path] = Mode.ERROR
    attempt(told(alice, "mobile_push"))
    phone.refresh_from_db()
    assert phone.is_enabled is enabled
    assert phone.failures == failures + 1
    assert phone.disabled_reason == ("" if enabled else "unreachable")


def test_rule_44_while_a_provider_fails_everybody_nobody_is_to_blame(
    alice: User, providers: LocalProviders, phone: Destination
) -> None:
    failing(phone, failures=FAILURES * 9, days=9)
    ProviderHealth.objects.create(provider="fcm", failures=9, failing_since=clock.now())
    providers.modes[WAY.path] = Mode.ERROR
    attempt(told(alice, "mobile_push"))
    phone.refresh_from_db()
    assert phone.is_enabled


def test_rule_44_a_success_begins_anew(alice: User, providers: LocalProviders, phone: Destination) -> None:
    failing(phone, failures=FAILURES - 1, days=3)
    attempt(told(alice, "mobile_push"))
    phone.refresh_from_db()
    assert (phone.failures, phone.failing_since) == (0, None)
    assert phone.succeeded_at is not None


def test_rule_43_naming_it_again_enables_it(alice: User, providers: LocalProviders, phone: Destination) -> None:
    providers.modes[WAY.path] = Mode.NOT_FOUND
    attempt(told(alice, "mobile_push"))
    phone.refresh_from_db()
    assert phone.disabled_reason == "fcm_unregistered"
    again, is_new = services.register(user=alice, channel=ChannelName.MOBILE_PUSH, address={"token": TOKEN})
    assert (again.public_id, is_new, again.is_enabled) == (phone.public_id, False, True)


def test_rule_43_the_notice_says_what_and_why(alice: User, providers: LocalProviders, phone: Destination) -> None:
    providers.modes[WAY.path] = Mode.NOT_FOUND
    attempt(told(alice, "mobile_push"))
    notice = Notification.objects.get(kind=notices.DISABLED.name)
    assert notice.title == "A device no longer takes our messages"
    assert notice.message.startswith("Phone: what we sent was refused")
    assert TOKEN not in str(notice.data)


def test_it_is_told_once_however_many_deliveries_find_out(
    alice: User, providers: LocalProviders, phone: Destination
) -> None:
    first, second = told(alice, "mobile_push"), told(alice, "mobile_push")
    health.condemn(first, "fcm_unregistered")
    health.condemn(second, "fcm_unregistered")
    assert Notification.objects.filter(kind=notices.DISABLED.name).count() == 1


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (notices.HARD_BOUNCE, "what we sent was refused"),
        (notices.COMPLAINT, "our last message was reported as unwanted"),
        ("sms_21610", "you asked your provider"),
        (notices.UNREACHABLE, "for more than a day"),
    ],
)
def test_rule_42_a_report_disables_a_mail_address(alice: User, mailoutbox: object, reason: str, said: str) -> None:
    delivery = told(alice, "email")
    health.condemn(delivery, reason)
    assert known.is_disabled(alice.pk, ChannelName.EMAIL, "alice@example.com")
    assert not known.is_disabled(alice.pk, ChannelName.EMAIL, "other@example.com")
    notice = Notification.objects.get(kind=notices.DISABLED.name)
    assert (notice.title, said in notice.message) == ("Your mail address no longer takes our mails", True)
    later = told(alice, "email")
    assert (later.status, later.reason) == ("skipped", "destination_disabled")
    # One that was planned before is not sent either.
    Delivery.objects.filter(id=later.pk).update(status="pending", reason="", next_attempt_at=clock.now())
    assert attempt(later).status == "cancelled"


def test_a_new_address_is_not_held_against_anybody(alice: User, bob: User) -> None:
    health.condemn(told(alice, "email"), notices.HARD_BOUNCE)
    User.objects.filter(id=alice.pk).update(email="new@example.com")
    alice.refresh_from_db()
    assert told(alice, "email").status == "pending"
    # Whoever has the old one now is heard before they are judged.
    assert not known.is_disabled(bob.pk, ChannelName.EMAIL, "alice@example.com")
    User.objects.filter(id=bob.pk).update(email="alice@example.com")
    bob.refresh_from_db()
    health.condemn(told(bob, "email"), notices.HARD_BOUNCE)
    assert known.is_disabled(bob.pk, ChannelName.EMAIL, "alice@example.com")
    assert Destination.objects.get().user == bob


@pytest.mark.parametrize(
    ("reply", "enabled"),
    [
        ("550 5.1.1 No such user", False),
        ("550 No such user", False),
        ("550 5.7.1 Relaying denied", True),
        ("552 5.2.2 Mailbox full", True),
        ("450 4.2.1 Try later", True),
    ],
    ids=["enhanced", "plain", "policy", "full", "later"],
)
def test_rule_42_a_mail_server_says_that_nobody_lives_there(
    alice: User, settings: Settings, reply: str, *, enabled: bool
) -> None:
    with scripted(Script().but(rcpt=reply)) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        attempt(told(alice, "email"))
    assert known.is_disabled(alice.pk, ChannelName.EMAIL, "alice@example.com") is not enabled
    # What it says of one mailbox, it does not say of itself.
    assert not ProviderHealth.objects.exists()


def test_a_success_of_mail_needs_no_row(alice: User, providers: LocalProviders) -> None:
    assert attempt(told(alice, "email")).status == "sent"
    assert not Destination.objects.exists()
    assert mail.outbox == []


def test_a_failure_of_mail_is_the_providers(alice: User, providers: LocalProviders) -> None:
    health.learn(told(alice, "email"), DeliveryError(ErrorClass.TRANSIENT, "sample"))
    assert not Destination.objects.exists()


def test_codes_go_to_a_number_that_takes_no_news(alice: User, providers: LocalProviders) -> None:
    WAYS["sms"].register(alice, providers.url)
    health.condemn(told(alice, "sms"), "sms_21610")
    assert known.is_disabled(alice.pk, ChannelName.SMS, PHONE)
    assert told(alice, "sms").reason == "destination_disabled"


def test_of_two_who_give_it_up_at_once_one_tells(alice: User, phone: Destination) -> None:
    Destination.objects.filter(id=phone.pk).update(disabled_at=clock.now(), disabled_reason="sample")
    # Looked at before the other wrote.
    health._disable(phone, alice, "sample")
    assert not Notification.objects.filter(kind=notices.DISABLED.name).exists()
