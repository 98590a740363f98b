"""Kua: the number of the solar year of birth, for a man and for a woman.

The solar year begins on 4 February; its true instant moves between the 3rd and the 5th, so births on those days are
marked. The number 5 stays a 5 in a grid and is read as 2 (men) or 8 (women) for directions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from numerology.engine.bounds import checked_birth_date
from numerology.engine.indian.lunar_new_year import lunar_year
from numerology.engine.options import Gender, KuaYear, MasterPolicy
from numerology.engine.reduction import chain_of
from numerology.engine.result import Alternative, MissingReason, NumberResult, Operation, Position, part

EAST = frozenset({1, 3, 4, 9})
_YEARS = tuple(KuaYear)
_FIVE_READ_AS = {Gender.MALE: 2, Gender.FEMALE: 8}


@dataclass(frozen=True, slots=True)
class KuaNumber:
    """The Kua of one gender; `number.value` is None when the year could not be decided."""

    gender: Gender
    number: NumberResult

    @property
    def direction(self) -> int | None:
        """The number that directions are read by: never 5."""
        return _FIVE_READ_AS[self.gender] if self.number.value == 5 else self.number.value

    @property
    def group(self) -> str | None:
        """Of the directions: "east" or "west"."""
        if self.direction is None:
            return None
        return "east" if self.direction in EAST else "west"

    def to_dict(self) -> dict[str, Any]:
        return {
            "gender": self.gender,
            "direction": self.direction,
            "group": self.group,
            "number": self.number.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Kua:
    """One number for a given gender, both (male first) when none is given.

    `near_boundary` says that the day of birth is so near the turn of the solar year that the year before or after
    may be the right one.
    """

    solar_year: int | None
    near_boundary: bool
    year_starts: KuaYear
    numbers: tuple[KuaNumber, ...]

    def of(self, gender: Gender) -> KuaNumber | None:
        return next((number for number in self.numbers if number.gender is gender), None)

    def to_dict(self) -> dict[str, Any]:
        return {
            "solar_year": self.solar_year,
            "near_boundary": self.near_boundary,
            "year_starts": self.year_starts,
            "numbers": [number.to_dict() for number in self.numbers],
        }


def kua(birth_date: date, *, gender: Gender = Gender.BOTH, year_starts: KuaYear = KuaYear.LI_CHUN) -> Kua:
    """Counted by the lunar new year, births outside 1900 to 2100 that fall between 20 January and 22 February
    have no number: the day of the turn is not known."""
    checked_birth_date(birth_date)
    year = _year_of(birth_date, year_starts)
    near = year_starts is KuaYear.LI_CHUN and birth_date.month == 2 and 3 <= birth_date.day <= 5
    genders = (Gender.MALE, Gender.FEMALE) if gender is Gender.BOTH else (gender,)
    others = tuple([(other, _year_of(birth_date, other)) for other in _YEARS if other is not year_starts])
    return Kua(
        solar_year=year,
        near_boundary=near,
        year_starts=year_starts,
        numbers=tuple([_number(year, each, year_starts, others) for each in genders]),
    )


def kua_number(solar_year: int | None, gender: Gender, *, method: str = KuaYear.LI_CHUN) -> NumberResult:
    """`gender` is male or female: 11 less the root of the year, or 4 and the root."""
    if solar_year is None:
        return NumberResult(
            position=Position.KUA,
            value=None,
            root=None,
            chain=(),
            components=(),
            method=method,
            reason=MissingReason.YEAR_UNDECIDED,
        )
    year = part("year", *chain_of(solar_year, MasterPolicy.REDUCE))
    male = gender is Gender.MALE
    chain = chain_of(11 - year.value if male else 4 + year.value, MasterPolicy.REDUCE)
    return NumberResult(
        position=Position.KUA,
        value=chain[-1],
        root=chain[-1],
        chain=chain,
        components=(part("constant", 11 if male else 4), year),
        method=method,
        operation=Operation.DIFFERENCE if male else Operation.SUM,
    )


@lru_cache(maxsize=2048)
def _number(
    solar_year: int | None, gender: Gender, method: KuaYear, others: tuple[tuple[KuaYear, int | None], ...]
) -> KuaNumber:
    number = kua_number(solar_year, gender, method=method)
    alternatives = []
    for other, year in others:
        if year != solar_year:
            value = kua_number(year, gender, method=other).value
            alternatives.append(Alternative(method=other, value=value, root=value))
    return KuaNumber(
        gender=gender, number=replace(number, alternatives=tuple(alternatives)) if alternatives else number
    )


def _year_of(birth_date: date, year_starts: KuaYear) -> int | None:
    match year_starts:
        case KuaYear.LUNAR_NEW_YEAR:
            return lunar_year(birth_date)
        case KuaYear.CALENDAR:
            return birth_date.year
        case _:
            return birth_date.year - ((birth_date.month, birth_date.day) < (2, 4))
