"""The Chaldean name: all letters make the compound number, which has a meaning of its own, and its root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numerology.engine.alternatives import other_policy
from numerology.engine.names.letters import LetteredName
from numerology.engine.options import ChaldeanCompound, MasterPolicy
from numerology.engine.reduction import chain_of, digit_sum, root
from numerology.engine.result import Component

# Meanings are handed down for 10 to 52.
HIGHEST_MEANING = 52


@dataclass(frozen=True, slots=True)
class CompoundAlternative:
    """The compound and the number another method gives."""

    method: str
    compound: int
    value: int
    root: int

    def to_dict(self) -> dict[str, Any]:
        return {"method": self.method, "compound": self.compound, "value": self.value, "root": self.root}


@dataclass(frozen=True, slots=True)
class ChaldeanName:
    """`chain` runs from the compound to the value; `components` are the words with their totals and roots.

    `meaning_of` is the number whose meaning the compound has. Above 52 nothing is handed down: digits are added
    until it is 52 or less, and `conventional` says so.
    """

    chain: tuple[int, ...]
    components: tuple[Component, ...]
    method: str
    alternatives: tuple[CompoundAlternative, ...] = ()

    @property
    def compound(self) -> int:
        return self.chain[0]

    @property
    def value(self) -> int:
        return self.chain[-1]

    @property
    def root(self) -> int:
        return root(self.chain[0])

    @property
    def conventional(self) -> bool:
        return self.compound > HIGHEST_MEANING

    @property
    def meaning_of(self) -> int:
        number = self.compound
        while number > HIGHEST_MEANING:
            number = digit_sum(number)
        return number

    @property
    def calculation(self) -> str:
        chain = " = ".join(map(str, self.chain))
        if len(self.components) == 1:
            return chain
        return " + ".join([str(component.value) for component in self.components]) + f" = {chain}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "compound": self.compound,
            "value": self.value,
            "root": self.root,
            "chain": list(self.chain),
            "calculation": self.calculation,
            "meaning_of": self.meaning_of,
            "conventional": self.conventional,
            "components": [component.to_dict() for component in self.components],
            "method": self.method,
            "alternatives": [each.to_dict() for each in self.alternatives],
        }


def chaldean_name(
    name: LetteredName,
    *,
    compound: ChaldeanCompound = ChaldeanCompound.FULL_TOTAL,
    masters: MasterPolicy = MasterPolicy.REDUCE,
) -> ChaldeanName:
    """`name` is the one used today, lettered in the Chaldean system. `masters` kept are 11 and 22, never 33."""
    totals = [sum([letter.value for letter in word.letters]) for word in name.words]
    chain = _chain(totals, compound, masters)
    return ChaldeanName(
        chain=chain,
        components=tuple(
            [
                Component(label=word.text, chain=_word_chain(total, compound), letters=word.letters)
                for word, total in zip(name.words, totals, strict=True)
            ]
        ),
        method=f"{compound}+{masters}",
        alternatives=tuple(_alternatives(totals, compound, masters, chain)),
    )


def _word_chain(total: int, compound: ChaldeanCompound) -> tuple[int, ...]:
    return (total,) if compound is ChaldeanCompound.FULL_TOTAL else chain_of(total, MasterPolicy.REDUCE)


def _chain(totals: list[int], compound: ChaldeanCompound, masters: MasterPolicy) -> tuple[int, ...]:
    chain = chain_of(sum([_word_chain(total, compound)[-1] for total in totals]), masters)
    return (*chain, 6) if chain[-1] == 33 else chain


def _alternatives(
    totals: list[int], compound: ChaldeanCompound, masters: MasterPolicy, chosen: tuple[int, ...]
) -> list[CompoundAlternative]:
    """The methods that differ from the chosen one in a single point."""
    cheiro = compound is ChaldeanCompound.SUM_OF_ROOTS
    other = ChaldeanCompound.FULL_TOTAL if cheiro else ChaldeanCompound.SUM_OF_ROOTS
    ways = ((other, masters), (compound, other_policy(masters)))
    chains = [(way, policy, _chain(totals, way, policy)) for way, policy in ways]
    return [
        CompoundAlternative(method=f"{way}+{policy}", compound=chain[0], value=chain[-1], root=root(chain[0]))
        for way, policy, chain in chains
        if (chain[0], chain[-1]) != (chosen[0], chosen[-1])
    ]
