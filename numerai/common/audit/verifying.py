"""Walking the chain: is everything as it was sealed?"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection
from django.db.models import Max, Model, QuerySet

from numerai.common import clock
from numerai.common.audit.evidence import kept, leaves
from numerai.common.audit.sealing import LEAF, NOTHING, SMALLEST_ID, seal_digest
from numerai.common.models import Seal

# Evidence is sealed every few minutes; what waits longer than this is not being sealed.
LONGEST_WAIT = timedelta(hours=1)
AT_ONCE = 50

OnSeal = Callable[[Seal], None]


class Wrong(StrEnum):
    ROW_CHANGED = "row changed"
    ROW_MISSING = "row missing"
    ROW_SLIPPED_IN = "row slipped in"
    SEAL_CHANGED = "seal changed"
    SEAL_MISSING = "seal missing"
    HEAD_UNKNOWN = "chain cut or written anew"
    NOT_SEALED = "not sealed"


@dataclass(eq=False)
class Damage(Exception):
    """The first thing that is not as it was sealed, and ``where``."""

    wrong: Wrong
    where: str

    def __str__(self) -> str:
        return f"{self.wrong}: {self.where}"


@dataclass
class Walk:
    """What was looked at: seals, rows as they were sealed, rows ``removed`` by retention, rows that ``wait`` for a
    seal, and the digest of the last seal."""

    seals: int = 0
    rows: int = 0
    removed: int = 0
    waiting: int = 0
    head: str = NOTHING


def expected_seals(since: datetime | None = None) -> int:
    return _since(since).count()


def verify(*, since: datetime | None = None, head: str = "", on_seal: OnSeal = lambda seal: None) -> Walk:
    """Hold everything sealed, or sealed ``since``, against the chain. ``head`` is the digest of a seal that was written
    down elsewhere: it must still be in the chain. ``on_seal`` is called after each seal.

    Raises Damage for the first thing that is wrong.
    """
    if head and head != NOTHING and not Seal.objects.filter(digest=head).exists():
        raise Damage(Wrong.HEAD_UNKNOWN, f"no seal has the digest {head}")
    walk, past = Walk(), _what_may_go()
    for seal in _linked(since, walk):
        _check_rows(seal, walk, is_past=seal.newest_at <= past)
        walk.seals += 1
        walk.head = seal.digest
        on_seal(seal)
    for model in kept():
        _check_waiting(model, walk)
    return walk


def _linked(since: datetime | None, walk: Walk) -> Iterator[Seal]:
    """The seals in their order, each unchanged and the next of the one before."""
    first = _since(since).order_by("number").values_list("number", flat=True).first() if since else 1
    if first is None:
        return
    number, previous = first, _digest_before(first)
    ends = dict(Seal.objects.filter(number__lt=first).values_list("table").annotate(last=Max("last_id")))
    while batch := list(Seal.objects.filter(number__gte=number).order_by("number")[:AT_ONCE]):
        for seal in batch:
            if seal.number != number:
                raise Damage(Wrong.SEAL_MISSING, f"seal {number}")
            _check_seal(seal, previous, ends.get(seal.table))
            ends[seal.table] = seal.last_id
            number, previous = number + 1, seal.digest
            yield seal


def _digest_before(number: int) -> str:
    if number == 1:
        return NOTHING
    before = Seal.objects.filter(number=number - 1).first()
    if before is None:
        raise Damage(Wrong.SEAL_MISSING, f"seal {number - 1}")
    return before.digest


def _check_seal(seal: Seal, previous: str, last_id: int | None) -> None:
    if seal.previous != previous:
        raise Damage(Wrong.SEAL_CHANGED, f"seal {seal.number} does not follow the one before it")
    is_whole = (
        seal.digest == seal_digest(seal)
        and seal.rows_digest == hashlib.sha256(seal.leaves).hexdigest()
        and len(seal.leaves) == LEAF.size * seal.rows
        and seal.first_id == (SMALLEST_ID if last_id is None else last_id + 1)
    )
    if not is_whole:
        raise Damage(Wrong.SEAL_CHANGED, f"seal {seal.number} is not what its digest says")


def _check_rows(seal: Seal, walk: Walk, *, is_past: bool) -> None:
    model = next((model for model in kept() if model._meta.label_lower == seal.table), None)
    if model is None:
        raise Damage(Wrong.SEAL_CHANGED, f"seal {seal.number} is of {seal.table}, which is not kept")
    rows = model._default_manager.filter(pk__gte=seal.first_id, pk__lte=seal.last_id)
    try:
        found = dict(leaves(rows, seal.columns.split(","), at_most=seal.rows + 1))
    except LookupError as column:
        raise Damage(Wrong.ROW_CHANGED, f"{seal.table} has no column {column} any more, seal {seal.number}") from None
    sealed = dict(LEAF.iter_unpack(seal.leaves))
    for row_id in sorted(sealed.keys() | found.keys()):
        where = f"{seal.table} {row_id}, seal {seal.number} of {seal.at:%Y-%m-%d %H:%M:%S} UTC"
        if row_id not in sealed:
            raise Damage(Wrong.ROW_SLIPPED_IN, where)
        if row_id in found and found[row_id] != sealed[row_id]:
            raise Damage(Wrong.ROW_CHANGED, where)
        if row_id not in found and not is_past:
            raise Damage(Wrong.ROW_MISSING, where)
    walk.rows += len(found)
    walk.removed += len(sealed) - len(found)


def _check_waiting(model: type[Model], walk: Walk) -> None:
    table = model._meta.label_lower
    last_id = Seal.objects.filter(table=table).aggregate(last=Max("last_id"))["last"]
    waiting = model._default_manager.filter(pk__gt=SMALLEST_ID if last_id is None else last_id)
    oldest = waiting.filter(at__lt=clock.now() - LONGEST_WAIT).order_by("pk").first()
    if oldest is not None:
        raise Damage(Wrong.NOT_SEALED, f"{table} {oldest.pk} and what follows has waited for more than an hour")
    walk.waiting += waiting.count()


def _since(since: datetime | None) -> "QuerySet[Seal]":
    return Seal.objects.filter(at__gte=since) if since else Seal.objects.all()


def _what_may_go() -> datetime:
    """By the clock of the database, like the triggers that keep what is younger."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() - interval '7 years'")
        moment: datetime = cursor.fetchone()[0]
    return moment
