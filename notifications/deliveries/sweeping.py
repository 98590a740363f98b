"""Finding what was left behind: retries that are due, messages the broker lost, work of killed workers."""

from collections.abc import Iterable

from django.db import transaction

from notifications.deliveries.backoff import MAX_ATTEMPTS
from notifications.deliveries.claiming import lease_from, left_behind
from notifications.deliveries.queueing import MOST_URGENT, lengths, start
from notifications.models import Delivery
from notifications.vocabulary import DESTINATION_CHANNELS, DeliveryStatus, Reason
from numerai.common import clock

BATCH = 500
AT_ONCE = 5000
# What waits in a full queue waits as well in the database, where what is more urgent still overtakes it.
FULL = 5000


def sweep(*, limit: int = AT_ONCE) -> int:
    """Enqueue the deliveries that are due, the most urgent first and at most ``limit``; answers how many.

    Queued ones are leased, so that a broker that holds them back does not receive them again every sweep. A way out
    that cannot keep up is given no more, which holds up neither the others nor what is critical.
    """
    _fail_exhausted()
    queued = lengths()
    swept = 0
    while swept < limit:
        size = min(BATCH, limit - swept)
        found = _sweep_batch(size, [channel for channel in DESTINATION_CHANNELS if queued[channel] >= FULL])
        queued.update(delivery.channel for delivery in found if delivery.rank != MOST_URGENT)
        swept += len(found)
        if len(found) < size:
            break
    return swept


def _sweep_batch(size: int, full: list[str]) -> list[Delivery]:
    now = clock.now()
    with transaction.atomic():
        due = Delivery.objects.filter(left_behind(now)).exclude(channel__in=full, rank__gt=MOST_URGENT)
        first = due.order_by("rank", "next_attempt_at", "id").only("id", "channel", "rank")
        found = list(first.select_for_update(skip_locked=True, no_key=True)[:size])
        ids = [delivery.pk for delivery in found]
        Delivery.objects.filter(id__in=ids).update(status=DeliveryStatus.QUEUED, lease_until=lease_from(now))
        for delivery in found:
            start(delivery)
    return found


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
