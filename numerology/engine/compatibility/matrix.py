"""Everybody of a group with everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from numerology.engine.compatibility.numbers import Numbers
from numerology.engine.compatibility.score import CompatibilityScore, Relationship, compatibility


@dataclass(frozen=True, slots=True)
class MatrixPair:
    """The score of the people at the places `a` and `b` of a list, counted from 0, `a` before `b`."""

    a: int
    b: int
    result: CompatibilityScore


def matrix(people: Sequence[Numbers], relationship: Relationship | str) -> tuple[MatrixPair, ...]:
    """Every pair of `people` once, n * (n - 1) / 2 of them; raises as `compatibility` does."""
    relationship = Relationship.parse(relationship)
    return tuple(
        MatrixPair(a, b, compatibility(people[a], people[b], relationship))
        for a, b in combinations(range(len(people)), 2)
    )
