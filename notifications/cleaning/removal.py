"""Batch after batch, each a transaction of its own. Whoever stops loses nothing: what is gone is no longer due."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from notifications.cleaning import ageing
from notifications.metrics import totals
from notifications.models import Delivery, DigestWindow, Notification
from notifications.vocabulary import ChannelName
from numerai.common import clock

log = structlog.get_logger(__name__)

BATCH = 1000
PAUSE_SECONDS = 0.05
# The next BATCH rows by id: how far they reach, and how old the oldest is.
STRETCH = """
    SELECT max(id), min(created_at)
    FROM (SELECT id, created_at FROM notifications_notification WHERE id > %s ORDER BY id LIMIT %s) AS stretch
"""
# By hand, because the ORM would fetch every row to find out what refers to it.
UNLINK_REPORTS = "UPDATE notifications_providerreport SET delivery_id = NULL WHERE delivery_id = ANY(%s)"
UNLINK_WINDOWS = "UPDATE notifications_delivery SET digest_id = NULL WHERE digest_id = ANY(%s)"
REMOVE_DELIVERIES = """
    WITH gone AS (SELECT id FROM notifications_delivery WHERE notification_id = ANY(%s)),
    unlinked AS (
        UPDATE notifications_providerreport SET delivery_id = NULL WHERE delivery_id IN (SELECT id FROM gone)
    )
    DELETE FROM notifications_delivery WHERE id IN (SELECT id FROM gone)
"""
BEFORE: dict[type[Model], str] = {
    Notification: REMOVE_DELIVERIES,
    Delivery: UNLINK_REPORTS,
    DigestWindow: UNLINK_WINDOWS,
}
REMOVE = "DELETE FROM {table} WHERE id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Batch:
    """How many ``rows`` of ``table`` went, and what the transaction took. Notifications take their deliveries along."""

    table: str
    rows: int
    milliseconds: float


def clean(*, seconds: float | None = None) -> dict[str, int]:
    """Remove what is due until the time is up, CLEANING_SECONDS if none is given; answers how many went of each table.
    The rest is for the next time."""
    deadline = time.monotonic() + (settings.CLEANING_SECONDS if seconds is None else seconds)
    removed: dict[str, int] = {}
    is_done = True
    for batch in batches():
        if batch.rows:
            removed[batch.table] = removed.get(batch.table, 0) + batch.rows
            time.sleep(PAUSE_SECONDS)
        if time.monotonic() >= deadline:
            is_done = False
            break
    log.info("notifications_cleaned", is_done=is_done, **removed)
    return removed


def batches() -> Iterator[Batch]:
    """Each is committed when it is answered; one may have found nothing to remove."""
    now = clock.now()
    totals.roll_up(now)
    yield from _all("reports", ageing.reports(now))
    for channel in ChannelName:
        yield from _all("deliveries", ageing.deliveries(now, channel))
    yield from _stretches(now)
    for crowd in ageing.crowds():
        yield from _of_crowd(crowd, now)
    yield from _all("windows", ageing.windows(now))
    yield from _all("broadcast_batches", ageing.leftover_batches())


def _all(table: str, rows: "QuerySet[Any]") -> Iterator[Batch]:
    while True:
        batch = _remove(table, rows)
        yield batch
        if batch.rows < BATCH:
            return


def _stretches(now: datetime) -> Iterator[Batch]:
    """All notifications from the oldest on, as long as some may be due: no index knows them, for every kind has a time
    of its own."""
    due, youngest, last = ageing.notifications(now), ageing.youngest(now), 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(STRETCH, [last, BATCH])
            end, oldest = cursor.fetchone()
        if end is None or oldest >= youngest:
            return
        yield _remove("notifications", Notification.objects.filter(due, id__gt=last, id__lte=end).order_by("id"))
        last = end


def _of_crowd(crowd: ageing.Crowd, now: datetime) -> Iterator[Batch]:
    """The list and the archive have an index each, which gives ids in their order."""
    for is_archived in (False, True):
        last, ids = 0, [0]
        while ids:
            ids = list(ageing.of_crowd(crowd, last, is_archived=is_archived).values_list("id", flat=True)[:BATCH])
            rows = Notification.objects.filter(ageing.settled(now), pk__in=ids).exclude(ageing.unread_critical(now))
            yield _remove("notifications", rows.order_by("id"))
            last = ids[-1] if ids else last


def _remove(table: str, rows: "QuerySet[Any]") -> Batch:
    """Rows that somebody else holds at this moment are left for the next time."""
    started = time.perf_counter()
    with transaction.atomic():
        ids = list(rows.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:BATCH])
        if ids:
            with connection.cursor() as cursor:
                for statement in (BEFORE.get(rows.model), REMOVE.format(table=rows.model._meta.db_table)):
                    if statement:
                        cursor.execute(statement, [ids])
    return Batch(table, len(ids), (time.perf_counter() - started) * 1000)
