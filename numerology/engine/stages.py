"""A number that rules a stretch of life: shared by Period Cycles and Pinnacles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numerology.engine.result import NumberResult


@dataclass(frozen=True, slots=True)
class Stage:
    """`place` counts from 1. The stage lasts from the birthday of `start_age` through the year of `end_age`.

    The last stage has no end.
    """

    place: int
    name: str
    number: NumberResult
    start_age: int
    end_age: int | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "place": self.place,
            "name": self.name,
            "start_age": self.start_age,
            "end_age": self.end_age,
            "number": self.number.to_dict(),
        }


def stages(names: Sequence[str], numbers: Sequence[NumberResult], starts: Sequence[int]) -> tuple[Stage, ...]:
    """One stage after the other, each ending the year before the next begins."""
    ends = (*[start - 1 for start in starts[1:]], None)
    return tuple(
        [
            Stage(place=place, name=name, number=number, start_age=start, end_age=end)
            for place, (name, number, start, end) in enumerate(zip(names, numbers, starts, ends, strict=True), start=1)
        ]
    )


def stage_at(age: int, all_stages: Sequence[Stage]) -> Stage:
    """The stage that rules at `age`, in full years; ages below 0 belong to the first."""
    return next((stage for stage in reversed(all_stages) if stage.start_age <= age), all_stages[0])
