"""A name letter by letter, and the three numbers it makes."""

from dataclasses import dataclass

from numerology.engine import Chart, Position
from numerology.engine.names.letters import Word, letter_name
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of
from numerology.engine.result import NumberResult
from numerology.pictures.characters import isolated
from numerology.pictures.facts.whose import Whose, label_of, listed, whose

NUMBERS = (Position.DESTINY, Position.SOUL_URGE, Position.PERSONALITY)


@dataclass(frozen=True, slots=True)
class LetterValue:
    letter: str
    value: int
    is_vowel: bool


@dataclass(frozen=True, slots=True)
class NameWord:
    """The chains run from a sum of letters to what it comes to; empty where there is no such letter."""

    word: str
    letters: tuple[LetterValue, ...]
    all_letters: tuple[int, ...]
    vowels: tuple[int, ...]
    consonants: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NameNumber:
    position: str
    label: str
    value: int | None
    counts: str
    calculation: str


@dataclass(frozen=True, slots=True)
class NameFacts:
    title: str
    description: str
    whose: Whose
    vowel_rule: str
    words: tuple[NameWord, ...]
    numbers: tuple[NameNumber, ...]


def name(chart: Chart, typed: str) -> NameFacts:
    lettered = letter_name(chart.name, system=chart.system, vowel_rule=chart.options.vowels)
    words = tuple(map(_word, lettered.words))
    numbers = tuple(
        _number(position, counts, getattr(chart, position))
        for position, counts in zip(NUMBERS, ("all letters", "vowels", "consonants"), strict=True)
    )
    spelled = [f"{each.word} is {' '.join(str(letter.value) for letter in each.letters)}" for each in words]
    found = [f"{each.label} {'none' if each.value is None else each.value}" for each in numbers]
    return NameFacts(
        title=f"Letters of {isolated(typed)}",
        description=f"The {chart.system.value} values of the letters of {isolated(typed)}: "
        f"{listed(spelled)}. {listed(found)}.",
        whose=whose(chart, typed),
        vowel_rule=lettered.reading.label,
        words=words,
        numbers=numbers,
    )


def _word(word: Word) -> NameWord:
    letters = tuple(LetterValue(each.character, each.value, each.is_vowel) for each in word.letters)
    return NameWord(
        word=word.text,
        letters=letters,
        all_letters=_chain(letters),
        vowels=_chain(tuple(each for each in letters if each.is_vowel)),
        consonants=_chain(tuple(each for each in letters if not each.is_vowel)),
    )


def _chain(letters: tuple[LetterValue, ...]) -> tuple[int, ...]:
    return chain_of(sum(each.value for each in letters), MasterPolicy.KEEP) if letters else ()


def _number(position: Position, counts: str, result: NumberResult) -> NameNumber:
    return NameNumber(
        position=position.value,
        label=label_of(position),
        value=result.value,
        counts=counts,
        calculation=result.calculation,
    )
