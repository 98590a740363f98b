"""Subconscious Self: nine less the number of Karmic Lessons (Decoz)."""

from __future__ import annotations

from functools import lru_cache

from numerology.engine.from_name.digits.karmic_lessons import KarmicLessons
from numerology.engine.result import NumberResult, Operation, Position, part

METHOD = "nine_less_lessons"


def subconscious_self(lessons: KarmicLessons) -> NumberResult:
    return _nine_less(len(lessons.numbers))


@lru_cache(maxsize=16)
def _nine_less(missing: int) -> NumberResult:
    value = 9 - missing
    return NumberResult(
        position=Position.SUBCONSCIOUS_SELF,
        value=value,
        root=value,
        chain=(value,),
        components=(part("nine", 9), part("karmic_lessons", missing)),
        method=METHOD,
        operation=Operation.DIFFERENCE,
    )
