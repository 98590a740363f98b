from __future__ import annotations

from datetime import date

from numerology.engine.combined.bridges import bridge
from numerology.engine.combined.karmic_debts import component_debts, karmic_debts
from numerology.engine.combined.maturity import maturity
from numerology.engine.combined.rational_thought import rational_thought
from numerology.engine.from_date.birthday import birthday
from numerology.engine.from_date.life_path import life_path
from numerology.engine.from_name.personality import personality
from numerology.engine.from_name.soul_urge import soul_urge
from numerology.engine.names.letters import letter_name
from numerology.engine.names.normalize import normalize_name
from numerology.engine.options import MaturityMethod
from numerology.engine.result import MissingReason, Position


def test_maturity_keeps_masters_while_adding() -> None:
    number = maturity(11, 5)
    assert (number.value, number.calculation) == (7, "11 + 5 = 16 = 7")
    # Debts are read in the numbers themselves, not in their sum.
    assert number.karmic_debt is None


def test_maturity_of_roots_may_lose_or_make_a_master() -> None:
    assert maturity(11, 22).value == 33
    assert maturity(11, 22, method=MaturityMethod.ROOTS).value == 6
    assert maturity(11, 9).value == 2
    assert maturity(11, 9, method=MaturityMethod.ROOTS).value == 11
    assert maturity(11, 9).root == maturity(11, 9, method=MaturityMethod.ROOTS).root == 2


def test_debts_name_their_position_and_chain() -> None:
    born = date(1990, 7, 14)
    debts = karmic_debts([birthday(born), life_path(born)])
    assert [debt.to_dict() for debt in debts] == [
        {"number": 14, "where": "birthday", "chain": [14, 5]},
        {"number": 13, "where": "life_path", "chain": [13, 4]},
    ]


def test_debts_of_components_are_another_reading() -> None:
    debts = component_debts(life_path(date(1990, 7, 14)))
    assert [(debt.number, debt.where) for debt in debts] == [
        (14, Position.LIFE_PATH),
        (19, Position.LIFE_PATH),
    ]


def test_bridges_are_differences_of_roots() -> None:
    number = bridge(life_path(date(1962, 7, 3)), maturity(11, 11))
    assert (number.value, number.root, number.chain, number.calculation) == (3, 3, (3,), "|1 - 4| = 3")
    assert [part.chain for part in number.components] == [(1,), (22, 4)]
    assert [part.label for part in number.components] == ["life_path", "maturity"]
    assert (number.position, number.method, number.reason) == (Position.BRIDGE, "difference_of_roots", None)
    assert bridge(maturity(11, 11), maturity(11, 11)).chain == (0,)


def test_a_missing_number_has_no_bridge() -> None:
    name = letter_name(normalize_name("Ng"))
    for pair in ((soul_urge(name), personality(name)), (personality(name), soul_urge(name))):
        number = bridge(*pair)
        assert (number.value, number.root, number.chain, number.components) == (None, None, (), ())
        assert (number.reason, number.method) == (MissingReason.NUMBER_MISSING, "difference_of_roots")


def test_rational_thought_adds_the_whole_day_to_the_root_of_the_first_name() -> None:
    number = rational_thought(letter_name(normalize_name("Victor Howard Newell")).words[0], 21)
    assert (number.value, number.root, number.calculation) == (9, 9, "6 + 21 = 27 = 9")
    assert (number.position, number.method) == (Position.RATIONAL_THOUGHT, "first_name_root_and_day")
    assert [(part.label, part.chain, len(part.letters)) for part in number.components] == [
        ("VICTOR", (33, 6), 6),
        ("day", (21,), 0),
    ]
    master = rational_thought(letter_name(normalize_name("Ann")).words[0], 20)
    assert (master.chain, master.value, master.root) == ((22,), 22, 4)
