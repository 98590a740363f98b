from __future__ import annotations

from string import ascii_uppercase

from numerology.engine.from_name.planes import Planes, planes
from numerology.engine.names.letters import letter_name
from numerology.engine.names.normalize import normalize_name
from numerology.engine.result import MissingReason


def of(name: str) -> Planes:
    return planes(letter_name(normalize_name(name)))


def test_letters_of_every_plane_by_temperament() -> None:
    found = of(ascii_uppercase)
    assert [plane.letters for plane in found.planes] == [
        ("E", "W", "DM"),
        ("A", "HJNP", "GL"),
        ("IORZ", "BSTX", ""),
        ("K", "FQUY", "CV"),
    ]
    assert [plane.count for plane in found.planes] == [4, 7, 8, 7]
    assert found.temperaments == {"creative": 7, "vacillating": 13, "grounded": 6}


def test_counts_and_values_are_both_reported() -> None:
    content = of("Norman Gene Macdonald").to_dict()
    assert content == {
        "physical": {
            "count": 6,
            "value": 8,
            "root": 8,
            "chain": [26, 8],
            "letters": {"creative": "EE", "vacillating": "", "grounded": "MMDD"},
            "reason": None,
        },
        "mental": {
            "count": 9,
            "value": 33,
            "root": 6,
            "chain": [33],
            "letters": {"creative": "AAA", "vacillating": "NNNN", "grounded": "GL"},
            "reason": None,
        },
        "emotional": {
            "count": 3,
            "value": 3,
            "root": 3,
            "chain": [21, 3],
            "letters": {"creative": "ORO", "vacillating": "", "grounded": ""},
            "reason": None,
        },
        "intuitive": {
            "count": 1,
            "value": 3,
            "root": 3,
            "chain": [3],
            "letters": {"creative": "", "vacillating": "", "grounded": "C"},
            "reason": None,
        },
        "temperaments": {"creative": 8, "vacillating": 4, "grounded": 7},
        "method": "letter_counts_and_sum_of_values",
    }


def test_a_plane_without_letters_has_no_number() -> None:
    plane = of("Ed").mental
    assert (plane.count, plane.value, plane.root, plane.chain) == (0, None, None, ())
    assert plane.reason is MissingReason.NO_LETTERS
