"""The result of the calculators that look at one letter only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numerology.engine.result import Alternative, Letter, MissingReason, Position


@dataclass(frozen=True, slots=True)
class LetterResult:
    """A letter of `word` with its value; None with a `reason` where the name has no such letter."""

    position: Position
    letter: Letter | None
    word: str
    method: str
    reason: MissingReason | None = None
    alternatives: tuple[Alternative, ...] = ()

    @property
    def value(self) -> int | None:
        return self.letter.value if self.letter else None

    @property
    def root(self) -> int | None:
        return self.value

    @property
    def chain(self) -> tuple[int, ...]:
        return (self.letter.value,) if self.letter else ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "letter": self.letter.character if self.letter else None,
            "value": self.value,
            "root": self.value,
            "chain": list(self.chain),
            "word": self.word,
            "method": self.method,
            "reason": self.reason,
            "alternatives": [each.to_dict() for each in self.alternatives],
        }
