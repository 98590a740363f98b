"""How the letters of a full name come to one number: shared by Destiny, Soul Urge and Personality.

Pythagorean: each name is reduced with its masters kept, the results are added and reduced again. Adding all
letters at once never changes the root, but may lose a master or make one (Goodwin), so it is an option.

Chaldean: all letters make the compound number (`chain[0]`), whose root is the value. Debts belong to the
Pythagorean reading of a chain and are not reported; the compound number has meanings of its own.
"""

from __future__ import annotations

from collections.abc import Callable

from numerology.engine.names.letters import LetteredName
from numerology.engine.options import CalculationSystem, MasterPolicy, NameMethod, Options
from numerology.engine.reduction import chain_of, debt_in, root
from numerology.engine.result import Component, Letter, MissingReason, NumberResult, Position


def name_total(
    name: LetteredName,
    *,
    position: Position,
    options: Options,
    counts: Callable[[Letter], bool] | None = None,
    when_empty: MissingReason | None = None,
) -> NumberResult:
    """Add the letters for which `counts` is true, or all of them.

    Names without such a letter add nothing and leave no component. When none is left in the whole name the value
    is None and `when_empty` says why.
    """
    method = options.name_method_for(name.system)
    masters = options.name_masters_for(name.system)
    label = f"{method}+{masters}" if counts is None else f"{method}+{masters}+{name.vowel_rule}"
    components = _components(name, method, masters, counts)
    if not components:
        return NumberResult(
            position=position, value=None, root=None, chain=(), components=(), method=label, reason=when_empty
        )
    chain = _total_chain(components, masters)
    pythagorean = name.system is CalculationSystem.PYTHAGOREAN
    return NumberResult(
        position=position,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=components,
        method=label,
        karmic_debt=debt_in(chain) if pythagorean else None,
    )


def _components(
    name: LetteredName,
    method: NameMethod,
    masters: MasterPolicy,
    counts: Callable[[Letter], bool] | None,
) -> tuple[Component, ...]:
    components = []
    for word in name.words:
        letters = word.letters if counts is None else tuple(filter(counts, word.letters))
        if letters:
            total = sum(letter.value for letter in letters)
            chain = _word_chain(total, method, masters)
            components.append(Component(label=word.text, chain=chain, letters=letters))
    return tuple(components)


def _total_chain(components: tuple[Component, ...], masters: MasterPolicy) -> tuple[int, ...]:
    # With a single name there is nothing to add: its own total is the final one, debt included.
    if len(components) == 1 and len(components[0].chain) > 1:
        return components[0].chain
    return chain_of(sum(component.value for component in components), masters)


def _word_chain(total: int, method: NameMethod, masters: MasterPolicy) -> tuple[int, ...]:
    if method is NameMethod.ALL_LETTERS:
        return (total,)
    return chain_of(total, MasterPolicy.REDUCE if method is NameMethod.SUM_OF_ROOTS else masters)
