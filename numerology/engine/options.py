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


class PeriodStarts(StrEnum):
    """When the second and third Period Cycle begin: by the table, or with the Personal Year 1 nearest age 28 and 56."""

    TABLE = "life_path_table"
    NEAREST_PERSONAL_YEAR_1 = "personal_year_1_nearest_28_56"


class PinnacleMethod(StrEnum):
    """Whether Pinnacles add the values with their masters or the roots."""

    VALUES = "sum_of_values"
    ROOTS = "sum_of_roots"


class PinnacleAges(StrEnum):
    """Whether 36 less the Life Path is the age the first Pinnacle ends at or the one the second begins at."""

    FIRST_ENDS = "first_ends_at_36_minus_life_path"
    SECOND_STARTS = "second_starts_at_36_minus_life_path"


class Gender(StrEnum):
    """Whose Kua number is asked for. Nothing else in the engine depends on it."""

    MALE = "male"
    FEMALE = "female"
    BOTH = "both"


class KuaYear(StrEnum):
    """When the year of a Kua number begins: on 4 February, with the lunar new year, or on 1 January."""

    LI_CHUN = "li_chun_feb_4"
    LUNAR_NEW_YEAR = "lunar_new_year"
    CALENDAR = "calendar_year"


class LoShuFill(StrEnum):
    """What is written into the Lo Shu grid besides the digits of the date."""

    DATE_DIGITS = "date_digits_only"
    DRIVER_CONDUCTOR = "digits_plus_driver_conductor"
    DRIVER_CONDUCTOR_KUA = "digits_plus_driver_conductor_kua"


class LoShuDriver(StrEnum):
    """Whether the driver of someone born on a day from 1 to 9 is written next to the same digit of the date."""

    ALWAYS = "driver_always"
    NOT_AGAIN = "driver_not_again"


class SharedLastName(StrEnum):
    """How often Essence counts a last name that serves the mental and the spiritual transit: no middle name."""

    ONCE = "last_name_once"
    TWICE = "last_name_twice"


class ChaldeanCompound(StrEnum):
    """Whether the compound number of a Chaldean name adds all letters or the root of each word (Cheiro)."""

    FULL_TOTAL = "full_total"
    SUM_OF_ROOTS = "cheiro_sum_of_roots"


class LetterMarks(StrEnum):
    """Whether an asterisk or a hash typed after a Y or W makes it a vowel or a consonant, or is a mere separator."""

    IGNORED = "ignored"
    OBEYED = "asterisk_vowel_hash_consonant"


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
    universal_masters: MasterPolicy = MasterPolicy.REDUCE
    period_starts: PeriodStarts = PeriodStarts.TABLE
    pinnacles: PinnacleMethod = PinnacleMethod.VALUES
    pinnacle_ages: PinnacleAges = PinnacleAges.FIRST_ENDS
    challenge_masters: MasterPolicy = MasterPolicy.REDUCE
    indian_masters: MasterPolicy = MasterPolicy.REDUCE
    gender: Gender = Gender.BOTH
    kua_year: KuaYear = KuaYear.LI_CHUN
    lo_shu_fill: LoShuFill = LoShuFill.DRIVER_CONDUCTOR
    lo_shu_driver: LoShuDriver = LoShuDriver.ALWAYS
    essence_last_name: SharedLastName = SharedLastName.ONCE
    chaldean_compound: ChaldeanCompound = ChaldeanCompound.FULL_TOTAL
    chaldean_masters: MasterPolicy = MasterPolicy.REDUCE
    letter_marks: LetterMarks = LetterMarks.IGNORED
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
            "universal_masters": self.universal_masters,
            "period_starts": self.period_starts,
            "pinnacles": self.pinnacles,
            "pinnacle_ages": self.pinnacle_ages,
            "challenge_masters": self.challenge_masters,
            "indian_masters": self.indian_masters,
            "gender": self.gender,
            "kua_year": self.kua_year,
            "lo_shu_fill": self.lo_shu_fill,
            "lo_shu_driver": self.lo_shu_driver,
            "essence_last_name": self.essence_last_name,
            "chaldean_compound": self.chaldean_compound,
            "chaldean_masters": self.chaldean_masters,
            "letter_marks": self.letter_marks,
            "umlauts": self.umlauts,
            "particles": self.particles,
        }


MAINSTREAM = Options()
