"""Where documents are kept: plain dictionaries, written through to SQLite when a path is given."""

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

Document = dict[str, Any]


def copied(value: Any) -> Any:
    """A deep copy of what JSON can hold, several times faster than `copy.deepcopy`."""
    if isinstance(value, dict):
        return {name: copied(each) for name, each in value.items()}
    return [copied(each) for each in value] if isinstance(value, list) else value


SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, id)
)
"""
# An upsert keeps the row id, and the row id is the order of creation.
UPSERT = """
INSERT INTO document (kind, id, body) VALUES (?, ?, ?)
ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body
"""


# Raised when documents change in a way that older ones would break; a file of another layout starts afresh.
LAYOUT = 3


class Storage:
    """Documents by kind and id. With a path every commit is one SQLite transaction; without one nothing is
    written."""

    def __init__(self, path: str | Path | None = None) -> None:
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        if path is not None:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(str(path), check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            (layout,) = self._connection.execute("PRAGMA user_version").fetchone()
            with self._connection:
                if layout != LAYOUT:
                    self._connection.execute("DROP TABLE IF EXISTS document")
                self._connection.execute(SCHEMA)
                self._connection.execute(f"PRAGMA user_version = {LAYOUT}")

    def load(self) -> dict[str, dict[str, Document]]:
        documents: dict[str, dict[str, Document]] = {}
        if self._connection is not None:
            rows = self._connection.execute("SELECT kind, id, body FROM document ORDER BY rowid")
            for kind, identifier, body in rows:
                documents.setdefault(kind, {})[identifier] = json.loads(body)
        return documents

    def write(self, documents: list[tuple[str, Document]]) -> None:
        if self._connection is None:
            return
        rows = [(kind, document["id"], json.dumps(document)) for kind, document in documents]
        with self._lock, self._connection:
            self._connection.executemany(UPSERT, rows)

    def clear(self) -> None:
        if self._connection is not None:
            with self._lock, self._connection:
                self._connection.execute("DELETE FROM document")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
