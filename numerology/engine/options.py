"""The named methods on which authors disagree. The defaults are the mainstream ones."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from numerology.engine.errors import UnknownSystemError


class CalculationSystem(StrEnum):
    PYTHAGOREAN = "pythagorean"
    CHALDEAN = "chaldean"

    @classmethod
    def parse(cls, value: CalculationSystem | str) -> CalculationSystem:
        """Raise UnknownSystemError for anything that is not one of the systems."""
        try:
            return cls(value)
        except ValueError:
            raise UnknownSystemError from None


class MasterPolicy(StrEnum):
    """Whether 11, 22 and 33 stop a reduction."""

    KEEP = "keep_master"
    REDUCE = "no_master"


class LifePathMethod(StrEnum):
    """How the Life Path adds the date up."""

    COMPONENTS = "components"
    COMPONENTS_NO_MASTER = "component_no_master"
    ALL_DIGITS = "all_digits"
    ALL_DIGITS_NO_MASTER = "all_digits_no_master"
    WHOLE_NUMBERS = "whole_numbers"
    DAY_MONTH_WHOLE_YEAR_DIGITS = "day_month_whole_year_digits"


class NameMethod(StrEnum):
    """How the names of a full name are added: each reduced first, all letters at once, or each to its root."""

    PER_NAME = "per_name"
    ALL_LETTERS = "all_letters"
    SUM_OF_ROOTS = "sum_of_roots"


class VowelRule(StrEnum):
    """When Y and W count as vowels."""

    DECOZ = "decoz"
    GOODWIN = "goodwin"
    ALWAYS = "y_always_vowel"
    NEVER = "y_never_vowel"
    CONCATENATED = "y_vowel_concatenated"


class MaturityMethod(StrEnum):
    """Whether Maturity adds the values with their masters or the roots."""

    VALUES = "sum_of_values"
    ROOTS = "sum_of_roots"


class PersonalYearMethod(StrEnum):
    """When a Personal Year begins: on 1 January or on the birthday."""

    CALENDAR = "calendar_year"
    BIRTHDAY = "birthday_to_birthday"


class UmlautPolicy(StrEnum):
    """Whether ä, ö, ü are read as a, o, u or as ae, oe, ue."""

    PLAIN = "plain"
    EXPANDED = "expanded"


class ParticlePolicy(StrEnum):
    """Whether particles such as "van der" are names of their own or part of the name that follows."""

    SPLIT = "split"
    JOIN = "join"


@dataclass(frozen=True, slots=True)
class Options:
    """One choice for each point of disagreement.

    `name_method` and `name_masters` left at None follow the system: Pythagorean adds name by name and keeps
    masters, Chaldean adds all letters to the compound number and reduces it to a single digit.
    """

    life_path: LifePathMethod = LifePathMethod.COMPONENTS
    attitude_masters: MasterPolicy = MasterPolicy.REDUCE
    name_method: NameMethod | None = None
    name_masters: MasterPolicy | None = None
    vowels: VowelRule = VowelRule.DECOZ
    maturity: MaturityMethod = MaturityMethod.VALUES
    personal_year: PersonalYearMethod = PersonalYearMethod.CALENDAR
    personal_masters: MasterPolicy = MasterPolicy.REDUCE
    umlauts: UmlautPolicy = UmlautPolicy.PLAIN
    particles: ParticlePolicy = ParticlePolicy.SPLIT

    def name_method_for(self, system: CalculationSystem) -> NameMethod:
        if self.name_method is not None:
            return self.name_method
        return NameMethod.ALL_LETTERS if system is CalculationSystem.CHALDEAN else NameMethod.PER_NAME

    def name_masters_for(self, system: CalculationSystem) -> MasterPolicy:
        if self.name_masters is not None:
            return self.name_masters
        return MasterPolicy.REDUCE if system is CalculationSystem.CHALDEAN else MasterPolicy.KEEP

    def to_dict(self) -> dict[str, str | None]:
        return {
            "life_path": self.life_path,
            "attitude_masters": self.attitude_masters,
            "name_method": self.name_method,
            "name_masters": self.name_masters,
            "vowels": self.vowels,
            "maturity": self.maturity,
            "personal_year": self.personal_year,
            "personal_masters": self.personal_masters,
            "umlauts": self.umlauts,
            "particles": self.particles,
        }


MAINSTREAM = Options()
