"""The texts, read once per process from `content/<locale>/<position>.toml` and checked as they are read."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from numerology.content.catalogue import ABSENT, DAILY, FILES, PAGES
from numerology.content.pairs import PAIR, PAIR_POSITIONS
from numerology.content.readings import BEST, MONTHLY, WEEKLY, YEARLY
from numerology.content.remedies import REASON, REMEDY
from numerology.content.schema import problems_of
from numerology.content.texts import (
    DailyTexts,
    Interpretation,
    Line,
    MonthlyTexts,
    Note,
    PairPositionText,
    PairText,
    RemedyText,
    WeeklyTexts,
    YearlyTexts,
)
from numerology.engine import Position

ROOT = Path(__file__).resolve().parent
LOCALE = "en"


class ContentError(Exception):
    """A content file is missing, cannot be parsed or breaks the schema."""


@dataclass(frozen=True, slots=True)
class _File:
    version: int
    tables: Mapping[str, Mapping[str, Any]]


def interpretation(position: Position, number: int | None, *, locale: str = LOCALE) -> Interpretation:
    """The page of `number` in `position`; None, a number the name cannot have, has a page of its own.

    Raises ContentError for a broken file and KeyError for a position or number that has no page.
    """
    name, key = (ABSENT, str(position)) if number is None else (str(position), str(number))
    if name not in PAGES and name != ABSENT:
        raise KeyError(name)
    return _interpretation(name, key, locale)


@cache
def note(position: str, key: int | str, *, locale: str = LOCALE) -> Note:
    """The text of a secondary position; raises as `interpretation` does."""
    return Note(**_frozen(_file(position, locale).tables[str(key)]))


@cache
def line(position: str, key: int | str, *, locale: str = LOCALE) -> Line:
    """The text of a detail; raises as `interpretation` does."""
    return Line(**_frozen(_file(position, locale).tables[str(key)]))


@cache
def pair(a: int, b: int, *, locale: str = LOCALE) -> PairText:
    """The text of two Life Path roots in any order; raises as `interpretation` does."""
    low, high = sorted((a, b))
    return PairText(**_frozen(_file(PAIR, locale).tables[f"{low}-{high}"]))


@cache
def pair_position(relationship: str, position: str, *, locale: str = LOCALE) -> PairPositionText:
    """What a position says to two people who are `relationship` to each other; raises as `interpretation` does."""
    return PairPositionText(**_frozen(_file(PAIR_POSITIONS, locale).tables[f"{relationship}-{position}"]))


@cache
def daily_texts(personal_day: int, *, locale: str = LOCALE) -> DailyTexts:
    return DailyTexts(**_frozen(_file(DAILY, locale).tables[str(personal_day)]))


def daily_version(*, locale: str = LOCALE) -> int:
    """Grows whenever the texts of the daily reading change."""
    return _file(DAILY, locale).version


@cache
def weekly_texts(number: int, *, locale: str = LOCALE) -> WeeklyTexts:
    return WeeklyTexts(**_frozen(_file(WEEKLY, locale).tables[str(number)]))


@cache
def best_reasons(purpose: str, personal_day: int, *, locale: str = LOCALE) -> tuple[str, ...]:
    """Why a Personal Day is good for a purpose, in several ways; raises as `interpretation` does."""
    return tuple(_file(BEST, locale).tables[f"{purpose}-{personal_day}"]["reasons"])


@cache
def monthly_texts(number: int, *, locale: str = LOCALE) -> MonthlyTexts:
    return MonthlyTexts(**_frozen(_file(MONTHLY, locale).tables[str(number)]))


@cache
def yearly_texts(number: int, *, locale: str = LOCALE) -> YearlyTexts:
    return YearlyTexts(**_frozen(_file(YEARLY, locale).tables[str(number)]))


@cache
def remedy(remedy_type: str, digit: int, *, locale: str = LOCALE) -> RemedyText:
    """The practice of a type for a digit; raises as `interpretation` does."""
    return RemedyText(**_file(REMEDY, locale).tables[f"{remedy_type}-{digit}"])


def remedy_reason(remedy_type: str, position: str, *, locale: str = LOCALE) -> str:
    """Why a position chooses a remedy, with `{number}` for the number; raises as `interpretation` does."""
    reason: str = _file(REASON, locale).tables[f"{remedy_type}-{position}"]["reason"]
    return reason


def version_of(*names: str, locale: str = LOCALE) -> int:
    """Grows whenever one of the files changes."""
    return sum(_file(name, locale).version for name in names)


def locales() -> list[str]:
    """The languages there are texts in."""
    return sorted(path.parent.name for path in ROOT.glob("*/life_path.toml"))


def texts_of(name: str, *, locale: str = LOCALE) -> Iterator[tuple[str, str]]:
    """Every text of one file with the place it stands in; raises as `interpretation` does."""
    for key, table in _file(name, locale).tables.items():
        for field, value in table.items():
            for text in (value,) if isinstance(value, str) else value:
                yield f"[{key}] {field}", text


def problems(*, locale: str = LOCALE, root: Path = ROOT) -> list[str]:
    """What is wrong with any of the files, each sentence beginning with the file's name."""
    found = []
    for name in FILES:
        try:
            _read(root / locale / f"{name}.toml", name, locale)
        except ContentError as error:
            found.append(str(error))
    return found


@cache
def _interpretation(name: str, key: str, locale: str) -> Interpretation:
    return Interpretation(**_frozen(_file(name, locale).tables[key]))


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}


@cache
def _file(name: str, locale: str) -> _File:
    if name not in FILES:
        raise KeyError(name)
    return _read(ROOT / locale / f"{name}.toml", name, locale)


def _read(path: Path, name: str, locale: str) -> _File:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContentError(f"{locale}/{name}.toml: {error}") from error
    faults = problems_of(document, FILES[name], position=name, locale=locale)
    if faults:
        raise ContentError(f"{locale}/{name}.toml: {'; '.join(faults)}")
    meta = document.pop("meta")
    return _File(version=meta["version"], tables=document)
