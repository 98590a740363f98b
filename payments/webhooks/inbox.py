"""The inbox of events: stored once, claimed by one worker at a time, found again when a worker or a message is lost."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import DataError, connection
from django.db.models import Q

from numerai.common import clock
from numerai.common.jobs import enqueue
from payments.gateway import is_livemode
from payments.models import EventState, WebhookEvent
from payments.webhooks.verification import DeliveredEvent

log = structlog.get_logger(__name__)

# An event that is not taken within this time was not announced to a worker.
PATIENCE = timedelta(seconds=5)
SWEEP_BATCH = 500
LINKS = (
    "id",
    "object",
    "customer",
    "invoice",
    "subscription",
    "released_subscription",
    "payment_intent",
    "charge",
)

# The ORM cannot both ignore a conflict and tell whether the row is new, and would open a transaction for it.
INSERT = """
INSERT INTO payments_webhookevent (
    id, event_id, type, livemode, api_version, object_id, customer_id, payload, created_at, received_at,
    state, attempts, next_attempt_at, processed_at, last_error
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, 0, %s, %s, '')
ON CONFLICT (event_id) DO NOTHING
"""


def store_event(event: DeliveredEvent) -> bool:
    """Keep the event and announce it to a worker; answers whether it is new. One of the other mode or of somebody
    else's account is only kept."""
    row_id = uuid4()
    is_foreign = event.account not in {"", settings.STRIPE_ACCOUNT_ID}
    is_ours = event.livemode == is_livemode() and not is_foreign
    is_new = _insert(row_id, event, EventState.PENDING if is_ours else EventState.IGNORED)
    if is_new and is_ours:
        announce(row_id)
    if is_new and is_foreign:
        log.error("webhook_event_of_another_account", event_id=event.id, type=event.type, account=event.account)
    return is_new


def announce(row_id: UUID) -> None:
    from payments.tasks import process_webhook_event

    enqueue(process_webhook_event, str(row_id))


def sweep_webhook_events() -> int:
    """Put events that nobody is working on, although somebody should, back in the queue; answers how many.

    One that was put back is left alone for the time of a lease, so that a queue without workers does not fill up.
    """
    now = clock.now()
    waiting = Q(state__in=[EventState.PENDING, EventState.FAILED], next_attempt_at__lte=now)
    abandoned = Q(state=EventState.PROCESSING, lease_until__lte=now)
    due = WebhookEvent.objects.filter(waiting | abandoned)
    row_ids = list(due.order_by("received_at").values_list("pk", flat=True)[:SWEEP_BATCH])
    later = now + timedelta(seconds=settings.JOB_LEASE_SECONDS)
    due.filter(pk__in=row_ids).update(state=EventState.PENDING, lease_until=None, next_attempt_at=later)
    for row_id in row_ids:
        announce(row_id)
    return len(row_ids)


def replay_webhook_events(row_ids: Sequence[UUID]) -> int:
    """Handle events again from the beginning, whatever became of them; answers how many. Those at work are left."""
    replayed = (
        WebhookEvent.objects.filter(pk__in=row_ids)
        .exclude(state=EventState.PROCESSING)
        .update(
            state=EventState.PENDING,
            attempts=0,
            next_attempt_at=clock.now(),
            processed_at=None,
            last_error="",
        )
    )
    for row_id in row_ids:
        announce(row_id)
    return replayed


def _insert(row_id: UUID, event: DeliveredEvent, state: EventState) -> bool:
    now = clock.now()
    is_open = state == EventState.PENDING
    head: tuple[Any, ...] = (str(row_id), event.id, event.type, event.livemode, event.api_version)
    links = (event.object_id, event.customer_id)
    tail = (event.created_at, now, state.value, now + PATIENCE if is_open else None, None if is_open else now)
    with connection.cursor() as cursor:
        try:
            cursor.execute(INSERT, (*head, *links, event.payload, *tail))
        except DataError:
            # jsonb holds neither U+0000 nor half a surrogate pair; the payload is a hint, so it may lose much.
            bare = json.dumps(bare_payload(json.loads(event.payload)))
            cursor.execute(INSERT, (*head, *links, bare, *tail))
        return bool(cursor.rowcount)


def bare_payload(payload: dict[str, Any]) -> dict[str, Any]:
    """What a handler needs of a payload: which objects it is about, and nothing about a person."""
    data = payload.get("data", {})
    about = data.get("object", {})
    bare: dict[str, Any] = _names(about, LINKS)
    # What is bought decides who looks; it is a word of ours and says nothing about anybody.
    if kind := _names(about.get("metadata"), ("kind",)):
        bare["metadata"] = kind
    if was := _names(data.get("previous_attributes"), ("customer",)):
        return {"data": {"object": bare, "previous_attributes": was}}
    return {"data": {"object": bare}}


def _names(about: Any, wanted: Sequence[str]) -> dict[str, Any]:
    found = {name: about.get(name) for name in wanted} if isinstance(about, dict) else {}
    return {name: value for name, value in found.items() if isinstance(value, str) and value.isascii()}
