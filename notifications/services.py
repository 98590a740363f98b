"""Telling a person something: ``notify`` is the one door through which every app does it."""

import json
import re
from typing import Any

from django.db import transaction

from notifications import kinds, wording
from notifications.channels import sms
from notifications.channels.base import Plan, Recipient
from notifications.channels.registry import CHANNELS
from notifications.kinds import Kind
from notifications.models import Delivery, Notification
from notifications.stream.events import announce
from notifications.tasks import deliver
from notifications.vocabulary import ChannelName, DeliveryStatus, Priority
from numerai.common import clock
from numerai.common.jobs import enqueue

SAFE_ACTION_URL = re.compile(r"/([^/\\].*)?|https?://.+")


def notify(
    *,
    user: Recipient,
    kind: str,
    context: dict[str, Any] | None = None,
    dedupe_key: str | None = None,
    priority: str | None = None,
    action_url: str = "",
    address: str = "",
) -> Notification:
    """Tell ``user`` that ``kind`` happened; answers the notification, or the one that ``dedupe_key`` made before.

    Rows are written in the caller's transaction and sending begins when it commits; a race for one key makes one row
    and raises nothing. ``context`` holds plain JSON values and is shown to the person as ``data``. ``action_url`` is
    an http(s) address or a path of the frontend; ``address`` is where a kind that ``is_addressed`` goes. Raises
    UnknownKind, TypeError or ValueError for a mistake in the calling code, and TemplateFault when the kind's title or
    message cannot be rendered.
    """
    registered = kinds.get(kind)
    if registered.is_addressed != bool(address):
        raise ValueError(f"{kind} is sent to an address if and only if it is one of the kinds that are.")
    draft = _draft(user, registered, _plain(context or {}), action_url)
    draft.dedupe_key = dedupe_key or None
    draft.priority = Priority(priority or (Priority.CRITICAL if registered.critical else Priority.NORMAL))
    with transaction.atomic():
        notification = _insert(draft)
        if notification.public_id == draft.public_id:
            _start_deliveries(notification, user, registered, address)
            if registered.in_centre:
                transaction.on_commit(lambda: announce([notification.pk]), robust=True)
    return notification


def can_text() -> bool:
    """Whether texts to phones can be sent at all."""
    return sms.is_configured()


def _draft(user: Recipient, kind: Kind, data: dict[str, Any], action_url: str) -> Notification:
    if action_url and not SAFE_ACTION_URL.fullmatch(action_url):
        raise ValueError(f"An action leads to an http(s) address or a path of the frontend, not to {action_url!r}.")
    draft = Notification(
        recipient_id=user.pk,
        kind=kind.name,
        notification_type=kind.notification_type,
        data=data,
        action_url=action_url,
        in_centre=kind.in_centre,
    )
    if kind.in_centre:
        context = wording.context_for(recipient=user, data=data, action_url=action_url)
        words = wording.words_for(kind, ChannelName.IN_APP, user.locale)
        said = words.render(context)
        draft.title, draft.message, draft.language = said["title"], said["message"], words.language
    return draft


def _plain(context: dict[str, Any]) -> dict[str, Any]:
    """A copy made of JSON values only: a template given a model could call its methods."""
    return dict(json.loads(json.dumps(context, allow_nan=False)))


def _insert(draft: Notification) -> Notification:
    if draft.dedupe_key is None:
        draft.save(force_insert=True)
        return draft
    while True:
        Notification.objects.bulk_create([draft], ignore_conflicts=True)
        kept = Notification.objects.filter(recipient=draft.recipient_id, dedupe_key=draft.dedupe_key).first()
        # None only if the row that stood in the way was erased in between: then the key is free.
        if kept is not None:
            return kept


def _start_deliveries(notification: Notification, user: Recipient, kind: Kind, address: str) -> None:
    planned = [
        _delivery(notification, channel, plan)
        for channel in kind.channels
        for plan in ((Plan(address),) if address else CHANNELS[channel].plan(user, kind))
    ]
    for delivery in Delivery.objects.bulk_create(planned):
        if delivery.status == DeliveryStatus.PENDING:
            enqueue(deliver, delivery.pk)


def _delivery(notification: Notification, channel: str, plan: Plan) -> Delivery:
    now = clock.now()
    return Delivery(
        notification=notification,
        channel=channel,
        destination=plan.destination,
        status=plan.status,
        reason=plan.reason or "",
        next_attempt_at=now if plan.status == DeliveryStatus.PENDING else None,
        sent_at=now if plan.status == DeliveryStatus.DELIVERED else None,
    )
