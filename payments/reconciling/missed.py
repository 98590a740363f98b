"""Events that never reached us take the road of all events, only later."""

from collections.abc import Callable
from datetime import timedelta

from payments.gateway.events import undelivered_events
from payments.models import Drift, EventState, ReconcileRun, WebhookEvent
from payments.webhooks.dispatch import HANDLERS
from payments.webhooks.inbox import store_event
from payments.webhooks.processing import handle_webhook_event
from payments.webhooks.verification import DeliveredEvent, read_event

# Stripe lists events for this long.
LISTED_FOR = timedelta(days=30)


def fetch_missed_events(run: ReconcileRun, *, on_event: Callable[[], None]) -> int:
    """Store and handle what Stripe could not deliver, oldest first; answers how many were new to us.

    A run that only looks notes them down. ``on_event`` is called after each.
    """
    listed = [read_event(text) for text in undelivered_events(since=run.started_at - LISTED_FOR)]
    wanted = [event for event in reversed(listed) if event.type in HANDLERS]
    known = WebhookEvent.objects.filter(event_id__in=[event.id for event in wanted])
    arrived = set(known.values_list("event_id", flat=True))
    missed = [event for event in wanted if event.id not in arrived]
    for event in missed:
        # One that has arrived since the list was read was late, not lost.
        if run.is_dry_run or store_event(event):
            _note(run, event, is_repaired=not run.is_dry_run and _is_in_good_hands(event))
        on_event()
    return len(missed)


def _is_in_good_hands(event: DeliveredEvent) -> bool:
    """Handle the event unless a worker was quicker; it is lost no more, but a handler may fail."""
    row = WebhookEvent.objects.get(event_id=event.id)
    handle_webhook_event(row.pk)
    row.refresh_from_db()
    return row.state not in {EventState.FAILED, EventState.PARKED}


def _note(run: ReconcileRun, event: DeliveredEvent, *, is_repaired: bool) -> None:
    Drift.objects.update_or_create(
        run=run,
        object_type="event",
        stripe_id=event.id,
        defaults={
            "theirs": {"type": event.type, "object": event.object_id},
            "explanation": f"Stripe made it at {event.created_at:%Y-%m-%d %H:%M:%S} UTC and could not deliver it.",
            "is_repaired": is_repaired,
        },
    )
