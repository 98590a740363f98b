"""What came of an attempt, written only by the worker that still holds the lease."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction

from notifications.channels.base import DeliveryError, ErrorClass, Sent
from notifications.deliveries import backoff
from notifications.deliveries.circuit import LeftAlone
from notifications.deliveries.holding import Deferred
from notifications.deliveries.wanted import Stopped
from notifications.digests.gathering import Gathered, join
from notifications.models import Delivery
from notifications.vocabulary import DeliveryStatus, Reason
from numerai.common import clock

log = structlog.get_logger(__name__)

GIVE_UP_AFTER = timedelta(hours=72)


Outcome = Sent | LeftAlone | Stopped | Deferred | Gathered | DeliveryError


def record(delivery: Delivery, outcome: Outcome) -> None:
    try:
        columns, held = _written(delivery, outcome)
    except IntegrityError:
        if not isinstance(outcome, Sent):
            raise
        # The id is another delivery's. What is not recorded as sent would be sent again.
        log.warning("provider_repeats_ids", delivery=delivery.pk, provider=delivery.provider)
        columns, held = _written(delivery, Sent())
    log.info(
        "delivery_attempted" if held else "delivery_lease_lost",
        delivery=delivery.pk,
        channel=delivery.channel,
        status=columns["status"],
        reason=columns.get("reason", ""),
        attempts=delivery.attempts,
        error=columns.get("last_error_code", ""),
    )


def _written(delivery: Delivery, outcome: Outcome) -> tuple[dict[str, Any], int]:
    """What was written, and of how many rows: 0 when the lease is another worker's."""
    # One transaction, because a window that is joined must not close before its delivery stands in it.
    with transaction.atomic():
        columns = _columns(delivery, outcome) | {"lease_until": None}
        mine = Delivery.objects.filter(id=delivery.pk, status=DeliveryStatus.SENDING, lease_until=delivery.lease_until)
        return columns, mine.update(**columns)


def _columns(delivery: Delivery, outcome: Outcome) -> dict[str, Any]:
    match outcome:
        case Sent():
            return {
                "status": DeliveryStatus.SENT,
                "reason": "",
                "sent_at": clock.now(),
                "provider": delivery.provider,
                "provider_message_id": _plain(outcome.provider_message_id, 255),
            }
        case LeftAlone():
            spread = timedelta(seconds=backoff.delay(1))
            held = _try_again((outcome.until - clock.now() + spread).total_seconds())
            return held | {"reason": Reason.CIRCUIT_OPEN, "attempts": delivery.attempts - 1}
        case Stopped():
            return {"status": outcome.status, "reason": outcome.reason}
        case Deferred():
            return _waiting(delivery, Reason.QUIET_HOURS, outcome.until) | {"deferrals": delivery.deferrals + 1}
        case Gathered():
            window = join(delivery, outcome)
            return _waiting(delivery, outcome.reason, window.closes_at) | {"digest": window}
        case _:
            error = {"last_error_code": _plain(outcome.code, 60), "last_error": _plain(outcome.detail, 500)}
            return error | _after_failure(delivery, outcome)


def _waiting(delivery: Delivery, reason: Reason, until: datetime) -> dict[str, Any]:
    """To be held back costs no attempt."""
    return {
        "status": DeliveryStatus.DEFERRED,
        "reason": reason,
        "next_attempt_at": until,
        "attempts": delivery.attempts - 1,
    }


def _after_failure(delivery: Delivery, error: DeliveryError) -> dict[str, Any]:
    if error.error_class is ErrorClass.PERMANENT:
        status = DeliveryStatus.BOUNCED if error.bounced else DeliveryStatus.FAILED
        return {"status": status, "reason": error.reason}
    if error.error_class is ErrorClass.CONFIG:
        return _after_misconfiguration(delivery, error)
    if error.is_outage and not error.may_have_arrived:
        return _after_outage(delivery, error)
    if delivery.attempts >= (error.max_attempts or backoff.MAX_ATTEMPTS):
        return {"status": DeliveryStatus.FAILED, "reason": Reason.PROVIDER_EXHAUSTED}
    return _try_again(
        backoff.unhurried() if error.is_outage else backoff.delay(delivery.attempts, retry_after=error.retry_after)
    )


def _after_outage(delivery: Delivery, error: DeliveryError) -> dict[str, Any]:
    """Who happens to be tried while the provider fails everybody pays no attempt for it."""
    if clock.now() - delivery.created_at > GIVE_UP_AFTER:
        return {"status": DeliveryStatus.FAILED, "reason": Reason.PROVIDER_EXHAUSTED}
    waits = backoff.delay(delivery.attempts, retry_after=error.retry_after)
    return _try_again(waits) | {"attempts": delivery.attempts - 1}


def _after_misconfiguration(delivery: Delivery, error: DeliveryError) -> dict[str, Any]:
    """Our own fault costs no attempt: what piled up goes out once an operator has mended it."""
    log.error("channel_misconfigured", channel=delivery.channel, error=error.code, detail=error.detail[:200])
    if clock.now() - delivery.created_at > GIVE_UP_AFTER:
        return {"status": DeliveryStatus.FAILED, "reason": Reason.CONFIG_ERROR}
    return _try_again(backoff.delay(backoff.MAX_ATTEMPTS)) | {"attempts": delivery.attempts - 1}


def _try_again(seconds: float) -> dict[str, Any]:
    next_attempt_at = clock.now() + timedelta(seconds=seconds)
    return {"status": DeliveryStatus.PENDING, "reason": "", "next_attempt_at": next_attempt_at}


def _plain(text: str, length: int) -> str:
    """A provider's words as the database can hold them."""
    return text.replace("\0", "")[:length]
