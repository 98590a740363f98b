"""What a vector gives: read liberally, for the same thing has many names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from numerology.engine.cycles.ages import age_on
from numerology.engine.names.letters import LetteredName, letter_name
from numerology.engine.names.marks import CONSONANT, VOWEL
from numerology.engine.names.normalize import normalize_name
from numerology.engine.options import CalculationSystem, Gender, LetterMarks, Options
from numerology.engine.result import NumberResult
from numerology.engine.vectors.answers import Answer, number_answer
from numerology.engine.vectors.errors import VectorError
from numerology.engine.vectors.methods import Method, method_of

BIRTH = ("birth_date", "date_of_birth", "birthdate", "dob", "born", "birthday", "date")
ON = ("on_date", "on", "for_date", "today", "target_date", "date")
NAMES = ("full_name", "birth_name", "name", "text", "word", "first_name")
PARTS_OF_NAME = ("first_name", "middle_name", "last_name")
CURRENT_NAMES = ("current_name", "short_name", "known_as")
DESTINY = ("expression", "destiny")
_GENDERS = {"m": Gender.MALE, "man": Gender.MALE, "f": Gender.FEMALE, "w": Gender.FEMALE, "woman": Gender.FEMALE}


@dataclass(frozen=True, slots=True)
class Asked:
    """A vector with its method understood."""

    number: str
    given: Mapping[str, Any]
    method: Method
    system: str

    @classmethod
    def of(cls, vector: Mapping[str, Any]) -> Asked:
        """Raises VectorError for a vector without number or input, and for an unknown method."""
        number, given = vector.get("number"), vector.get("input")
        if not isinstance(number, str) or not isinstance(given, Mapping):
            raise VectorError("A vector needs the name of a number and an input.")
        system = vector.get("system") or given.get("system") or ""
        return cls(number=number.strip().lower(), given=given, method=method_of(vector), system=str(system))

    @property
    def options(self) -> Options:
        gender = self.gender
        return replace(self.method.options, gender=gender) if gender is not Gender.BOTH else self.method.options

    @property
    def gender(self) -> Gender:
        value = str(self.given.get("gender") or self.given.get("sex") or "both").strip().lower()
        try:
            return _GENDERS.get(value) or Gender(value)
        except ValueError:
            raise VectorError(f"The gender {value!r} is not known.") from None

    def has(self, *keys: str) -> bool:
        return any(self.given.get(key) is not None for key in keys)

    def whole(self, *keys: str) -> int:
        """The first of `keys` that is given, as a whole number."""
        value = self._first(keys)
        try:
            return int(value)
        except (OverflowError, TypeError, ValueError):
            raise VectorError(f"{keys[0]} must be a whole number, not {value!r}.") from None

    def text(self, *keys: str) -> str:
        return str(self._first(keys))

    def born(self, *needed: str) -> date:
        """The date of birth, whole or in parts; parts that are not `needed` may be left out."""
        if self.has(*BIRTH):
            return _date(self._first(BIRTH), BIRTH[0])
        return self._from_parts("birth_", needed or ("year", "month", "day"))

    def on(self, *needed: str) -> date:
        """The date in question, whole or in parts."""
        if self.has(*ON):
            return _date(self._first(ON), ON[0])
        return self._from_parts("on_", needed or ("year", "month", "day"))

    def age(self) -> int:
        return self.whole("age") if self.has("age") else age_on(self.born(), self.on())

    def lettered(
        self, *, system: CalculationSystem = CalculationSystem.PYTHAGOREAN, keys: Iterable[str] = NAMES
    ) -> LetteredName:
        """The name in letters. An asterisk or a hash behind a letter is the person's own word on it."""
        options, text = self.options, self.name(keys)
        marked = VOWEL in text or CONSONANT in text
        normalized = normalize_name(
            text,
            umlauts=options.umlauts,
            particles=options.particles,
            marks=LetterMarks.OBEYED if marked else options.letter_marks,
        )
        return letter_name(normalized, system=system, vowel_rule=options.vowels)

    def name(self, keys: Iterable[str] = NAMES) -> str:
        """The name as given, in Latin letters if there is such; parts are joined when there is no full name."""
        if self.has("latin_name"):
            return self.text("latin_name")
        if self.has("last_name") and not self.has("full_name", "birth_name", "name"):
            return " ".join(str(self.given[part]) for part in PARTS_OF_NAME if self.has(part))
        return self.text(*keys)

    def answer(self, number: NumberResult) -> Answer:
        return number_answer(number, reduces=self.method.reduces)

    def _first(self, keys: Iterable[str]) -> Any:
        keys = tuple(keys)
        for key in keys:
            if self.given.get(key) is not None:
                return self.given[key]
        raise VectorError(f"The input of {self.number} needs {keys[0]}.")

    def _from_parts(self, prefix: str, needed: tuple[str, ...]) -> date:
        parts = {"year": 2000, "month": 1, "day": 1}
        for part in parts:
            if part in needed and not self.has(prefix + part, part):
                raise VectorError(f"The input of {self.number} needs {prefix}date.")
            if self.has(prefix + part, part):
                parts[part] = self.whole(prefix + part, part)
        return _date(parts, f"{prefix}date")


def _date(value: Any, key: str) -> date:
    try:
        if isinstance(value, Mapping):
            return date(int(value["year"]), int(value["month"]), int(value["day"]))
        return date.fromisoformat(str(value)[:10])
    except (KeyError, OverflowError, TypeError, ValueError):
        raise VectorError(f"{key} must be a calendar date like 1990-05-15, not {value!r}.") from None
