"""Bridges: the distance between the roots of two numbers (Decoz). None at all is 0."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of
from numerology.engine.result import MissingReason, NumberResult, Operation, Position, part

METHOD = "difference_of_roots"


@dataclass(frozen=True, slots=True)
class Bridges:
    """The two bridges that are read; `bridge` gives that of any other pair."""

    life_path_destiny: NumberResult
    soul_urge_personality: NumberResult

    def to_dict(self) -> dict[str, Any]:
        return {
            "life_path_destiny": self.life_path_destiny.to_dict(),
            "soul_urge_personality": self.soul_urge_personality.to_dict(),
        }


def bridge(first: NumberResult, second: NumberResult) -> NumberResult:
    """0 to 8. Where one of the numbers is missing, so is the bridge."""
    if first.value is None or second.value is None:
        return NumberResult(
            position=Position.BRIDGE,
            value=None,
            root=None,
            chain=(),
            components=(),
            method=METHOD,
            reason=MissingReason.NUMBER_MISSING,
        )
    return _bridge(first.position.value, first.value, second.position.value, second.value)


@lru_cache(maxsize=1024)
def _bridge(first: str, a: int, second: str, b: int) -> NumberResult:
    left, right = part(first, *chain_of(a, MasterPolicy.REDUCE)), part(second, *chain_of(b, MasterPolicy.REDUCE))
    value = abs(left.value - right.value)
    return NumberResult(
        position=Position.BRIDGE,
        value=value,
        root=value,
        chain=(value,),
        components=(left, right),
        method=METHOD,
        operation=Operation.DIFFERENCE,
    )
