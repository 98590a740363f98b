"""Karmic debts: 13, 14, 16 and 19 met on the way to a final number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from numerology.engine.reduction import KARMIC_DEBTS
from numerology.engine.result import NumberResult, Position


@dataclass(frozen=True, slots=True)
class KarmicDebt:
    """A debt, the position that carries it and the chain it was found in."""

    number: int
    where: Position
    chain: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"number": self.number, "where": self.where, "chain": list(self.chain)}


def karmic_debts(numbers: Iterable[NumberResult]) -> tuple[KarmicDebt, ...]:
    """The debts of the final totals (Decoz), in the order given."""
    return tuple(
        KarmicDebt(number=number.karmic_debt, where=number.position, chain=number.chain)
        for number in numbers
        if number.karmic_debt is not None
    )


def component_debts(number: NumberResult) -> tuple[KarmicDebt, ...]:
    """The debts found in the components instead of the total: some authors count a year of 1990 = 19."""
    return tuple(
        KarmicDebt(number=step, where=number.position, chain=component.chain)
        for component in number.components
        for step in component.chain
        if step in KARMIC_DEBTS
    )
