"""Essence: the letters of the running transits added. The double digit is `chain[0]`; masters are kept (Decoz)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numerology.engine.cycles.transits import Transit, TransitNames, Transits, transits
from numerology.engine.options import MasterPolicy, SharedLastName
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import Alternative, Component, NumberResult, Position


@dataclass(frozen=True, slots=True)
class EssenceSpan:
    """The years of age through which the same letters run, both ends included."""

    from_age: int
    to_age: int
    letters: str
    chain: tuple[int, ...]

    @property
    def value(self) -> int:
        return self.chain[-1]

    def to_dict(self) -> dict[str, Any]:
        return {
            "from_age": self.from_age,
            "to_age": self.to_age,
            "letters": self.letters,
            "value": self.value,
            "root": root(self.value),
            "chain": list(self.chain),
        }


def essence(running: Transits, *, last_name: SharedLastName = SharedLastName.ONCE) -> NumberResult:
    """Before birth there is no essence. `last_name` matters only where there is no middle name."""
    counted = _counted(running, last_name)
    chain = _chain(counted)
    value = chain[-1] if chain else None
    return NumberResult(
        position=Position.ESSENCE,
        value=value,
        root=None if value is None else root(value),
        chain=chain,
        components=tuple(
            [Component(label=each.name, chain=(each.letter.value,), letters=(each.letter,)) for each in counted]
        ),
        method=last_name,
        reason=running.reason,
        alternatives=_alternatives(running, last_name, value),
    )


def essence_timeline(
    names: TransitNames, *, last_age: int = 100, last_name: SharedLastName = SharedLastName.ONCE
) -> tuple[EssenceSpan, ...]:
    """From birth to the year of age `last_age`; years with the same letters are one span."""
    spans: list[EssenceSpan] = []
    age = 0
    while age <= last_age:
        running = transits(names, age)
        letters = "".join([each.letter.character for each in running.letters])
        to_age = min([last_age, *[each.to_age for each in running.letters]])
        if spans and spans[-1].letters == letters:
            age = spans.pop().from_age
        spans.append(EssenceSpan(age, to_age, letters, _chain(_counted(running, last_name))))
        age = to_age + 1
    return tuple(spans)


def _counted(running: Transits, last_name: SharedLastName) -> tuple[Transit, ...]:
    letters = running.letters
    return letters[:2] if running.shared and last_name is SharedLastName.ONCE else letters


def _chain(counted: tuple[Transit, ...]) -> tuple[int, ...]:
    return chain_of(sum([each.letter.value for each in counted]), MasterPolicy.KEEP) if counted else ()


def _alternatives(running: Transits, chosen: SharedLastName, value: int | None) -> tuple[Alternative, ...]:
    if not running.shared:
        return ()
    other = SharedLastName.TWICE if chosen is SharedLastName.ONCE else SharedLastName.ONCE
    # The letter that is counted once more is worth 1 to 9: only a 9 leaves the root as it is.
    result = _chain(_counted(running, other))[-1]
    return () if result == value else (Alternative(method=other, value=result, root=root(result)),)
