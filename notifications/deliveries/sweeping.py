"""Finding what was left behind: retries that are due, messages the broker lost, work of killed workers."""

from collections.abc import Iterable

from django.db import transaction

from notifications.deliveries.backoff import MAX_ATTEMPTS
from notifications.deliveries.claiming import lease_from, left_behind
from notifications.deliveries.queueing import start
from notifications.models import Delivery
from notifications.vocabulary import DeliveryStatus, Reason
from numerai.common import clock

BATCH = 500


def sweep(*, limit: int = BATCH) -> int:
    """Enqueue the deliveries that are due, the most urgent first and at most ``limit``; answers how many.

    Queued ones are leased, so that a broker that holds them back does not receive them again every sweep.
    """
    _fail_exhausted()
    now = clock.now()
    with transaction.atomic():
        due = Delivery.objects.filter(left_behind(now)).order_by("rank", "next_attempt_at", "id")
        found = list(due.select_for_update(skip_locked=True, no_key=True).only("id", "channel", "rank")[:limit])
        ids = [delivery.pk for delivery in found]
        Delivery.objects.filter(id__in=ids).update(status=DeliveryStatus.QUEUED, lease_until=lease_from(now))
        for delivery in found:
            start(delivery)
    return len(ids)


def send_again(delivery_ids: Iterable[int]) -> int:
    """An operator's wish: start deliveries over that had not arrived; answers how many."""
    stopped = (DeliveryStatus.FAILED, DeliveryStatus.BOUNCED, DeliveryStatus.CANCELLED, DeliveryStatus.EXPIRED)
    with transaction.atomic():
        rows = Delivery.objects.filter(id__in=delivery_ids, status__in=stopped).exclude(destination="")
        found = list(rows.select_for_update(no_key=True).only("id", "channel", "rank"))
        ids = [delivery.pk for delivery in found]
        Delivery.objects.filter(id__in=ids).update(
            status=DeliveryStatus.PENDING, reason="", attempts=0, next_attempt_at=clock.now(), digest=None
        )
        for delivery in found:
            start(delivery)
    return len(ids)


def _fail_exhausted() -> None:
    """Workers died in the last attempt, every time: whatever kills them must not be tried for ever."""
    Delivery.objects.filter(
        status=DeliveryStatus.SENDING, lease_until__lte=clock.now(), attempts__gte=MAX_ATTEMPTS
    ).update(
        status=DeliveryStatus.FAILED,
        reason=Reason.PROVIDER_EXHAUSTED,
        lease_until=None,
        last_error_code="lease_expired",
    )
