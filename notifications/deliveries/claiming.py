"""Who may send a delivery: one conditional UPDATE decides, so of two workers one sends."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q

from notifications.deliveries.backoff import MAX_ATTEMPTS
from notifications.models import Delivery
from notifications.vocabulary import WAITING, DeliveryStatus
from numerai.common import clock


def lease_from(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def left_behind(now: datetime) -> Q:
    """Nobody is handling these: their time has come, or the worker or the message that had them is gone."""
    abandoned = Q(status=DeliveryStatus.SENDING, lease_until__lte=now, attempts__lt=MAX_ATTEMPTS)
    unheard = Q(status=DeliveryStatus.QUEUED, lease_until__lte=now)
    # What waits for a digest leaves with it.
    return Q(status__in=WAITING, next_attempt_at__lte=now, digest__isnull=True) | abandoned | unheard


def claim(delivery_id: int) -> Delivery | None:
    """The delivery, ours until its ``lease_until``, which also tells our claim from any later one; or None."""
    now = clock.now()
    lease_until = lease_from(now)
    claimed = Delivery.objects.filter(left_behind(now) | Q(status=DeliveryStatus.QUEUED), id=delivery_id).update(
        status=DeliveryStatus.SENDING, lease_until=lease_until, attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    person = "notification__recipient"
    with_person = (person, *(f"{person}__{name}" for name in settings.NOTIFICATION_RECIPIENT_WITH))
    mine = Delivery.objects.select_related(*with_person).filter(
        id=delivery_id, status=DeliveryStatus.SENDING, lease_until=lease_until
    )
    return mine.first()
