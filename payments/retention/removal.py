import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from numerai.common import audit, clock
from payments.models import WebhookEvent
from payments.models.webhook_event import AT_REST
from payments.retention.ageing import Rows, books
from payments.webhooks.inbox import bare_payload

BATCH = 1000
# Never shorter than a year of the database, which refuses to remove what is younger.
YEAR = timedelta(days=366)
PAYLOADS = "payloads"


@dataclass(frozen=True)
class Batch:
    """One committed transaction: how many ``rows`` of what ``name`` says."""

    name: str
    rows: int


def due() -> dict[str, int]:
    """How many rows are past their time now, by name."""
    return {name: rows.count() for name, rows in _steps(clock.now())}


def batches() -> Iterator[Batch]:
    """Strip and remove what is past its time, at most BATCH rows in each transaction.

    Whoever stops iterating stops the work; the next call goes on, because what is done is no longer due.
    """
    for name, rows in _steps(clock.now()):
        while done := _strip(rows) if name == PAYLOADS else _remove(rows):
            yield Batch(name, done)


def work_for(*, seconds: int) -> int:
    """Do what is due until the time is up; answers how many rows were done. The rest is for the next time."""
    deadline, done = time.monotonic() + seconds, 0
    for batch in batches():
        done += batch.rows
        if time.monotonic() >= deadline:
            break
    return done


def _steps(now: datetime) -> list[tuple[str, Rows]]:
    stripped = now - timedelta(days=settings.WEBHOOK_PAYLOAD_DAYS)
    before = now - settings.MONEY_RETENTION_YEARS * YEAR
    whole = WebhookEvent.objects.filter(payload__has_key="id", created_at__lt=stripped, state__in=AT_REST)
    return [
        (PAYLOADS, whole.order_by("created_at")),
        *books(before),
        ("events", WebhookEvent.objects.filter(created_at__lt=before)),
        *((str(model._meta.verbose_name_plural), audit.past_its_time(model, before)) for model in audit.kept()),
    ]


def _strip(rows: Rows) -> int:
    """Personal data leaves the inbox; what a handler needs stays, so that an event can still be handled again."""
    found = list(rows.only("payload")[:BATCH])
    for event in found:
        event.payload = bare_payload(event.payload)
    return WebhookEvent.objects.bulk_update(found, ["payload"])


def _remove(rows: Rows) -> int:
    row_ids = list(rows.values_list("pk", flat=True)[:BATCH])
    if row_ids:
        with transaction.atomic():
            rows.model._default_manager.filter(pk__in=row_ids).delete()
            audit.record(rows.model, "past its time", action="removed", before={"rows": len(row_ids)}, after={})
    return len(row_ids)
