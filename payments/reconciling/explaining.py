"""Why a row could be wrong: what became of the events that should have told us."""

from django.db.models import Q

from payments.models import EventState, WebhookEvent
from payments.webhooks.dispatch import HANDLERS

STORIES = {
    EventState.PENDING: "waits to be handled",
    EventState.PROCESSING: "is being handled",
    EventState.FAILED: "could not be handled yet",
    EventState.PARKED: "was parked after its last attempt",
    EventState.IGNORED: "was ignored",
}
NEVER_HEARD = "No event about it has arrived."


def explain(stripe_id: str) -> str:
    """One sentence for the report."""
    events = WebhookEvent.objects.filter(object_id=stripe_id)
    # Events that make nobody look at anything are told at all times, and are no reason.
    wanted = events.exclude(Q(state=EventState.IGNORED) & ~Q(type__in=HANDLERS))
    unhandled = wanted.exclude(state=EventState.PROCESSED).order_by("-received_at").first()
    if unhandled is not None:
        story = STORIES[EventState(unhandled.state)]
        reason = f": {unhandled.last_error}" if unhandled.last_error else ""
        return f"The event {unhandled.event_id} ({unhandled.type}) {story}{reason}"[:500]
    last = events.order_by("-created_at").first()
    if last is None:
        return NEVER_HEARD
    return f"No event has told of it since {last.event_id} ({last.type}) of {last.created_at:%Y-%m-%d %H:%M:%S} UTC."
