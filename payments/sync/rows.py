from collections.abc import Mapping
from typing import Any

from django.db import models


def write_columns(row: models.Model, columns: Mapping[str, Any]) -> bool:
    """Set ``columns`` and save what differs; answers whether anything did. A new row is inserted."""
    if row._state.adding:
        for name, value in columns.items():
            setattr(row, name, value)
        row.save(force_insert=True)
        return True
    changed = [name for name, value in columns.items() if getattr(row, name) != value]
    if changed:
        for name in changed:
            setattr(row, name, columns[name])
        row.save(update_fields=[*changed, "updated_at"])
    return bool(changed)
