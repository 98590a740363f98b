"""Handling one stored event: claim it for a while, handle it, record how it ended."""

from dataclasses import dataclass
from datetime import timedelta
from secrets import SystemRandom
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import F, Q

from numerai.common import audit, clock
from payments import gateway, sync
from payments.models import EventState, StripeCustomer, WebhookEvent
from payments.webhooks.dispatch import HANDLERS

log = structlog.get_logger(__name__)

# With the pauses below, about a day.
MAX_ATTEMPTS = 40
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 3600.0
GONE = "Stripe no longer knows the object."


@dataclass(frozen=True)
class Outcome:
    state: EventState
    error: str = ""


def handle_webhook_event(row_id: UUID) -> EventState | None:
    """Handle the stored event once; answers the state it is in afterwards, None when it was not ours to take.

    Safe to call at any time and in parallel: one caller claims the row, and only that claim can settle it. Never
    raises for a handler that fails: the row is tried again later, and parked after MAX_ATTEMPTS.
    """
    event = _claim(row_id)
    if event is None:
        return None
    outcome = _outcome_of(event)
    if not _settle(event, outcome):
        log.warning("webhook_event_claim_lost", event_id=event.event_id, attempt=event.attempts)
        return None
    return outcome.state


def _claim(row_id: UUID) -> WebhookEvent | None:
    now = clock.now()
    lease = now + timedelta(seconds=settings.JOB_LEASE_SECONDS)
    free = (
        Q(state=EventState.PENDING)
        | Q(state=EventState.FAILED, next_attempt_at__lte=now)
        | Q(state=EventState.PROCESSING, lease_until__lte=now)
    )
    claimed = WebhookEvent.objects.filter(free, pk=row_id).update(
        state=EventState.PROCESSING, attempts=F("attempts") + 1, lease_until=lease
    )
    return WebhookEvent.objects.get(pk=row_id) if claimed else None


def _outcome_of(event: WebhookEvent) -> Outcome:
    handler = HANDLERS.get(event.type)
    if handler is None:
        return Outcome(EventState.IGNORED)
    if event.attempts > MAX_ATTEMPTS:
        return _parked(event, "Every attempt ended with the death of its worker.")
    try:
        with audit.cause("event", event.event_id):
            handler(event)
    except sync.CustomerNotOurs as error:
        return Outcome(EventState.IGNORED, str(error))
    except gateway.ObjectMissing:
        if not StripeCustomer.objects.filter(stripe_id=event.customer_id).exists():
            return Outcome(EventState.IGNORED, GONE)
        # Objects do not vanish from under a customer of ours: more likely our key is that of another account.
        log.error("webhook_object_missing", event_id=event.event_id, type=event.type, object=event.object_id)
        return _failed(event, GONE)
    except Exception as error:
        log.warning("webhook_event_failed", event_id=event.event_id, type=event.type, exc_info=True)
        return _failed(event, f"{type(error).__name__}: {error}")
    return Outcome(EventState.PROCESSED)


def _failed(event: WebhookEvent, reason: str) -> Outcome:
    if event.attempts >= MAX_ATTEMPTS:
        return _parked(event, reason)
    return Outcome(EventState.FAILED, reason)


def _parked(event: WebhookEvent, reason: str) -> Outcome:
    log.error("webhook_event_parked", event_id=event.event_id, type=event.type, reason=reason)
    return Outcome(EventState.PARKED, reason)


def _settle(event: WebhookEvent, outcome: Outcome) -> bool:
    """Only the claim that is still in force may write: a worker that was too slow has been replaced."""
    now = clock.now()
    is_done = outcome.state in {EventState.PROCESSED, EventState.IGNORED}
    mine = WebhookEvent.objects.filter(pk=event.pk, state=EventState.PROCESSING, attempts=event.attempts)
    return bool(
        mine.update(
            state=outcome.state,
            last_error=outcome.error[:2000].replace("\x00", ""),
            lease_until=None,
            processed_at=now if is_done else None,
            next_attempt_at=now + _pause(event.attempts) if outcome.state == EventState.FAILED else None,
        )
    )


def _pause(attempts: int) -> timedelta:
    """Doubling, with jitter, so that events that failed together do not come back together."""
    longest = min(FIRST_PAUSE_SECONDS * 2 ** (attempts - 1), LONGEST_PAUSE_SECONDS)
    return timedelta(seconds=longest * (0.5 + SystemRandom().random() / 2))
