"""What the engine gives for a vector, and whether that is what the vector expects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from numerology.engine.result import NumberResult


class Traced(Protocol):
    def to_dict(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """`forms` are the ways to write the answer down, the plainest first; `fields` answers a vector that names them.

    `unordered` lists are compared without regard to their order.
    """

    forms: tuple[Any, ...]
    traces: tuple[Traced, ...] = ()
    fields: dict[str, Any] | None = None
    unordered: bool = False

    @property
    def value(self) -> Any:
        return self.forms[0]

    def matches(self, expected: object) -> bool:
        wanted = _plain(expected, unordered=self.unordered)
        forms = [_plain(form, unordered=self.unordered) for form in self.forms]
        if any(_same(wanted, form) for form in forms):
            return True
        if not isinstance(wanted, dict) or not wanted or self.fields is None:
            return False
        fields = _plain(self.fields, unordered=self.unordered)
        return all(key in fields and _same(value, fields[key]) for key, value in wanted.items())


def number_answer(number: NumberResult, *, reduces: bool = False) -> Answer:
    """11 may be expected as 11, "11", "11/2" or by its fields."""
    value = number.root if reduces else number.value
    path = list(dict.fromkeys((*number.chain, number.root)))
    written = tuple("/".join(map(str, path[start:])) for start in range(len(path)))
    total = number.chain[0] if number.chain else None
    return Answer(
        forms=(value, str(value), *written),
        traces=(number,),
        fields={
            **number.to_dict(),
            "value": value,
            "number": value,
            "total": total,
            "sum": total,
            "compound": total,
            "debt": number.karmic_debt,
        },
    )


def _same(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, dict) and isinstance(found, dict):
        if all(key.isdigit() for key in (*wanted, *found)):
            return _without_zeros(wanted) == _without_zeros(found)
        return wanted.keys() <= found.keys() and all(_same(value, found[key]) for key, value in wanted.items())
    if isinstance(found, list) and not isinstance(wanted, list | dict):
        return found == [wanted]
    # True is 1 in Python, but no number of a chart.
    return type(wanted) is type(found) and bool(wanted == found)


def _without_zeros(counts: dict[str, Any]) -> dict[str, Any]:
    return {digit: count for digit, count in counts.items() if count != 0}


def _plain(value: Any, *, unordered: bool) -> Any:
    """Lists, dicts with text for keys, plain text and numbers: what JSON knows."""
    if isinstance(value, dict):
        return {str(key): _plain(each, unordered=unordered) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        plain = [_plain(each, unordered=unordered) for each in value]
        return sorted(plain, key=str) if unordered else plain
    if isinstance(value, str):
        return str(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value
