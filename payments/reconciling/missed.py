"""Events that never reached us take the road of all events, only later."""

from collections.abc import Callable
from datetime import timedelta

from payments.gateway.events import undelivered_events
from payments.models import Drift, EventState, ReconcileRun, WebhookEvent
from payments.webhooks.dispatch import HANDLERS
from payments.webhooks.inbox import store_event
from payments.webhooks.processing import handle_webhook_event
from payments.webhooks.verification import read_event

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
        is_handled = False
        if not run.is_dry_run:
            store_event(event)
            row = WebhookEvent.objects.get(event_id=event.id)
            handle_webhook_event(row.pk)
            row.refresh_from_db()
            is_handled = row.state in {EventState.PROCESSED, EventState.IGNORED}
        Drift.objects.update_or_create(
            run=run,
            object_type="event",
            stripe_id=event.id,
            defaults={
                "theirs": {"type": event.type, "object": event.object_id},
                "explanation": f"Stripe made it at {event.created_at:%Y-%m-%d %H:%M:%S} UTC and could not deliver it.",
                "is_repaired": is_handled,
            },
        )
        on_event()
    return len(missed)
