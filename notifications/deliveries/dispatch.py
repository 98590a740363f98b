"""One attempt to send one delivery: claim it, ask whether it is still wanted, send, record what came of it."""

import structlog
from celery.exceptions import SoftTimeLimitExceeded

from notifications import kinds, rendering
from notifications.channels.base import DeliveryError, ErrorClass, Letter, Plan, Sent
from notifications.channels.registry import TRANSPORTS
from notifications.deliveries.claiming import claim
from notifications.deliveries.recording import Outcome, Stopped, record
from notifications.kinds import Kind, NoLongerNeeded
from notifications.models import Delivery
from notifications.rendering import TemplateFault
from notifications.vocabulary import DeliveryStatus, Reason
from numerai.common import clock
from numerai.common.tracing import places

log = structlog.get_logger(__name__)

UNEXPECTED_MAX_ATTEMPTS = 3


def deliver(delivery_id: int) -> None:
    """Send the delivery if it is due and nobody else is sending it; harmless to call again."""
    delivery = claim(delivery_id)
    if delivery is not None:
        record(delivery, _attempt(delivery))


def _attempt(delivery: Delivery) -> Outcome:
    try:
        kind = kinds.get(delivery.notification.kind)
        return _obstacle(delivery, kind) or _send(delivery, kind)
    except kinds.UnknownKind as error:
        return DeliveryError(ErrorClass.PERMANENT, "kind_unknown", str(error), reason=Reason.CONFIG_ERROR)
    except TemplateFault as error:
        return DeliveryError(ErrorClass.PERMANENT, "template_error", str(error), reason=Reason.TEMPLATE_ERROR)
    except NoLongerNeeded:
        return Stopped(DeliveryStatus.CANCELLED, Reason.SOURCE_GONE)
    except DeliveryError as error:
        return error
    except SoftTimeLimitExceeded:
        return DeliveryError(ErrorClass.TRANSIENT, "time_limit", "The attempt outlived its time limit.")
    except Exception as error:
        # From an owner's resolve_context or a provider's library. Its words may hold a secret, so its type is kept.
        log.error("delivery_failed_unexpectedly", delivery=delivery.pk, channel=delivery.channel, **places(error))
        return DeliveryError(
            ErrorClass.TRANSIENT, "unexpected", type(error).__name__, max_attempts=UNEXPECTED_MAX_ATTEMPTS
        )


def _obstacle(delivery: Delivery, kind: Kind) -> Stopped | None:
    """The world may have changed since the notification was made: asked again before every attempt."""
    notification = delivery.notification
    if notification.expires_at is not None and notification.expires_at <= clock.now():
        return Stopped(DeliveryStatus.EXPIRED, Reason.EXPIRED)
    if not (notification.recipient.is_active or kind.reaches_closed):
        return Stopped(DeliveryStatus.CANCELLED, Reason.SOURCE_GONE)
    if kind.is_addressed:
        return None
    plans = TRANSPORTS[delivery.channel].plan(notification.recipient, kind)
    if Plan(delivery.destination) in plans:
        return None
    refused = next((plan.reason for plan in plans if plan.reason is not None), Reason.DESTINATION_DISABLED)
    return Stopped(DeliveryStatus.CANCELLED, refused)


def _send(delivery: Delivery, kind: Kind) -> Sent:
    notification = delivery.notification
    data = notification.data
    if kind.resolve_context is not None:
        data = data | kind.resolve_context(notification.recipient_id, dict(data))
    context = rendering.context_for(recipient=notification.recipient, data=data, action_url=notification.action_url)
    letter = Letter(
        delivery_id=delivery.pk,
        public_id=notification.public_id,
        kind=kind,
        destination=delivery.destination,
        context=context,
    )
    return TRANSPORTS[delivery.channel].send(letter)
