from __future__ import annotations

from datetime import date

from numerology.engine.combined.karmic_debts import component_debts, karmic_debts
from numerology.engine.combined.maturity import maturity
from numerology.engine.from_date.birthday import birthday
from numerology.engine.from_date.life_path import life_path
from numerology.engine.options import MaturityMethod
from numerology.engine.result import Position


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
