"""Every way out, and everything that can go wrong on it."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import User
from dev.local_providers import LocalProviders, Mode
from dev.local_providers.certificates import self_signed
from notifications.deliveries import dispatch
from notifications.models import Delivery, Destination, Notification
from notifications.tests.reaching.conftest import point_at
from notifications.tests.reaching.ways import WAYS, told
from numerai.common import clock

pytestmark = pytest.mark.django_db(transaction=True)

SENT, AGAIN, OURS, NEVER, DEAD = "sent", "again", "ours to mend", "never", "dead"
EVERYWHERE = {
    Mode.OK: SENT,
    Mode.NO_CONTENT: AGAIN,
    Mode.REDIRECT: AGAIN,
    Mode.MALFORMED: NEVER,
    Mode.UNAUTHORIZED: OURS,
    Mode.FORBIDDEN: OURS,
    Mode.NOT_FOUND: DEAD,
    Mode.GONE: DEAD,
    Mode.TOO_LARGE: NEVER,
    Mode.THROTTLED: AGAIN,
    Mode.ERROR: AGAIN,
    Mode.UNAVAILABLE: AGAIN,
    Mode.HANG: AGAIN,
    Mode.DRIP: AGAIN,
    Mode.RESET: AGAIN,
}
# Where a provider's own word says more than its status.
EXCEPT = {
    ("mobile_push", Mode.FORBIDDEN): DEAD,  # SENDER_ID_MISMATCH
    ("mobile_push", Mode.GONE): NEVER,
    ("discord_webhook", Mode.UNAUTHORIZED): DEAD,  # the webhook's token, not ours
    ("discord_webhook", Mode.FORBIDDEN): DEAD,
    ("discord_user", Mode.FORBIDDEN): DEAD,  # 50007: this user wants nothing from us
    ("sms", Mode.MALFORMED): DEAD,  # 21211: no such number
    ("sms", Mode.REDIRECT): OURS,
    ("sms", Mode.NOT_FOUND): OURS,
    ("sms", Mode.GONE): NEVER,
    ("email", Mode.NOT_FOUND): OURS,
    ("email", Mode.GONE): OURS,
}
TABLE = [(way, mode, EXCEPT.get((way, mode), usual)) for way in WAYS for mode, usual in EVERYWHERE.items()]


def outcome(delivery: Delivery) -> str:
    delivery.refresh_from_db()
    if delivery.status == "pending":
        return AGAIN if delivery.attempts else OURS
    if delivery.status == "sent":
        return SENT
    assert delivery.status in {"failed", "bounced"}
    return DEAD if Destination.objects.filter(disabled_at__isnull=False).exists() else NEVER


@pytest.mark.usefixtures("_hurry")
@pytest.mark.parametrize(("way", "mode", "ends"), [row for row in TABLE if row[1] in {Mode.HANG, Mode.DRIP}])
def test_rule_46_nobody_is_waited_for_without_end(
    alice: User, providers: LocalProviders, way: str, mode: Mode, ends: str
) -> None:
    WAYS[way].register(alice, providers.url)
    providers.modes[WAYS[way].path] = mode
    delivery = told(alice, WAYS[way].channel)
    dispatch.deliver(delivery.pk)
    assert outcome(delivery) == ends
    assert delivery.last_error_code.endswith("_timeout")


@pytest.mark.parametrize(("way", "mode", "ends"), [row for row in TABLE if row[1] not in {Mode.HANG, Mode.DRIP}])
def test_rule_38_what_an_answer_means(alice: User, providers: LocalProviders, way: str, mode: Mode, ends: str) -> None:
    WAYS[way].register(alice, providers.url)
    providers.modes[WAYS[way].path] = mode
    delivery = told(alice, WAYS[way].channel)
    dispatch.deliver(delivery.pk)
    assert outcome(delivery) == ends
    # A redirect is not followed, and nothing is tried twice at once.
    assert len(providers.at(WAYS[way].path)) == 1
    assert providers.at("/elsewhere") == []


@pytest.mark.parametrize("way", WAYS)
def test_rule_37_a_certificate_that_nobody_vouches_for_is_tried_again(
    alice: User, providers: LocalProviders, settings: Settings, tmp_path: Path, way: str
) -> None:
    with LocalProviders(certificate=self_signed(tmp_path)) as impostor:
        point_at(settings, impostor.url)
        WAYS[way].register(alice, impostor.url)
        delivery = told(alice, WAYS[way].channel)
        dispatch.deliver(delivery.pk)
        assert impostor.asked == []
    assert outcome(delivery) == AGAIN
    assert delivery.last_error_code.endswith("_connection")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mode", [Mode.THROTTLED, Mode.UNAVAILABLE])
def test_rule_39_a_provider_says_when_to_come_back(
    alice: User, providers: LocalProviders, way: str, mode: Mode
) -> None:
    WAYS[way].register(alice, providers.url)
    providers.modes[WAYS[way].path], providers.retry_after = mode, "3000"
    delivery = told(alice, WAYS[way].channel)
    before = clock.now()
    dispatch.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.next_attempt_at is not None
    # The formula alone would wait ten minutes at most.
    assert delivery.next_attempt_at - before >= timedelta(seconds=3000)


@pytest.mark.parametrize("way", WAYS)
def test_rule_49_handed_over_is_all_that_a_provider_tells(alice: User, providers: LocalProviders, way: str) -> None:
    WAYS[way].register(alice, providers.url)
    delivery = told(alice, WAYS[way].channel)
    dispatch.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.delivered_at) == ("sent", None)
    assert bool(delivery.provider_message_id) is (way != "web_push")
    assert delivery.provider in {"127.0.0.1", "fcm", "discord", "twilio", "postmark"}


@pytest.mark.parametrize("way", [way for way in WAYS if way not in {"email"}])
def test_rule_42_a_dead_destination_is_disabled_and_its_owner_told(
    alice: User, providers: LocalProviders, way: str
) -> None:
    WAYS[way].register(alice, providers.url)
    providers.modes[WAYS[way].path] = Mode.MALFORMED if way == "sms" else Mode.NOT_FOUND
    dispatch.deliver(told(alice, WAYS[way].channel).pk)
    destination = Destination.objects.get()
    assert destination.disabled_at is not None
    assert destination.disabled_reason
    notice = Notification.objects.get(kind="notifications.destination_disabled")
    assert notice.recipient == alice
    # Nothing more goes there.
    later = told(alice, WAYS[way].channel)
    assert (later.status, later.reason) == ("skipped", "destination_disabled")
