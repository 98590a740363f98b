"""Titles, generation marks and particles, each of them, and what must stay a name."""

from __future__ import annotations

import pytest

from numerology.engine.names.affixes import ORDINALS, PARTICLES, SUFFIXES, TITLES
from numerology.engine.names.normalize import normalize_name
from numerology.engine.options import ParticlePolicy

LISTED = (
    (TITLES, "DR MISS MR MRS MS MX PROF REV SIR"),
    (SUFFIXES, "ESQ II III IV JR PHD SR VII VIII"),
    (ORDINALS, "2ND 3RD 4TH 5TH 6TH 7TH 8TH"),
    (
        PARTICLES,
        "AF AL AV BIN BINT DA DAS DE DEL DELLA DEN DER DES DI DO DOS DU EL IBN LA LE TEN TER VAN VON ZU ZUM ZUR",
    ),
)


@pytest.mark.parametrize(("affixes", "expected"), LISTED, ids=["titles", "suffixes", "ordinals", "particles"])
def test_nothing_else_is_an_affix(affixes: frozenset[str], expected: str) -> None:
    assert sorted(affixes) == expected.split()


@pytest.mark.parametrize(
    ("name", "words", "steps"),
    [
        ("Rev. Ann Lee", ["ANN", "LEE"], ["title_dropped:REV"]),
        ("Sir Elton John", ["ELTON", "JOHN"], ["title_dropped:SIR"]),
        ("Prof. Dr. Ann Lee", ["ANN", "LEE"], ["title_dropped:PROF", "title_dropped:DR"]),
        ("Miss Lee", ["LEE"], ["title_dropped:MISS"]),
        ("Dr. Mr", ["MR"], ["title_dropped:DR"]),
        ("Henry Tudor VIII", ["HENRY", "TUDOR"], ["suffix_dropped:VIII"]),
        ("Ann Lee Ph.D.", ["ANN", "LEE"], ["suffix_dropped:PH", "suffix_dropped:D"]),
        ("Lee Ph.D.", ["LEE"], ["suffix_dropped:PH", "suffix_dropped:D"]),
        ("Ph.D.", ["PH", "D"], []),
        ("Jr. II", ["JR"], ["suffix_dropped:II"]),
        ("John Lee, Jr., Esq.", ["JOHN", "LEE"], ["suffix_dropped:JR", "suffix_dropped:ESQ"]),
        ("John Lee (3rd)", ["JOHN", "LEE"], ["suffix_dropped:3RD"]),
        ("Bob Vi", ["BOB", "VI"], []),
        ("Malcolm V", ["MALCOLM", "V"], []),
        ("Lee I", ["LEE", "I"], []),
    ],
)
def test_what_is_dropped(name: str, words: list[str], steps: list[str]) -> None:
    found = normalize_name(name)
    assert (list(found.words), list(found.steps)) == (words, steps)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ludwig van Beethoven", ["LUDWIG", "VANBEETHOVEN"]),
        ("Jan van der Berg", ["JAN", "VANDERBERG"]),
        ("Van Morrison", ["VAN", "MORRISON"]),
        ("Juan de la Cruz Al", ["JUAN", "DELACRUZ", "AL"]),
        ("Ahmed Al Said", ["AHMED", "ALSAID"]),
    ],
)
def test_particles_joined(name: str, words: list[str]) -> None:
    found = normalize_name(name, particles=ParticlePolicy.JOIN)
    assert list(found.words) == words
    assert ("particles_joined" in found.steps) is (len(words) < len(name.split()))


def test_plain_letters_are_not_transliterated() -> None:
    for name in ("Ann Lee", "José"):
        told = normalize_name(name).to_dict()
        assert (told["transliterated"], told["method"]) == (False, None)
