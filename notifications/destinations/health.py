"""What attempts tell about a destination. A dead one is given up at once, one that fails for a day after that, and its
owner is told in the centre; naming it again, or one success, makes good."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from notifications.channels.base import DeliveryError, ErrorClass, Recipient, Sent
from notifications.deliveries.circuit import is_failing
from notifications.destinations import addresses, notices
from notifications.destinations.notices import UNREACHABLE
from notifications.models import Delivery, Destination
from notifications.vocabulary import ChannelName
from numerai.common import clock

log = structlog.get_logger(__name__)

FAILURES = 10
FAILING_FOR = timedelta(days=1)
# Mail and texts go to an address itself; a row is made when something is known against it.
BY_ADDRESS = (ChannelName.EMAIL, ChannelName.SMS)


def learn(delivery: Delivery, outcome: object) -> None:
    """What came of an attempt, remembered of where it went."""
    match outcome:
        case Sent():
            succeeded(delivery)
        case DeliveryError(is_dead=True):
            condemn(delivery, outcome.code)
        case DeliveryError(error_class=ErrorClass.TRANSIENT):
            _failed(delivery)


def condemn(delivery: Delivery, reason: str) -> None:
    """Nothing will reach where ``delivery`` went: it is disabled, and its owner told. ``reason`` is short and stable:
    HARD_BOUNCE, COMPLAINT or a provider's code."""
    person: Recipient = delivery.notification.recipient
    if delivery.channel in BY_ADDRESS:
        if delivery.destination not in {person.email, person.phone}:
            # They left it, or only wanted to have it: it may be somebody else's.
            return
        _note_address(person.pk, delivery)
        digests = addresses.digests(delivery.channel, {"address": delivery.destination})
        rows = Destination.objects.filter(user_id=person.pk, channel=delivery.channel, address_digest__in=digests)
    else:
        rows = _device(delivery)
    for destination in rows.filter(disabled_at__isnull=True):
        _disable(destination, person, reason)


def succeeded(delivery: Delivery) -> None:
    if delivery.channel not in BY_ADDRESS:
        _device(delivery).update(succeeded_at=clock.now(), failures=0, failing_since=None)


def _failed(delivery: Delivery) -> None:
    if delivery.channel in BY_ADDRESS:
        return
    now = clock.now()
    _device(delivery).update(failures=F("failures") + 1, failing_since=Coalesce("failing_since", now))
    # While its provider fails everybody, nobody knows whose fault it is.
    if is_failing(delivery.provider):
        return
    hopeless = _device(delivery).filter(
        disabled_at__isnull=True, failures__gte=FAILURES, failing_since__lte=now - FAILING_FOR
    )
    for destination in hopeless:
        _disable(destination, delivery.notification.recipient, UNREACHABLE)


def _disable(destination: Destination, person: Recipient, reason: str) -> None:
    now = clock.now()
    is_first = Destination.objects.filter(id=destination.pk, disabled_at__isnull=True).update(
        disabled_at=now, disabled_reason=reason[:60]
    )
    if is_first:
        log.info("destination_disabled", destination=destination.pk, channel=destination.channel, reason=reason)
        notices.tell_disabled(destination, person, reason=reason, disabled_at=now)


def _device(delivery: Delivery) -> QuerySet[Destination]:
    return Destination.objects.filter(
        user_id=delivery.notification.recipient_id, channel=delivery.channel, public_id=UUID(delivery.destination)
    )


def _note_address(user_id: UUID, delivery: Delivery) -> None:
    """Somebody else who had the address before has it no more."""
    address = {"address": delivery.destination}
    digest = addresses.digest(delivery.channel, address)
    Destination.objects.filter(channel=delivery.channel, address_digest=digest).exclude(user_id=user_id).delete()
    row = Destination(
        user_id=user_id,
        channel=delivery.channel,
        sealed_address=addresses.sealed(address),
        address_digest=digest,
        registered_at=clock.now(),
    )
    Destination.objects.bulk_create([row], ignore_conflicts=True)
