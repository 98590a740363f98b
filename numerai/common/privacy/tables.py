"""What becomes of every column of every table: said once, and from it a person's data is exported, erased, documented
and tested."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model, QuerySet


class Fate(StrEnum):
    IMPERSONAL = "says nothing about a person"
    ERASED = "erased"
    CUT = "cut: what is left belongs to nobody"
    KEPT = "kept"


@dataclass(frozen=True)
class Columns:
    """Some columns with one fate. ``is_told`` says whether they are exported, ``why`` why they are kept."""

    fate: Fate
    names: tuple[str, ...]
    is_told: bool = False
    why: str = ""


def impersonal(names: str) -> Columns:
    """Ids, states and settings that say nothing about anybody."""
    return Columns(Fate.IMPERSONAL, tuple(names.split()))


def told(names: str) -> Columns:
    """Exported, and erased with the person."""
    return Columns(Fate.ERASED, tuple(names.split()), is_told=True)


def hidden(names: str) -> Columns:
    """Erased with the person and not exported: a secret, or nothing but the bookkeeping of a row that goes."""
    return Columns(Fate.ERASED, tuple(names.split()))


def cut(names: str) -> Columns:
    """What leads to the person: emptied, while the row stays."""
    return Columns(Fate.CUT, tuple(names.split()))


def kept(names: str, *, why: str, is_told: bool = False) -> Columns:
    """Stays after an erasure until the table's ``until``."""
    return Columns(Fate.KEPT, tuple(names.split()), is_told, why)


@dataclass(frozen=True)
class Table:
    """One table. ``owner`` is the lookup that leads to the person's id, "" where nobody is meant.

    Its rows of a person are exported under ``section``: the columns that are told, under their names, or what ``row``
    makes of them, after ``related`` and ``prefetched`` were loaded with them; ``rows`` finds them where no lookup does.
    ``is_one`` tables have at most one row a
    person, told without a list; ``is_part`` rows are told inside those of another table of the section.
    ``purpose`` and ``until`` are sentences for the person. ``is_deleted`` rows go with the person.
    """

    model: str
    columns: tuple[Columns, ...]
    owner: str = ""
    section: str = ""
    purpose: str = ""
    until: str = ""
    is_deleted: bool = False
    is_one: bool = False
    is_part: bool = False
    row: Callable[[Any], dict[str, Any]] | None = None
    rows: "Callable[[UUID], QuerySet[Any]] | None" = None
    related: tuple[str, ...] = ()
    prefetched: tuple[str, ...] = ()
    order: str = "pk"

    @property
    def model_class(self) -> type[Model]:
        return apps.get_model(self.model)

    @property
    def is_section(self) -> bool:
        return bool(self.section) and not self.is_part

    @property
    def told_columns(self) -> tuple[str, ...]:
        return tuple(name for columns in self.columns if columns.is_told for name in columns.names)

    @property
    def kept_columns(self) -> tuple[str, ...]:
        return tuple(name for columns in self.columns if columns.fate is Fate.KEPT for name in columns.names)

    def rows_of(self, user_id: UUID) -> "QuerySet[Any]":
        """The person's rows, in a lasting order."""
        if self.rows is not None:
            return self.rows(user_id)
        rows: QuerySet[Any] = self.model_class._base_manager.filter(**{self.owner: user_id}).order_by(self.order)
        return rows.select_related(*self.related) if self.related else rows

    def tell(self, row: Any) -> dict[str, Any]:
        """``row``, JSON-ready."""
        if self.row is not None:
            return self.row(row)
        return {name: plain(getattr(row, name)) for name in self.told_columns}


def plain(value: Any) -> Any:
    """``value`` as JSON writes it: moments in ISO 8601, ids and decimals as text."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def delete_rows(tables: tuple[Table, ...], user_id: UUID) -> dict[str, int]:
    """Delete the person's rows of every table that goes with them; answers how many, by table."""
    return {
        table.model_class._meta.db_table.partition("_")[2]: table.rows_of(user_id).delete()[0]
        for table in tables
        if table.is_deleted
    }
