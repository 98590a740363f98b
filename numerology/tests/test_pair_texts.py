"""What is said of two people."""

from itertools import combinations_with_replacement, product

import pytest

from numerology.content import loader
from numerology.content.pairs import DIFFERENCE, MASTER, OUTLOOK, PAIR, PAIR_POSITIONS, PAIRS, SUM
from numerology.engine.compatibility.levels import Level
from numerology.engine.compatibility.score import WEIGHTS, Relationship
from numerology.engine.compatibility.sum_and_difference import sum_and_difference

VALUES = (*range(1, 10), 11, 22, 33)


def test_every_two_life_paths_have_a_text_of_their_own_in_any_order() -> None:
    texts = [loader.pair(a, b) for a, b in combinations_with_replacement(range(1, 10), 2)]
    assert len(texts) == len(PAIRS[PAIR].keys) == 45
    assert len({text.title for text in texts}) == len({text.summary for text in texts}) == 45
    assert loader.pair(7, 2) is not loader.pair(7, 3)
    assert loader.pair(7, 2) == loader.pair(2, 7)
    with pytest.raises(KeyError):
        loader.pair(1, 11)


def test_every_weighed_position_has_a_text_for_every_relationship() -> None:
    texts = {
        (relationship, position): loader.pair_position(relationship, position)
        for relationship in Relationship
        for position in WEIGHTS[relationship]
    }
    for field in ("strength", "challenge", "advice"):
        assert len({getattr(text, field) for text in texts.values()}) == len(texts) == 24
    with pytest.raises(KeyError):
        loader.pair_position("romantic", "balance")


def test_every_outcome_of_a_comparison_has_a_line() -> None:
    for relationship, level in product(Relationship, Level):
        assert loader.line(OUTLOOK, f"{relationship}-{level}").summary
    for a, b in product(VALUES, VALUES):
        found = sum_and_difference(a, b)
        assert loader.line(SUM, found.sum).summary
        assert loader.line(DIFFERENCE, found.difference).summary
    assert loader.line(MASTER, 33).title


def test_the_version_grows_with_any_of_the_files() -> None:
    both = loader.version_of(PAIR, PAIR_POSITIONS)
    assert both == loader.version_of(PAIR) + loader.version_of(PAIR_POSITIONS) >= 2
