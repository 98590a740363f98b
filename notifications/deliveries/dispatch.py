"""One attempt to send one delivery: claim it, ask whether it is still wanted, send, record what came of it."""

import structlog
from celery.exceptions import SoftTimeLimitExceeded

from notifications import kinds, wording
from notifications.centre.withdrawing import withdraw_from_centre
from notifications.channels.base import DeliveryError, ErrorClass, Letter, Sent
from notifications.channels.registry import TRANSPORTS
from notifications.deliveries.circuit import LeftAlone, guarded
from notifications.deliveries.claiming import claim
from notifications.deliveries.holding import held
from notifications.deliveries.planning import wishes_about
from notifications.deliveries.recording import Outcome, record
from notifications.deliveries.wanted import Stopped, objection, planner
from notifications.destinations import health
from notifications.kinds import Kind, NoLongerNeeded
from notifications.models import Delivery
from notifications.unsubscribing.links import headers_of, link_of
from notifications.vocabulary import DeliveryStatus, Priority, Reason
from notifications.wording import TemplateFault
from numerai.common import clock
from numerai.common.tracing import places

log = structlog.get_logger(__name__)

UNEXPECTED_MAX_ATTEMPTS = 3


def deliver(delivery_id: int) -> None:
    """Send the delivery if it is due and nobody else is sending it; harmless to call again."""
    delivery = claim(delivery_id)
    if delivery is not None:
        outcome = _attempt(delivery)
        record(delivery, outcome)
        health.learn(delivery, outcome)


def _attempt(delivery: Delivery) -> Outcome:
    try:
        return _considered(delivery, kinds.get(delivery.notification.kind))
    except kinds.UnknownKind as error:
        return DeliveryError(ErrorClass.PERMANENT, "kind_unknown", str(error), reason=Reason.CONFIG_ERROR)
    except TemplateFault as error:
        return DeliveryError(ErrorClass.PERMANENT, "template_error", str(error), reason=Reason.TEMPLATE_ERROR)
    except NoLongerNeeded:
        withdraw_from_centre(delivery.notification_id)
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


def _considered(delivery: Delivery, kind: Kind) -> Outcome:
    """Sent, unless it is no longer wanted or not to leave yet."""
    person = delivery.notification.recipient
    wishes = wishes_about(kind, person)
    return (
        objection(delivery, kind, wishes, clock.now(), planner(person))
        or held(delivery, kind, wishes)
        or _send(delivery, kind)
    )


def _send(delivery: Delivery, kind: Kind) -> Sent | LeftAlone:
    transport = TRANSPORTS[delivery.channel]
    delivery.provider = transport.provider(delivery.destination)
    return guarded(delivery.provider, lambda: transport.send(_letter(delivery, kind)))


def _letter(delivery: Delivery, kind: Kind) -> Letter:
    notification = delivery.notification
    data = notification.data
    if kind.resolve_context is not None:
        data = data | kind.resolve_context(notification.recipient_id, dict(data))
    context = wording.context_for(recipient=notification.recipient, data=data, action_url=notification.action_url)
    link = link_of(delivery, kind)
    return Letter(
        delivery_id=delivery.pk,
        public_id=notification.public_id,
        kind=kind,
        destination=delivery.destination,
        language=notification.recipient.locale,
        context=context | {"unsubscribe_url": link.url if link else ""},
        headers=headers_of(link) if link else {},
        priority=Priority(notification.priority),
        expires_at=notification.expires_at,
        group_key=notification.group_key or "",
    )
