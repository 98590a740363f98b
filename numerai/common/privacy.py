"""The registry through which a person's data leaves or is erased: each app registers one exporter and one eraser."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

Exporter = Callable[[UUID], dict[str, Any]]
Eraser = Callable[[UUID], dict[str, int]]
Farewell = Callable[[UUID], object]


def nothing_to_end(user_id: UUID) -> None:
    """For apps that have made no promises about the person to anybody else."""


@dataclass(frozen=True)
class Holding:
    """What one app holds of a person. ``export`` answers JSON-ready sections by name; ``erase`` removes or
    pseudonymises inside the caller's transaction and answers how many rows it touched, by table. ``leave`` comes before
    it, outside of any transaction and with the account inactive: it ends what vendors would go on doing, may be called
    again, and raises ServiceUnavailable to be tried again later."""

    app: str
    export: Exporter
    erase: Eraser
    leave: Farewell = nothing_to_end


_holdings: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    _holdings[holding.app] = holding


def holdings() -> tuple[Holding, ...]:
    """Every registered holding, in the order of the apps' names."""
    return tuple(_holdings[app] for app in sorted(_holdings))
