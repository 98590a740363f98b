from __future__ import annotations

import pytest

from numerology.engine.chaldean.name import ChaldeanName, chaldean_name
from numerology.engine.names.letters import letter_name
from numerology.engine.names.normalize import normalize_name
from numerology.engine.options import CalculationSystem, ChaldeanCompound, MasterPolicy


def of(
    name: str,
    compound: ChaldeanCompound = ChaldeanCompound.FULL_TOTAL,
    masters: MasterPolicy = MasterPolicy.REDUCE,
) -> ChaldeanName:
    lettered = letter_name(normalize_name(name), system=CalculationSystem.CHALDEAN)
    return chaldean_name(lettered, compound=compound, masters=masters)


def test_compound_and_root_with_the_totals_of_the_words() -> None:
    content = of("John Smith").to_dict()
    letters = [part.pop("letters") for part in content["components"]]
    assert letters[0] == [["J", 1], ["O", 7], ["H", 5], ["N", 5]]
    assert content == {
        "compound": 35,
        "value": 8,
        "root": 8,
        "chain": [35, 8],
        "calculation": "18 + 17 = 35 = 8",
        "meaning_of": 35,
        "conventional": False,
        "components": [
            {"label": "JOHN", "total": 18, "value": 18, "chain": [18]},
            {"label": "SMITH", "total": 17, "value": 17, "chain": [17]},
        ],
        "method": "full_total+no_master",
        "alternatives": [{"method": "cheiro_sum_of_roots+no_master", "compound": 17, "value": 8, "root": 8}],
    }


def test_cheiro_adds_the_roots_of_the_words() -> None:
    name = of("John Smith", ChaldeanCompound.SUM_OF_ROOTS)
    assert [(part.total, part.value) for part in name.components] == [(18, 9), (17, 8)]
    assert (name.compound, name.root, name.calculation) == (17, 8, "9 + 8 = 17 = 8")
    assert name.method == "cheiro_sum_of_roots+no_master"
    assert [each.to_dict() for each in name.alternatives] == [
        {"method": "full_total+no_master", "compound": 35, "value": 8, "root": 8}
    ]


def test_eleven_and_twenty_two_stay_on_request() -> None:
    assert (of("Ana Kay").chain, of("Ana Kay").value) == ((11, 2), 2)
    assert [each.to_dict() for each in of("Ana Kay").alternatives] == [
        {"method": "full_total+keep_master", "compound": 11, "value": 11, "root": 2}
    ]
    kept = of("Ana Kay", masters=MasterPolicy.KEEP)
    assert (kept.chain, kept.value, kept.root) == ((11,), 11, 2)
    assert of("Roro Al", masters=MasterPolicy.KEEP).chain == (22,)
    # 33 is no master here.
    assert of("Rorooz", masters=MasterPolicy.KEEP).chain == (32, 5)
    assert of("Rorooza", masters=MasterPolicy.KEEP).chain == (33, 6)


def test_a_short_name_is_its_own_root() -> None:
    name = of("Ram")
    assert (name.compound, name.root, name.calculation, name.alternatives) == (7, 7, "7", ())
    assert (name.meaning_of, name.conventional) == (7, False)


@pytest.mark.parametrize(
    ("name", "compound", "meaning_of", "conventional"),
    [
        ("FFFFFD", 44, 44, False),
        ("FFFFFFD", 52, 52, False),
        ("FFFFFFE", 53, 8, True),
        ("Thomas John Hancock", 68, 14, True),
        ("FFFFFFFFFFFFC", 99, 18, True),
        ("F" * 74 + "G" * 1 + "B" * 2, 599, 23, True),
        ("F" * 87 + "C", 699, 24, True),
    ],
)
def test_meanings_above_52_are_a_convention(name: str, compound: int, meaning_of: int, *, conventional: bool) -> None:
    found = of(name)
    assert (found.compound, found.meaning_of, found.conventional) == (compound, meaning_of, conventional)
