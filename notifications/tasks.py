from celery import shared_task
from django.conf import settings

from numerai.common import clock

# A send that outlives its lease would be repeated by another worker, so it is ended before.
SOFT_LIMIT = max(1, settings.JOB_LEASE_SECONDS * 3 // 4)
HARD_LIMIT = max(1, settings.JOB_LEASE_SECONDS * 9 // 10)


@shared_task(name="notifications.tasks.deliver", soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)
def deliver(delivery_id: int) -> None:
    from notifications.deliveries import dispatch

    dispatch.deliver(delivery_id)


@shared_task(name="notifications.tasks.close_digests")
def close_digests() -> None:
    from notifications.digests import closing

    closing.close_due()


@shared_task(name="notifications.tasks.sweep_deliveries")
def sweep_deliveries() -> None:
    from notifications.deliveries import sweeping

    sweeping.sweep()


@shared_task(name="notifications.tasks.sweep_live_events")
def sweep_live_events() -> None:
    from notifications.stream import events

    events.announce_left_behind()


@shared_task(name="notifications.tasks.remove_old_live_events")
def remove_old_live_events() -> None:
    from notifications.stream import events

    events.remove_old()


@shared_task(name="notifications.tasks.remove_what_is_past_its_time")
def remove_what_is_past_its_time() -> None:
    from notifications import cleaning

    cleaning.clean()


@shared_task(name="notifications.tasks.tell_broadcast")
def tell_broadcast(broadcast_id: int) -> None:
    from notifications.broadcasts import running

    running.run(broadcast_id)


@shared_task(name="notifications.tasks.sweep_broadcasts")
def sweep_broadcasts() -> None:
    from notifications.broadcasts import running

    running.sweep()


@shared_task(name="notifications.tasks.count_deliveries")
def count_deliveries() -> None:
    from notifications.metrics import totals

    totals.roll_up(clock.now())
