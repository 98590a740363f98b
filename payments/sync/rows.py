from collections.abc import Mapping
from typing import Any

from django.db import models

from numerai.common import audit


def write_columns(row: models.Model, columns: Mapping[str, Any]) -> bool:
    """Set ``columns`` and save what differs, with its audit entry; answers whether anything did. A new row is inserted.

    Inside the caller's transaction.
    """
    if row._state.adding:
        for name, value in columns.items():
            setattr(row, name, value)
        row.save(force_insert=True)
        audit.record(type(row), row.pk, action=audit.CREATED, before={}, after=first_columns(row))
        return True
    before = {name: getattr(row, name) for name, value in columns.items() if getattr(row, name) != value}
    if before:
        after = {name: columns[name] for name in before}
        for name, value in after.items():
            setattr(row, name, value)
        row.save(update_fields=[*before, *_touched(row)])
        audit.record(type(row), row.pk, action=audit.UPDATED, before=before, after=after)
    return bool(before)


def first_columns(row: models.Model) -> dict[str, Any]:
    """What a new row says, for its audit entry: every column that is not empty and no mere note of the time."""
    noted = ("auto_now", "auto_now_add")
    said = [field for field in row._meta.concrete_fields if not any(getattr(field, name, False) for name in noted)]
    values = {field.attname: field.value_from_object(row) for field in said}
    return {name: value for name, value in values.items() if value not in (None, "")}


def _touched(row: models.Model) -> list[str]:
    return [field.name for field in row._meta.concrete_fields if getattr(field, "auto_now", False)]
