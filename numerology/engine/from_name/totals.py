"""How the letters of a full name come to one number: shared by Destiny, Soul Urge and Personality.

Pythagorean: each name is reduced with its masters kept, the results are added and reduced again. Adding all
letters at once never changes the root, but may lose a master or make one (Goodwin), so it is an option.

Chaldean: all letters make the compound number (`chain[0]`), whose root is the value. Debts belong to the
Pythagorean reading of a chain and are not reported; the compound number has meanings of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from numerology.engine.alternatives import other_policy
from numerology.engine.names.letters import LetteredName, Reading, Word
from numerology.engine.names.vowels import LetterRole
from numerology.engine.options import CalculationSystem, MasterPolicy, NameMethod, Options
from numerology.engine.reduction import chain_of, debt_in, root
from numerology.engine.result import Alternative, Component, Letter, MissingReason, NumberResult, Position

_METHODS = tuple(NameMethod)


def name_total(
    name: LetteredName,
    *,
    position: Position,
    options: Options,
    role: LetterRole | None = None,
    when_empty: MissingReason | None = None,
) -> NumberResult:
    """Add the letters of one role, or all of them.

    Names without such a letter add nothing and leave no component. When none is left in the whole name the value
    is None and `when_empty` says why.
    """
    method = options.name_method_for(name.system)
    masters = options.name_masters_for(name.system)
    components = _components(name, method, masters, role)
    totals = tuple([component.total for component in components])
    chain = final_chain(totals, method, masters)
    value = chain[-1] if chain else None
    pythagorean = name.system is CalculationSystem.PYTHAGOREAN
    return NumberResult(
        position=position,
        value=value,
        root=None if value is None else root(value),
        chain=chain,
        components=components,
        method=_label(method, masters, name.reading if role else None),
        karmic_debt=debt_in(chain) if pythagorean else None,
        reason=when_empty if value is None else None,
        alternatives=tuple(_alternatives(name, role, totals, (method, masters), value)),
    )


def final_chain(totals: tuple[int, ...], method: NameMethod, masters: MasterPolicy) -> tuple[int, ...]:
    """From the total of every name to the number; empty when there is no total."""
    if not totals:
        return ()
    if method is NameMethod.ALL_LETTERS:
        return chain_of(sum(totals), masters)
    policy = MasterPolicy.REDUCE if method is NameMethod.SUM_OF_ROOTS else masters
    # With a single name there is nothing to add: its own total is the final one, debt included.
    if len(totals) == 1:
        return chain_of(totals[0], policy)
    return chain_of(sum([chain_of(total, policy)[-1] for total in totals]), masters)


def _word_chain(total: int, method: NameMethod, masters: MasterPolicy) -> tuple[int, ...]:
    if method is NameMethod.ALL_LETTERS:
        return (total,)
    return chain_of(total, MasterPolicy.REDUCE if method is NameMethod.SUM_OF_ROOTS else masters)


def _components(
    name: LetteredName, method: NameMethod, masters: MasterPolicy, role: LetterRole | None
) -> tuple[Component, ...]:
    components = []
    for word in name.words:
        letters = _letters(word, role)
        if letters:
            total = sum([letter.value for letter in letters])
            chain = _word_chain(total, method, masters)
            components.append(Component(label=word.text, chain=chain, letters=letters))
    return tuple(components)


def _letters(word: Word, role: LetterRole | None) -> tuple[Letter, ...]:
    if role is None:
        return word.letters
    wanted = role is LetterRole.VOWEL
    return tuple([letter for letter in word.letters if letter.is_vowel is wanted])


def _alternatives(
    name: LetteredName,
    role: LetterRole | None,
    totals: tuple[int, ...],
    chosen: tuple[NameMethod, MasterPolicy],
    value: int | None,
) -> Iterator[Alternative]:
    """What every method gives that differs from the chosen one in a single point, where it is not `value`."""
    method, masters = chosen
    reading = name.reading if role else None
    policy = other_policy(masters)
    ways = [(other, masters) for other in _METHODS if other is not method]
    for other, kept in (*ways, (method, policy)):
        found = _last(final_chain(totals, other, kept))
        if found != value:
            yield _alternative(_label(other, kept, reading), found)
    if role:
        for each in name.others:
            found = _last(final_chain(_totals(name, each, role), method, masters))
            if found != value:
                yield _alternative(_label(method, masters, each), found)


def _alternative(method: str, value: int | None) -> Alternative:
    return Alternative(method=method, value=value, root=None if value is None else root(value))


def _totals(name: LetteredName, reading: Reading, role: LetterRole) -> tuple[int, ...]:
    wanted = role is LetterRole.VOWEL
    totals = [
        sum([letter.value for letter, flag in zip(word.letters, flags, strict=True) if flag is wanted])
        for word, flags in zip(name.words, reading.vowels, strict=True)
    ]
    return tuple([total for total in totals if total])


def _last(chain: tuple[int, ...]) -> int | None:
    return chain[-1] if chain else None


def _label(method: NameMethod, masters: MasterPolicy, reading: Reading | None) -> str:
    return f"{method}+{masters}+{reading.label}" if reading else f"{method}+{masters}"
