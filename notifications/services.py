"""Telling a person something: ``notify`` is the one door through which every app does it."""

from datetime import datetime, timedelta
from typing import Any, overload
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from notifications import asked, kinds, wording
from notifications.centre.withdrawing import withdraw_one
from notifications.channels import sms
from notifications.channels.base import Recipient
from notifications.deliveries.planning import at_address, planned, wishes_about
from notifications.deliveries.queueing import start
from notifications.inserting import insert
from notifications.kinds import Kind
from notifications.models import Delivery, Notification
from notifications.preferences.deciding import resolve
from notifications.preferences.wishes import Wishes
from notifications.stream.events import announce
from notifications.vocabulary import ChannelName, DeliveryStatus
from numerai.common import clock


@overload
def notify(
    *,
    user: Recipient,
    kind: str,
    context: dict[str, Any] | None = None,
    dedupe_key: str | None = None,
    group_key: str | None = None,
    actor: None = None,
    priority: str | None = None,
    action_url: str = "",
    expires_at: datetime | None = None,
    address: str = "",
) -> Notification: ...
@overload
def notify(
    *,
    user: Recipient,
    kind: str,
    context: dict[str, Any] | None = None,
    dedupe_key: str | None = None,
    group_key: str | None = None,
    actor: Recipient | None,
    priority: str | None = None,
    action_url: str = "",
    expires_at: datetime | None = None,
    address: str = "",
) -> Notification | None: ...
def notify(
    *,
    user: Recipient,
    kind: str,
    context: dict[str, Any] | None = None,
    dedupe_key: str | None = None,
    group_key: str | None = None,
    actor: Recipient | None = None,
    priority: str | None = None,
    action_url: str = "",
    expires_at: datetime | None = None,
    address: str = "",
) -> Notification | None:
    """Tell ``user`` that ``kind`` happened; answers the notification, or the one that ``dedupe_key`` made before.

    Rows are written in the caller's transaction and sending begins when it commits; a race for one key makes one row
    and raises nothing. While an unread one of the same ``group_key`` is younger than the kind's ``group_minutes``, that
    one counts another occurrence and takes the new words instead; either key, not both. Whoever is the ``actor`` is not
    told of it: then the answer is None. ``context`` holds plain JSON values and is shown to the person as ``data``.
    ``action_url`` is an http(s) address or a path of the frontend; after ``expires_at`` it is neither shown nor sent;
    ``address`` is where a kind that ``is_addressed`` goes. Raises UnknownKind, TypeError or ValueError for a mistake in
    the calling code, and TemplateFault when the kind's title or message cannot be rendered.
    """
    registered = _checked(kind, address=address, dedupe_key=dedupe_key, group_key=group_key)
    if actor is not None and actor.pk == user.pk:
        return None
    wishes = wishes_about(registered, user)
    draft = _draft(user, registered, asked.plain(context), action_url, wishes)
    draft.dedupe_key, draft.group_key, draft.expires_at = dedupe_key or None, group_key or None, expires_at
    draft.priority = asked.priority_of(registered, priority)
    return _told(draft, user, registered, wishes, address)


def withdraw(*, user_id: UUID, dedupe_key: str) -> bool:
    """What the person was told by that key is no longer so: it goes from the centre, and what has not left yet does not
    leave. Answers whether there was anything to withdraw. For owners, last in the transaction that removes the cause;
    the key stays taken."""
    return withdraw_one(Notification.objects.filter(recipient=user_id, dedupe_key=dedupe_key))


def can_text() -> bool:
    """Whether texts to phones can be sent at all."""
    return sms.is_configured()


def _checked(name: str, *, address: str, dedupe_key: str | None, group_key: str | None) -> Kind:
    kind = kinds.get(name)
    if kind.is_addressed != bool(address):
        raise ValueError(f"{name} is sent to an address if and only if it is one of the kinds that are.")
    if dedupe_key and group_key:
        raise ValueError("What is told once by its own key cannot be counted with others.")
    return kind


def _told(draft: Notification, user: Recipient, kind: Kind, wishes: Wishes, address: str) -> Notification:
    # No savepoint: what raises here is a mistake, and a key that is taken raises nothing.
    with transaction.atomic(savepoint=False):
        notification = _joined(draft, kind) or insert(draft)
        is_new = notification.public_id == draft.public_id
        if is_new:
            _start_deliveries(notification, user, kind, wishes, address)
        if notification.in_centre and (is_new or draft.group_key):
            transaction.on_commit(lambda: announce([notification.pk]), robust=True)
    return notification


def _draft(user: Recipient, kind: Kind, data: dict[str, Any], action_url: str, wishes: Wishes) -> Notification:
    asked.refuse_unsafe(action_url)
    draft = Notification(
        recipient_id=user.pk,
        kind=kind.name,
        notification_type=kind.notification_type,
        data=data,
        action_url=action_url,
        in_centre=kind.in_centre and resolve(kind, ChannelName.IN_APP, wishes.cells)[0],
    )
    if draft.in_centre:
        context = wording.context_for(recipient=user, data=data, action_url=action_url)
        words = wording.words_for(kind, ChannelName.IN_APP, user.locale)
        said = words.render(context)
        draft.title, draft.message, draft.language = said["title"], said["message"], words.language
    return draft


def _joined(draft: Notification, kind: Kind) -> Notification | None:
    """The unread one of its group that ``draft`` is another occurrence of, brought up to date; or None."""
    if draft.group_key is None:
        return None
    with connection.cursor() as cursor:
        # Held until the transaction ends, so that two that begin a group at once make one row.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"group:{draft.recipient_id}:{draft.group_key}"]
        )
    now = clock.now()
    unread = Notification.objects.filter(
        recipient=draft.recipient_id,
        kind=kind.name,
        group_key=draft.group_key,
        read_at__isnull=True,
        deleted_at__isnull=True,
        archived_at__isnull=True,
        created_at__gt=now - timedelta(minutes=kind.group_minutes),
    ).exclude(expires_at__lte=now)
    found = unread.select_for_update(no_key=True).order_by("-id").first()
    if found is not None:
        for name in ("title", "message", "language", "data", "action_url", "expires_at"):
            setattr(found, name, getattr(draft, name))
        found.occurrences, found.version = F("occurrences") + 1, None
        found.save()
        found.refresh_from_db(fields=["occurrences"])
    return found


def _start_deliveries(notification: Notification, user: Recipient, kind: Kind, wishes: Wishes, address: str) -> None:
    now = clock.now()
    if address:
        rows = [at_address(notification, channel, address, now) for channel in kind.channels]
    else:
        rows = planned(notification, user, kind, wishes, now)
    for delivery in Delivery.objects.bulk_create(rows):
        if delivery.status == DeliveryStatus.PENDING:
            start(delivery)
