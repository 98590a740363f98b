"""Balance: the first letter of every name, always to a single digit."""

from __future__ import annotations

from numerology.engine.names.letters import LetteredName
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of
from numerology.engine.result import Component, NumberResult, Position


def balance(name: LetteredName) -> NumberResult:
    components = tuple(
        Component(label=word.text, chain=(word.letters[0].value,), letters=word.letters[:1]) for word in name.words
    )
    chain = chain_of(sum(component.value for component in components), MasterPolicy.REDUCE)
    return NumberResult(
        position=Position.BALANCE,
        value=chain[-1],
        root=chain[-1],
        chain=chain,
        components=components,
        method=MasterPolicy.REDUCE,
    )
