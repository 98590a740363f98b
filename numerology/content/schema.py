"""What a content file must hold: which numbers, which fields, and how much of each.

The bounds keep a page readable and the columns of a stored reading wide enough; all lengths are in characters.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from numerology.engine import Position

Document = Mapping[str, Any]

DAILY = "daily"
ABSENT = "absent"
DIGITS = tuple(range(1, 10))
WITH_MASTERS = (*DIGITS, 11, 22, 33)
NUMBERS: dict[str, tuple[int, ...]] = {
    Position.LIFE_PATH: WITH_MASTERS,
    Position.DESTINY: WITH_MASTERS,
    Position.SOUL_URGE: WITH_MASTERS,
    Position.PERSONALITY: WITH_MASTERS,
    Position.ATTITUDE: DIGITS,
    Position.MATURITY: WITH_MASTERS,
    Position.BALANCE: DIGITS,
    Position.PERSONAL_YEAR: DIGITS,
    Position.PERSONAL_MONTH: DIGITS,
}
# A name can lack vowels or consonants, never letters: these are the only numbers that may be missing.
ABSENT_POSITIONS = (Position.SOUL_URGE, Position.PERSONALITY)


@dataclass(frozen=True, slots=True)
class Text:
    """A text of `shortest` to `longest` characters."""

    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class Texts:
    """`fewest` to `most` different texts."""

    fewest: int
    most: int
    each: Text


INTERPRETATION: dict[str, Text | Texts] = {
    "title": Text(3, 60),
    "keywords": Texts(3, 6, Text(3, 30)),
    "description": Text(300, 1000),
    "strengths": Texts(3, 6, Text(8, 100)),
    "challenges": Texts(3, 6, Text(8, 100)),
    "career": Texts(3, 6, Text(8, 130)),
    "relationships": Text(150, 500),
    "life_purpose": Text(100, 350),
    "advice": Text(120, 400),
}
DAILY_TEXTS: dict[str, Text | Texts] = {
    "lucky_colors": Texts(5, 12, Text(3, 40)),
    "auspicious_times": Texts(5, 12, Text(5, 60)),
    "activity_recommendations": Texts(10, 30, Text(20, 250)),
    "warnings": Texts(10, 30, Text(20, 250)),
    "affirmations": Texts(10, 30, Text(10, 250)),
    "actionable_tips": Texts(10, 30, Text(20, 250)),
}
_FEW = Texts(1, 6, Text(8, 130))
ABSENT_INTERPRETATION = INTERPRETATION | {
    "description": Text(100, 1000),
    "strengths": _FEW,
    "challenges": _FEW,
    "career": _FEW,
    "relationships": Text(60, 500),
    "life_purpose": Text(60, 350),
    "advice": Text(60, 400),
}


def problems_of(document: Document, *, position: str, locale: str) -> list[str]:
    """Everything wrong with one file, each as a sentence; none means it may be used."""
    keys, fields = _expected(position)
    return [
        *_problems_of_meta(document.get("meta"), position=position, locale=locale),
        *_problems_of_keys(set(document) - {"meta"}, keys),
        *(
            f"[{key}] {problem}"
            for key in keys
            if key in document
            for problem in _problems_of_table(document[key], fields)
        ),
    ]


def _expected(position: str) -> tuple[tuple[str, ...], Mapping[str, Text | Texts]]:
    if position == DAILY:
        return tuple(map(str, DIGITS)), DAILY_TEXTS
    if position == ABSENT:
        return ABSENT_POSITIONS, ABSENT_INTERPRETATION
    return tuple(map(str, NUMBERS[position])), INTERPRETATION


def _problems_of_meta(meta: Any, *, position: str, locale: str) -> Iterator[str]:
    if not isinstance(meta, dict):
        yield "[meta] is missing"
        return
    if meta.get("position") != position:
        yield f"[meta] position is not {position}"
    if meta.get("locale") != locale:
        yield f"[meta] locale is not {locale}"
    version = meta.get("version")
    if type(version) is not int or version < 1:
        yield "[meta] version is not a positive integer"


def _problems_of_keys(found: set[str], expected: tuple[str, ...]) -> Iterator[str]:
    yield from (f"[{key}] is missing" for key in expected if key not in found)
    yield from (f"[{key}] does not belong here" for key in sorted(found - set(expected)))


def _problems_of_table(table: Any, fields: Mapping[str, Text | Texts]) -> Iterator[str]:
    if not isinstance(table, dict):
        yield "is not a table"
        return
    yield from _problems_of_keys(set(table), tuple(fields))
    for name, bounds in fields.items():
        if name in table:
            yield from (f"{name}: {problem}" for problem in _problems_of_value(table[name], bounds))


def _problems_of_value(value: Any, bounds: Text | Texts) -> Iterator[str]:
    if isinstance(bounds, Text):
        yield from _problems_of_text(value, bounds)
        return
    if not isinstance(value, list):
        yield "is not a list"
        return
    if not bounds.fewest <= len(value) <= bounds.most:
        yield f"has {len(value)} entries instead of {bounds.fewest} to {bounds.most}"
    if len({str(each) for each in value}) < len(value):
        yield "repeats an entry"
    for each in value:
        yield from _problems_of_text(each, bounds.each)


def _problems_of_text(value: Any, bounds: Text) -> Iterator[str]:
    if not isinstance(value, str):
        yield "is not text"
    elif value != value.strip() or "\n" in value:
        yield "has stray white space"
    elif not bounds.shortest <= len(value) <= bounds.longest:
        yield f"has {len(value)} characters instead of {bounds.shortest} to {bounds.longest}"
