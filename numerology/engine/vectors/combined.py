"""Evaluators of numbers of name and date together, of transits, of the Chaldean name and of two numbers compared."""

from __future__ import annotations

from numerology.engine.chaldean.name import ChaldeanName, chaldean_name
from numerology.engine.combined.bridges import bridge
from numerology.engine.combined.maturity import maturity
from numerology.engine.combined.rational_thought import rational_thought
from numerology.engine.compatibility.levels import level_of
from numerology.engine.compatibility.sum_and_difference import sum_and_difference
from numerology.engine.cycles.essence import essence
from numerology.engine.cycles.transits import Transits, transit_names, transits
from numerology.engine.options import CalculationSystem, MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import Component, NumberResult, Position
from numerology.engine.vectors.answers import Answer
from numerology.engine.vectors.asked import CURRENT_NAMES, DESTINY, NAMES, Asked
from numerology.engine.vectors.dates import life_path_number
from numerology.engine.vectors.names import destiny_number, personality_number, soul_urge_number


def _life_path(asked: Asked) -> NumberResult:
    return _given(asked, Position.LIFE_PATH, "life_path") if asked.has("life_path") else life_path_number(asked)


def _destiny(asked: Asked) -> NumberResult:
    return _given(asked, Position.DESTINY, *DESTINY) if asked.has(*DESTINY) else destiny_number(asked)


def _given(asked: Asked, position: Position, *keys: str) -> NumberResult:
    """A number that the vector gives outright."""
    chain = chain_of(asked.whole(*keys), MasterPolicy.KEEP)
    component = Component(label=keys[0], chain=chain[:1])
    return NumberResult(position, chain[-1], root(chain[-1]), chain, (component,), method="given")


def maturity_number(asked: Asked) -> NumberResult:
    path, expression = _life_path(asked), _destiny(asked)
    return maturity(path.chain[-1], expression.chain[-1], method=asked.options.maturity)


def rational_thought_number(asked: Asked) -> NumberResult:
    return rational_thought(asked.lettered().words[0], asked.born("day").day)


def bridge_of_path_number(asked: Asked) -> NumberResult:
    return bridge(_life_path(asked), _destiny(asked))


def bridge_of_heart_number(asked: Asked) -> NumberResult:
    keys = (("soul_urge", "hearts_desire"), ("personality",))
    if all(asked.has(*each) for each in keys):
        return bridge(_given(asked, Position.SOUL_URGE, *keys[0]), _given(asked, Position.PERSONALITY, *keys[1]))
    return bridge(soul_urge_number(asked), personality_number(asked))


def bridges(asked: Asked) -> Answer:
    path, heart = bridge_of_path_number(asked), bridge_of_heart_number(asked)
    return Answer(
        forms=([path.value, heart.value], {"life_path_expression": path.value, "heart_personality": heart.value}),
        traces=(path, heart),
        fields={"life_path_destiny": path.value, "soul_urge_personality": heart.value},
    )


def _transits(asked: Asked) -> Transits:
    return transits(transit_names(asked.lettered()), asked.age())


def transit_letters(asked: Asked) -> Answer:
    found = _transits(asked)
    letters = {
        name: each.letter.character if each else None
        for name, each in (("physical", found.physical), ("mental", found.mental), ("spiritual", found.spiritual))
    }
    every = [each.letter.character for each in found.letters]
    return Answer(forms=(every, letters, "".join(every)), traces=(found,), fields=letters)


def essence_number(asked: Asked) -> NumberResult:
    return essence(_transits(asked), last_name=asked.options.essence_last_name)


def cycle_length(asked: Asked) -> Answer:
    values = _values(asked)
    return Answer(forms=(sum(values),))


def transit_durations(asked: Asked) -> Answer:
    return Answer(forms=(_values(asked),))


def _values(asked: Asked) -> list[int]:
    return [letter.value for word in asked.lettered().words for letter in word.letters]


def _chaldean(asked: Asked) -> ChaldeanName:
    options = asked.options
    name = asked.lettered(system=CalculationSystem.CHALDEAN, keys=(*CURRENT_NAMES, *NAMES))
    return chaldean_name(name, compound=options.chaldean_compound, masters=options.chaldean_masters)


def chaldean(asked: Asked) -> Answer:
    found = _chaldean(asked)
    value = found.root if asked.method.reduces else found.value
    written = f"{found.compound}/{found.root}"
    return Answer(
        forms=(value, str(value), written, [found.compound, found.value]),
        traces=(found,),
        # Who keeps masters calls what is kept the root.
        fields={**found.to_dict(), "root": value, "number": value},
    )


def chaldean_field(field: str, asked: Asked) -> Answer:
    found = _chaldean(asked)
    return Answer(forms=(found.to_dict()[field],), traces=(found,))


def chaldean_words(asked: Asked) -> Answer:
    found = _chaldean(asked)
    totals = [part.total for part in found.components]
    return Answer(forms=(totals, {part.label: part.total for part in found.components}), traces=(found,))


def chaldean_word_roots(asked: Asked) -> Answer:
    found = _chaldean(asked)
    return Answer(forms=([root(part.total) for part in found.components],), traces=(found,))


def _pair(asked: Asked) -> tuple[int, int]:
    return asked.whole("a", "life_path_a", "first"), asked.whole("b", "life_path_b", "second")


def compatibility_level(asked: Asked) -> Answer:
    return Answer(forms=(level_of(*_pair(asked)),))


def compatibility_sum(asked: Asked) -> Answer:
    found = sum_and_difference(*_pair(asked))
    return Answer(forms=([found.sum, found.difference],), traces=(found,), fields=found.to_dict())


NUMBERS = {
    "maturity": maturity_number,
    "rational_thought": rational_thought_number,
    "bridge_life_path_destiny": bridge_of_path_number,
    "bridge_soul_urge_personality": bridge_of_heart_number,
    "essence": essence_number,
}
ANSWERS = {
    "bridges": bridges,
    "transits": transit_letters,
    "transit_letters": transit_letters,
    "transit_durations": transit_durations,
    "name_cycle_length": cycle_length,
    "chaldean_name": chaldean,
    "chaldean_compound": lambda asked: chaldean_field("compound", asked),
    "chaldean_root": lambda asked: chaldean_field("root", asked),
    "chaldean_meaning_of": lambda asked: chaldean_field("meaning_of", asked),
    "chaldean_words": chaldean_words,
    "chaldean_word_roots": chaldean_word_roots,
    "compatibility_life_path": compatibility_level,
    "compatibility_sum_and_difference": compatibility_sum,
}
