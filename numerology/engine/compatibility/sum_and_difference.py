"""Two numbers as Decoz compares them: their sum is what the two make together, their difference what lies between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root

SUM_METHOD = "decoz_sum_and_bridge"


@dataclass(frozen=True, slots=True)
class SumAndDifference:
    """`chain` runs from the plain sum to the number it comes to, 1 to 9 or a master; `difference` is 0 to 8."""

    numbers: tuple[int, int]
    chain: tuple[int, ...]
    difference: int

    @property
    def sum(self) -> int:
        return self.chain[-1]

    @property
    def calculation(self) -> str:
        """Sum and difference as a person would write them, "4 + 7 = 11" and "7 - 4 = 3"."""
        low, high = sorted(map(root, self.numbers))
        added = " + ".join(map(str, self.numbers)) + " = " + " = ".join(map(str, self.chain))
        return f"{added}; {high} - {low} = {self.difference}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "sum": self.sum,
            "sum_root": root(self.sum),
            "sum_chain": list(self.chain),
            "difference": self.difference,
            "calculation": self.calculation,
            "method": SUM_METHOD,
        }


def sum_and_difference(a: int, b: int) -> SumAndDifference:
    """Compare two positive numbers, in any order.

    Masters are added as they are, as Maturity adds them, and a sum that is a master stays one. The difference is that
    of the roots, as in every bridge.
    """
    low, high = sorted((a, b))
    return SumAndDifference(
        numbers=(low, high), chain=chain_of(low + high, MasterPolicy.KEEP), difference=abs(root(low) - root(high))
    )
