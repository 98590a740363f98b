"""What an operator has to say to everybody, or to all operators, in their own words."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from notifications.broadcasts.estimating import Estimate
from notifications.broadcasts.services import notify_many
from notifications.kinds import Kind
from notifications.models import Broadcast

ANNOUNCEMENT = Kind(
    name="notifications.announcement", notification_type="info", category="news", channels=("in_app", "email")
)
AUDIENCES = {"everybody": Q(is_active=True), "staff": Q(is_active=True, is_staff=True)}


def announce(
    *, audience: str, title: str, message: str, key: str, action_url: str = "", started_by: Any = None
) -> Broadcast:
    """Tell all of ``audience``, one of AUDIENCES; the same ``key`` tells once. Raises KeyError or ValueError."""
    return notify_many(
        _people(audience),
        kind=ANNOUNCEMENT.name,
        context={"title": title, "message": message},
        dedupe_key=f"announcement:{key}",
        action_url=action_url,
        started_by=started_by,
    )


def try_announcement(*, audience: str, title: str, message: str, action_url: str = "") -> Estimate:
    """Whom it would reach. Raises KeyError or ValueError."""
    return notify_many(
        _people(audience),
        kind=ANNOUNCEMENT.name,
        context={"title": title, "message": message},
        dedupe_key="announcement",
        action_url=action_url,
        dry_run=True,
    )


def _people(audience: str) -> "QuerySet[Any]":
    return get_user_model()._default_manager.filter(AUDIENCES[audience])
