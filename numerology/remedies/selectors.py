from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from numerai.common.errors import NotFound
from numerology.remedies.models import Remedy, RemedyTracking

FEATURE = "remedies"


def current_remedies(user: User) -> "QuerySet[Remedy]":
    return Remedy.objects.filter(user=user, superseded_at__isnull=True)


def remedy_of(user: User, remedy_id: UUID) -> Remedy:
    """A current remedy of the person. Raises NotFound, also for those of others and superseded ones."""
    remedy = current_remedies(user).filter(pk=remedy_id).first()
    if remedy is None:
        raise NotFound
    return remedy


def trackings_of(user: User, *, first: date, last: date) -> "QuerySet[RemedyTracking]":
    """What the person said of the days from ``first`` to ``last``, the newest first, of superseded remedies too."""
    rows = RemedyTracking.objects.filter(user=user, date__range=(first, last)).select_related("remedy")
    return rows.order_by("-date", "remedy__remedy_type", "pk")
