"""Which tables are evidence: sealed into the chain, and removed only when they are past their time."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Field, Func, Model, OuterRef, QuerySet, TextField

from numerai.common.models import AuditEntry, Seal

Rows = QuerySet[Any, Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_kept: list[type[Model]] = [AuditEntry]


def keep(model: type[Model]) -> None:
    """Seal the rows of ``model``, too. It has a whole number as its id, given by a sequence without a cache, and a
    moment ``at``; triggers refuse to edit its rows."""
    if model not in _kept:
        _kept.append(model)


def kept() -> tuple[type[Model], ...]:
    return tuple(_kept)


def past_its_time(model: type[Model], before: datetime) -> Rows:
    """The rows that may go: older than ``before``, like everything else that was sealed together with them."""
    seal = Seal.objects.filter(
        table=model._meta.label_lower, first_id__lte=OuterRef("pk"), last_id__gte=OuterRef("pk"), newest_at__lt=before
    )
    return model._default_manager.filter(Exists(seal), at__lt=before)


def columns_of(model: type[Model]) -> list[str]:
    return sorted(field.column for field in model._meta.concrete_fields if field.column)


def microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def leaves(rows: Rows, columns: list[str], *, at_most: int) -> Iterator[tuple[int, bytes]]:
    """The id of each row of ``rows``, in the order of ids, and the digest of its canonical form, of these columns.

    Raises LookupError for a column that the model has no more.
    """
    fields: dict[str | None, Field[Any, Any]] = {field.column: field for field in rows.model._meta.concrete_fields}
    kinds = [fields[column].get_internal_type() for column in columns]
    texts = [_as_text(fields[column]) for column in columns]
    for row_id, *values in rows.order_by("pk").values_list("pk", *texts)[:at_most]:
        shape = {column: _tagged(kind, text) for column, kind, text in zip(columns, kinds, values, strict=True)}
        yield row_id, digest(shape)


def digest(shape: dict[str, Any]) -> bytes:
    """SHA-256 of JSON with sorted keys and without blanks."""
    return hashlib.sha256(json.dumps(shape, sort_keys=True, separators=(",", ":")).encode()).digest()


def _as_text(field: "Field[Any, Any]") -> Func:
    """The value as the database writes it, so that nothing is lost in between and nothing it may hold is unreadable."""
    if field.get_internal_type() == "DateTimeField":
        template = "trunc(extract(epoch FROM %(expressions)s) * 1000000)::text"
    else:
        template = "(%(expressions)s)::text"
    return Func(field.name, template=template, output_field=TextField())


def _tagged(kind: str, text: str | None) -> Any:
    """``text`` with its type in front, so that no two values of different types look alike."""
    match kind:
        case _ if text is None:
            return None
        case "DateTimeField":
            return f"t{text}"
        case "UUIDField":
            return f"u{text}"
        case "BigAutoField":
            return f"n{text}"
        case "JSONField":
            return _of_json(text)
        case _:
            return f"s{text}"


def _of_json(text: str) -> Any:
    try:
        return _plain(json.loads(text, parse_int=Decimal, parse_float=Decimal))
    except RecursionError:
        return f"j{text}"


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return f"s{value}"
    if isinstance(value, Decimal):
        return f"n{value}"
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
