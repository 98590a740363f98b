"""What came of an attempt, written only by the worker that still holds the lease."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from notifications.channels.base import DeliveryError, ErrorClass, Sent
from notifications.deliveries import backoff
from notifications.models import Delivery
from notifications.vocabulary import DeliveryStatus, Reason
from numerai.common import clock

log = structlog.get_logger(__name__)

GIVE_UP_AFTER = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Stopped:
    """There is no reason to send any more."""

    status: DeliveryStatus
    reason: Reason


Outcome = Sent | Stopped | DeliveryError


def record(delivery: Delivery, outcome: Outcome) -> None:
    columns = _columns(delivery, outcome) | {"lease_until": None}
    held = Delivery.objects.filter(
        id=delivery.pk, status=DeliveryStatus.SENDING, lease_until=delivery.lease_until
    ).update(**columns)
    log.info(
        "delivery_attempted" if held else "delivery_lease_lost",
        delivery=delivery.pk,
        channel=delivery.channel,
        status=columns["status"],
        reason=columns.get("reason", ""),
        attempts=delivery.attempts,
        error=columns.get("last_error_code", ""),
    )


def _columns(delivery: Delivery, outcome: Outcome) -> dict[str, Any]:
    match outcome:
        case Sent():
            return {
                "status": DeliveryStatus.SENT,
                "sent_at": clock.now(),
                "provider_message_id": outcome.provider_message_id,
            }
        case Stopped():
            return {"status": outcome.status, "reason": outcome.reason}
        case DeliveryError():
            error = {"last_error_code": outcome.code[:60], "last_error": outcome.detail[:500]}
            return error | _after_failure(delivery, outcome)


def _after_failure(delivery: Delivery, error: DeliveryError) -> dict[str, Any]:
    if error.error_class is ErrorClass.PERMANENT:
        status = DeliveryStatus.BOUNCED if error.bounced else DeliveryStatus.FAILED
        return {"status": status, "reason": error.reason}
    if error.error_class is ErrorClass.CONFIG:
        return _after_misconfiguration(delivery, error)
    if delivery.attempts >= (error.max_attempts or backoff.MAX_ATTEMPTS):
        return {"status": DeliveryStatus.FAILED, "reason": Reason.PROVIDER_EXHAUSTED}
    return _try_again(backoff.delay(delivery.attempts, retry_after=error.retry_after))


def _after_misconfiguration(delivery: Delivery, error: DeliveryError) -> dict[str, Any]:
    """Our own fault costs no attempt: what piled up goes out once an operator has mended it."""
    log.error("channel_misconfigured", channel=delivery.channel, error=error.code, detail=error.detail[:200])
    if clock.now() - delivery.created_at > GIVE_UP_AFTER:
        return {"status": DeliveryStatus.FAILED, "reason": Reason.CONFIG_ERROR}
    return _try_again(backoff.delay(backoff.MAX_ATTEMPTS)) | {"attempts": delivery.attempts - 1}


def _try_again(seconds: float) -> dict[str, Any]:
    return {"status": DeliveryStatus.PENDING, "next_attempt_at": clock.now() + timedelta(seconds=seconds)}
