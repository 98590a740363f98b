"""The chain grows: what has been written since is sealed, table by table, in batches.

A row that commits late must not look slipped in. Ids are given in order, but a transaction that took a small one may
commit after another that took a larger one. Whoever holds an id of a table holds the table's lock for writers since
before that, so: look at the newest id, then wait until everyone who held the lock at that moment has ended. From then
on no row with a smaller id can come, and nobody was made to wait.
"""

import hashlib
import struct
import time
from collections.abc import Iterable
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Max, Model

from numerai.common import clock
from numerai.common.audit.evidence import columns_of, digest, kept, leaves, microseconds
from numerai.common.models import Seal

log = structlog.get_logger(__name__)

BATCH = 500
PATIENCE_SECONDS = 10.0
SMALLEST_ID = -(2**63)
LEAF = struct.Struct(">q32s")
NOTHING = "0" * 64

WRITERS = """
SELECT virtualtransaction FROM pg_locks
WHERE relation = %s::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  AND granted AND pid IS DISTINCT FROM pg_backend_pid()
"""


def seal_new_rows(*, seconds: float) -> int:
    """Seal what no seal holds yet, until the time is up, and write the head of the chain to the log.

    Answers how many seals were made. Of parallel calls one works.
    """
    deadline, made = time.monotonic() + seconds, 0
    for model in kept():
        newest = settled_id(model, patience=min(PATIENCE_SECONDS, seconds))
        while newest is not None and time.monotonic() < deadline and _seal_next(model, newest):
            made += 1
    if made:
        tell_head()
    return made


def tell_head() -> None:
    """Write the head to the log, which is kept where the database's owner cannot change it."""
    head = Seal.objects.order_by("number").only("number", "digest").last()
    log.info("audit_head", number=head.number if head else 0, digest=head.digest if head else NOTHING)


def settled_id(model: type[Model], *, patience: float) -> int | None:
    """Up to which id every row of the table is there for good; None when a writer has not ended in time."""
    newest = _newest_given_id(model)
    writers = _writers(model)
    deadline = time.monotonic() + patience
    while writers:
        if time.monotonic() >= deadline:
            log.warning("audit_seal_waits", table=model._meta.label_lower, writers=len(writers))
            return None
        time.sleep(0.02)
        writers &= _writers(model)
    return newest


def seal_digest(seal: Seal) -> str:
    """What the next seal holds of this one."""
    shape = {
        "number": f"n{seal.number}",
        "at": f"t{microseconds(seal.at)}",
        "table": seal.table,
        "first_id": f"n{seal.first_id}",
        "last_id": f"n{seal.last_id}",
        "rows": f"n{seal.rows}",
        "newest_at": f"t{microseconds(seal.newest_at)}",
        "columns": seal.columns,
        "rows_digest": seal.rows_digest,
        "previous": seal.previous,
    }
    return digest(shape).hex()


def pack(found: Iterable[tuple[int, bytes]]) -> bytes:
    return b"".join(LEAF.pack(row_id, leaf) for row_id, leaf in found)


def _seal_next(model: type[Model], newest: int) -> bool:
    table, columns = model._meta.label_lower, columns_of(model)
    with transaction.atomic():
        if not _is_alone():
            return False
        head = Seal.objects.order_by("number").only("number", "digest").last()
        last_id = Seal.objects.filter(table=table).aggregate(last=Max("last_id"))["last"]
        first_id = SMALLEST_ID if last_id is None else last_id + 1
        rows = model._default_manager.filter(pk__gte=first_id, pk__lte=newest)
        found = list(leaves(rows, columns, at_most=BATCH))
        if not found:
            return False
        ids = [row_id for row_id, _ in found]
        seal = Seal(
            number=head.number + 1 if head else 1,
            at=clock.now(),
            table=table,
            first_id=first_id,
            last_id=ids[-1],
            rows=len(ids),
            newest_at=rows.filter(pk__lte=ids[-1]).aggregate(newest=Max("at"))["newest"],
            columns=",".join(columns),
            leaves=pack(found),
            previous=head.digest if head else NOTHING,
        )
        seal.rows_digest = hashlib.sha256(seal.leaves).hexdigest()
        seal.digest = seal_digest(seal)
        seal.save(force_insert=True)
    return True


def _is_alone() -> bool:
    return bool(_one("SELECT pg_try_advisory_xact_lock(hashtextextended('audit chain', 0))"))


def _newest_given_id(model: type[Model]) -> int:
    """An id that the sequence has not given, written by hand, is not sealed: it would make all those after it late."""
    newest = model._default_manager.aggregate(newest=Max("pk"))["newest"] or 0
    given = _one("SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')::regclass)", model._meta.db_table)
    return min(newest, given or 0)


def _writers(model: type[Model]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(WRITERS, [model._meta.db_table])
        return {row[0] for row in cursor.fetchall()}


def _one(query: str, *parameters: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0]
