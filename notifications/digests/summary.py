"""The one message that much becomes: what stands in it is looked up when it is sent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model

from notifications import kinds, wording
from notifications.kinds import Kind, NoLongerNeeded
from notifications.models import DigestWindow, Notification
from notifications.preferences.deciding import resolve
from notifications.preferences.wishes import wishes_of
from notifications.vocabulary import DESTINATION_CHANNELS, DeliveryStatus, Reason
from numerai.common import clock

NAME = "notifications.summary"
CENTRE_PAGE = "/notifications"
# With the id of its window this is the key of a summary, so that it is made once.
KEY = "digest:"
SHOWN = 10
# How a delivery stands that went in a summary.
SUMMED_UP = (Reason.DIGESTED, Reason.THROTTLED)


def contents(user_id: UUID, context: dict[str, Any]) -> dict[str, Any]:
    """``news``, the oldest first and at most SHOWN of them, with their ``number`` and how many ``more`` there are.

    Raises NoLongerNeeded when all of it was read or deleted meanwhile.
    """
    window = DigestWindow.objects.filter(user_id=user_id, public_id=context["window"]).first()
    found = still_new(window, clock.now()) if window else []
    if not found:
        raise NoLongerNeeded
    people = get_user_model()._default_manager.select_related(*settings.NOTIFICATION_RECIPIENT_WITH)
    shown = found[:SHOWN]
    anew = wording.in_app_for(shown, people.get(pk=user_id))
    news = [anew.get(row.pk, {"title": row.title, "message": row.message}) for row in shown]
    return {
        "news": [{"heading": said["title"], "text": said["message"]} for said in news],
        "number": len(found),
        "more": len(found) - len(shown),
    }


def still_new(window: DigestWindow, now: datetime) -> list[Notification]:
    """What went into the window and is neither read nor put away nor gone nor unwanted, the oldest first."""
    cells = wishes_of([window.user_id])[window.user_id].cells
    members = window.deliveries.filter(status=DeliveryStatus.SKIPPED, reason__in=SUMMED_UP)
    rows = Notification.objects.filter(
        id__in=members.values("notification"), read_at__isnull=True, archived_at__isnull=True, deleted_at__isnull=True
    ).exclude(expires_at__lte=now)
    return [row for row in rows.order_by("id") if resolve(kinds.get(row.kind), window.channel, cells)[0]]


SUMMARY = Kind(
    name=NAME,
    notification_type="info",
    category="summaries",
    channels=DESTINATION_CHANNELS,
    resolve_context=contents,
    can_be_muted=False,
)
