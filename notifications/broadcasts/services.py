"""Telling many people the same: ``notify_many`` is the door, as ``notify`` is for one."""

from typing import Any, Literal, overload

import structlog
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet

from notifications import asked, kinds, wording
from notifications.broadcasts import running, writing
from notifications.broadcasts.estimating import Estimate, estimate
from notifications.broadcasts.people import BATCH
from notifications.kinds import Kind
from notifications.models import Broadcast, Delivery
from notifications.tasks import tell_broadcast
from notifications.vocabulary import NOT_BEGUN, BroadcastState, ChannelName, DeliveryStatus, Reason
from numerai.common import clock
from numerai.common.jobs import enqueue

log = structlog.get_logger(__name__)

CANCELLABLE = (BroadcastState.WAITING, BroadcastState.RUNNING, BroadcastState.FAILED)


@overload
def notify_many(
    query: "QuerySet[Any]",
    *,
    kind: str,
    dedupe_key: str,
    context: dict[str, Any] | None = None,
    priority: str | None = None,
    action_url: str = "",
    started_by: Any = None,
    dry_run: Literal[False] = False,
) -> Broadcast: ...
@overload
def notify_many(
    query: "QuerySet[Any]",
    *,
    kind: str,
    dedupe_key: str,
    context: dict[str, Any] | None = None,
    priority: str | None = None,
    action_url: str = "",
    started_by: Any = None,
    dry_run: Literal[True],
) -> Estimate: ...
def notify_many(
    query: "QuerySet[Any]",
    *,
    kind: str,
    dedupe_key: str,
    context: dict[str, Any] | None = None,
    priority: str | None = None,
    action_url: str = "",
    started_by: Any = None,
    dry_run: bool = False,
) -> Broadcast | Estimate:
    """Tell everybody in ``query``, a queryset of people, that ``kind`` happened; answers the broadcast, or the one that
    ``dedupe_key`` made before.

    Whom it reaches is fixed by this call, in the caller's transaction and without loading anybody; workers tell them
    after the commit, each person once. ``started_by`` is the operator who wanted it. With ``dry_run`` nothing is
    written, and the answer is whom it would reach and what the texts would cost. Raises UnknownKind, TypeError or
    ValueError for a mistake in the calling code, and TemplateFault when the kind has no words for the centre.
    """
    registered = _checked(query, kind, dedupe_key, action_url)
    draft = Broadcast(
        kind=kind,
        context=asked.plain(context),
        priority=asked.priority_of(registered, priority),
        action_url=action_url,
        dedupe_key=dedupe_key,
        started_by=started_by,
    )
    if registered.in_centre:
        wording.words_for(registered, ChannelName.IN_APP, "en")
    return estimate(query, registered, draft) if dry_run else _begin(draft, query)


def cancel(broadcast_id: int) -> bool:
    """Tell nobody else, and send nothing of it that still waits. What people have in their centres stays there.

    Answers whether there was anything to cancel. A batch that is being told is waited for.
    """
    with transaction.atomic():
        rows = Broadcast.objects.filter(id=broadcast_id, state__in=CANCELLABLE)
        if not rows.update(state=BroadcastState.CANCELLED, finished_at=clock.now(), lease_until=None):
            return False
        key = running.dedupe_key(Broadcast.objects.get(id=broadcast_id))
        waiting = Delivery.objects.filter(status__in=NOT_BEGUN, notification__dedupe_key=key)
        stopped = waiting.update(
            status=DeliveryStatus.CANCELLED,
            reason=Reason.CANCELLED_BY_ADMIN,
            next_attempt_at=None,
            lease_until=None,
            digest=None,
        )
    log.info("broadcast_cancelled", broadcast=key.partition(":")[2], deliveries=stopped)
    return True


def resume(broadcast_id: int) -> bool:
    """Go on with one that was given up; answers whether it was."""
    with transaction.atomic():
        rows = Broadcast.objects.filter(id=broadcast_id, state=BroadcastState.FAILED)
        is_resumed = bool(rows.update(state=BroadcastState.WAITING, attempts=0))
        if is_resumed:
            enqueue(tell_broadcast, broadcast_id)
    return is_resumed


def _checked(query: "QuerySet[Any]", kind: str, dedupe_key: str, action_url: str) -> Kind:
    registered = kinds.get(kind)
    if registered.is_addressed or registered.resolve_context is not None:
        raise ValueError(f"{kind} is told to one person at a time.")
    if query.model is not get_user_model():
        raise TypeError(f"A broadcast is told to people, not to rows of {query.model.__name__}.")
    if not dedupe_key:
        raise ValueError("A broadcast has a key of its own, so that it is told once.")
    asked.refuse_unsafe(action_url)
    return registered


def _begin(draft: Broadcast, people: "QuerySet[Any]") -> Broadcast:
    with transaction.atomic():
        Broadcast.objects.bulk_create([draft], ignore_conflicts=True)
        kept = Broadcast.objects.get(dedupe_key=draft.dedupe_key)
        if kept.public_id == draft.public_id:
            kept.audience = writing.fix(kept.pk, people, size=BATCH)
            kept.save(update_fields=["audience"])
            enqueue(tell_broadcast, kept.pk)
    return kept
