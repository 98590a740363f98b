"""Subconscious Self: nine less the number of Karmic Lessons (Decoz)."""

from __future__ import annotations

from numerology.engine.from_name.digits.karmic_lessons import KarmicLessons
from numerology.engine.result import Component, NumberResult, Operation, Position

METHOD = "nine_less_lessons"
_NINE = Component(label="nine", chain=(9,))


def subconscious_self(lessons: KarmicLessons) -> NumberResult:
    missing = len(lessons.numbers)
    value = 9 - missing
    return NumberResult(
        position=Position.SUBCONSCIOUS_SELF,
        value=value,
        root=value,
        chain=(value,),
        components=(_NINE, Component(label="karmic_lessons", chain=(missing,))),
        method=METHOD,
        operation=Operation.DIFFERENCE,
    )
