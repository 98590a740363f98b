"""Evaluators of the numbers of a name."""

from __future__ import annotations

from numerology.engine.combined.karmic_debts import component_debts, karmic_debts
from numerology.engine.from_name.balance import balance
from numerology.engine.from_name.destiny import destiny
from numerology.engine.from_name.digits.hidden_passion import hidden_passion
from numerology.engine.from_name.digits.intensity import Intensity, intensity
from numerology.engine.from_name.digits.karmic_lessons import karmic_lessons
from numerology.engine.from_name.digits.subconscious_self import subconscious_self
from numerology.engine.from_name.personality import personality
from numerology.engine.from_name.planes import planes
from numerology.engine.from_name.single_letters.capstone import capstone
from numerology.engine.from_name.single_letters.cornerstone import cornerstone
from numerology.engine.from_name.single_letters.first_vowel import first_vowel
from numerology.engine.from_name.single_letters.keystone import keystone
from numerology.engine.from_name.single_letters.result import LetterResult
from numerology.engine.from_name.soul_urge import soul_urge
from numerology.engine.names.letters import LetteredName
from numerology.engine.names.normalize import normalize_name
from numerology.engine.options import CalculationSystem
from numerology.engine.result import NumberResult
from numerology.engine.vectors.answers import Answer
from numerology.engine.vectors.asked import BIRTH, CURRENT_NAMES, NAMES, Asked
from numerology.engine.vectors.dates import birthday_number, life_path_number
from numerology.engine.vectors.methods import ANY_COMPONENT

_CURRENT = (*CURRENT_NAMES, *NAMES)


def _name(asked: Asked, keys: tuple[str, ...] = NAMES) -> LetteredName:
    chaldean = asked.system == CalculationSystem.CHALDEAN
    system = CalculationSystem.CHALDEAN if chaldean else CalculationSystem.PYTHAGOREAN
    return asked.lettered(system=system, keys=keys)


def destiny_number(asked: Asked) -> NumberResult:
    return destiny(_name(asked), options=asked.options)


def soul_urge_number(asked: Asked) -> NumberResult:
    return soul_urge(_name(asked), options=asked.options)


def personality_number(asked: Asked) -> NumberResult:
    return personality(_name(asked), options=asked.options)


def minor_destiny_number(asked: Asked) -> NumberResult:
    return destiny(_name(asked, _CURRENT), options=asked.options)


def minor_soul_urge_number(asked: Asked) -> NumberResult:
    return soul_urge(_name(asked, _CURRENT), options=asked.options)


def minor_personality_number(asked: Asked) -> NumberResult:
    return personality(_name(asked, _CURRENT), options=asked.options)


def balance_number(asked: Asked) -> NumberResult:
    return balance(_name(asked))


def subconscious_self_number(asked: Asked) -> NumberResult:
    return subconscious_self(karmic_lessons(_intensity(asked)))


def _intensity(asked: Asked) -> Intensity:
    return intensity(asked.lettered())


def hidden_passions(asked: Asked) -> Answer:
    found = hidden_passion(_intensity(asked))
    return Answer(forms=(found.numbers,), traces=(found,), fields=found.to_dict(), unordered=True)


def lessons(asked: Asked) -> Answer:
    found = karmic_lessons(_intensity(asked))
    return Answer(forms=(found.numbers,), traces=(found,), fields=found.to_dict(), unordered=True)


def digit_counts(asked: Asked) -> Answer:
    table = _intensity(asked)
    return Answer(forms=({str(each.digit): each.count for each in table.digits},), traces=(table,))


def digit_count(digit: int, asked: Asked) -> Answer:
    table = _intensity(asked)
    return Answer(forms=(sum(each.count for each in table.digits if each.digit == digit),), traces=(table,))


def plane_values(asked: Asked) -> Answer:
    found = planes(asked.lettered())
    reduces = asked.method.reduces
    return Answer(
        forms=({plane.name: plane.root if reduces else plane.value for plane in found.planes},), traces=(found,)
    )


def plane_counts(asked: Asked) -> Answer:
    found = planes(asked.lettered())
    return Answer(forms=({plane.name: plane.count for plane in found.planes},), traces=(found,))


def plane_tables(asked: Asked) -> Answer:
    """Values or counts: authors give either."""
    values, counts = plane_values(asked), plane_counts(asked)
    return Answer(forms=(*values.forms, *counts.forms), traces=values.traces, fields=planes(asked.lettered()).to_dict())


def _letter(found: LetterResult) -> Answer:
    letter = found.letter.character if found.letter else None
    forms = (letter, letter.lower(), found.value) if letter else (None,)
    return Answer(forms=forms, traces=(found,), fields=found.to_dict())


def debts(asked: Asked) -> Answer:
    """The debts of whatever is given: Life Path and Birthday, the three numbers of the name, or all five."""
    numbers: list[NumberResult] = []
    if asked.has(*NAMES):
        numbers += [destiny_number(asked), soul_urge_number(asked), personality_number(asked)]
    if not numbers or asked.has(*BIRTH):
        numbers += [life_path_number(asked), birthday_number(asked)]
    return _debts(asked, numbers)


def debts_of(part: NumberResult, asked: Asked) -> Answer:
    return _debts(asked, [part])


def _debts(asked: Asked, numbers: list[NumberResult]) -> Answer:
    found = karmic_debts(numbers)
    if ANY_COMPONENT in asked.method.words:
        found = tuple(debt for number in numbers for debt in component_debts(number))
    distinct = sorted({debt.number for debt in found})
    placed = {debt.where: debt.number for debt in found}
    return Answer(forms=(distinct, distinct or None, placed), traces=tuple(numbers), unordered=True)


def segments(asked: Asked) -> Answer:
    options = asked.options
    found = normalize_name(asked.name(), umlauts=options.umlauts, particles=options.particles)
    lower = [word.lower() for word in found.words]
    return Answer(forms=(found.words, lower, found.calculation), traces=(found,), fields=found.to_dict())


def roles(character: str, asked: Asked) -> Answer:
    """The role of each `character` of a name."""
    letters = [letter for word in asked.lettered().words for letter in word.letters]
    flags = [letter.is_vowel for letter in letters if letter.character == character]
    short = ["V" if flag else "C" for flag in flags]
    return Answer(forms=(short, ["vowel" if flag else "consonant" for flag in flags], flags))


NUMBERS = {
    "destiny": destiny_number,
    "soul_urge": soul_urge_number,
    "personality": personality_number,
    "minor_destiny": minor_destiny_number,
    "minor_soul_urge": minor_soul_urge_number,
    "minor_personality": minor_personality_number,
    "balance": balance_number,
    "subconscious_self": subconscious_self_number,
}
ANSWERS = {
    "hidden_passion": hidden_passions,
    "karmic_lessons": lessons,
    "digit_counts": digit_counts,
    "intensity": digit_counts,
    "planes_of_expression": plane_tables,
    "planes_of_expression_value": plane_values,
    "planes_of_expression_count": plane_counts,
    "karmic_debt": debts,
    "cornerstone": lambda asked: _letter(cornerstone(_name(asked))),
    "capstone": lambda asked: _letter(capstone(_name(asked))),
    "keystone": lambda asked: _letter(keystone(_name(asked))),
    "first_vowel": lambda asked: _letter(first_vowel(_name(asked))),
    "normalized_segments": segments,
    "y_role": lambda asked: roles("Y", asked),
    "w_role": lambda asked: roles("W", asked),
}
