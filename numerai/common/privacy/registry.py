"""The registry through which a person's data leaves or is erased: each app registers what it holds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from numerai.common.privacy.tables import Table

Eraser = Callable[[UUID], dict[str, int]]
Farewell = Callable[[UUID], object]

# Whatever is prefetched is fetched once for so many rows.
ROWS_AT_ONCE = 2000


def nothing_to_end(user_id: UUID) -> None:
    """For apps that have made no promises about the person to anybody else."""


@dataclass(frozen=True)
class Holding:
    """What one app holds of a person.

    ``erase`` removes or pseudonymises inside the caller's transaction and answers how many rows it touched, by table.
    The rest speaks to vendors: outside of any transaction, with the account inactive, callable again, and raising
    ServiceUnavailable to be tried again later. ``leave`` comes before the erasure and ends what vendors would go on
    doing. ``hold`` comes when the person asks for their deletion: nothing new is charged, but all can still be undone
    by ``release``, which is called with the account open again.
    """

    app: str
    tables: tuple[Table, ...]
    erase: Eraser
    leave: Farewell = nothing_to_end
    hold: Farewell = nothing_to_end
    release: Farewell = nothing_to_end

    def sections(self, user_id: UUID) -> Iterator[tuple[Table, Iterator[dict[str, Any]]]]:
        """Each section of the person's export, its rows read while they are asked for."""
        for table in self.tables:
            if table.is_section:
                yield table, _told(table, user_id)

    def export(self, user_id: UUID) -> dict[str, Any]:
        """Everything at once, by section."""
        return {
            table.section: next(rows, None) if table.is_one else list(rows) for table, rows in self.sections(user_id)
        }


_holdings: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    _holdings[holding.app] = holding


def holdings() -> tuple[Holding, ...]:
    """Every registered holding, in the order of the apps' names."""
    return tuple(_holdings[app] for app in sorted(_holdings))


def _told(table: Table, user_id: UUID) -> Iterator[dict[str, Any]]:
    rows = table.rows_of(user_id).prefetch_related(*table.prefetched)
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        yield table.tell(row)
