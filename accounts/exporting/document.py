"""The document, written piece by piece, so that a large one never stands in memory as a whole."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from accounts.exporting.meta import meta
from numerai.common import clock
from numerai.common.privacy import Table, holdings

SCHEMA_VERSION = 1


class Document:
    """One person's data: ``pieces()`` is its text, ``counts`` what was written of each section by then, ``rows`` of
    all together."""

    def __init__(self, user_id: UUID) -> None:
        self.user_id = user_id
        self.made_at: datetime = clock.now()
        self.counts: dict[str, int] = {}
        self.rows = 0

    def pieces(self) -> Iterator[str]:
        """JSON, a row a piece: what it means, the data by app and section, and at the end how much of each there is."""
        yield f'{{"meta": {_json(meta())}, "data": {{'
        for number, holding in enumerate(holdings()):
            yield f"{', ' if number else ''}{_json(holding.app)}: {{"
            for place, (table, rows) in enumerate(holding.sections(self.user_id)):
                yield f"{', ' if place else ''}{_json(table.section)}: "
                yield from self._section(f"{holding.app}.{table.section}", table, rows)
            yield "}"
        yield f'}}, "manifest": {_json(self._manifest())}}}\n'

    def _section(self, name: str, table: Table, rows: Iterator[dict[str, Any]]) -> Iterator[str]:
        self.counts[name] = 0
        if not table.is_one:
            yield "["
        for row in rows:
            yield f"{', ' if self.counts[name] else ''}{_json(row)}"
            self.counts[name] += 1
            self.rows += 1
        if not table.is_one:
            yield "]"
        elif not self.counts[name]:
            yield "null"

    def _manifest(self) -> dict[str, Any]:
        return {
            "schema_version": SCHEMA_VERSION,
            "made_at": self.made_at.isoformat(),
            "subject": str(self.user_id),
            "counts": self.counts,
            "rows": self.rows,
        }


def rows_held(user_id: UUID) -> int:
    """How many rows a document would have now."""
    tables = [table for holding in holdings() for table in holding.tables if table.is_section]
    return sum(table.rows_of(user_id).count() for table in tables)


def file_name(made_at: datetime) -> str:
    return f"numerai-data-{made_at.date().isoformat()}.json"


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
