"""Period Cycles, Pinnacles and Challenges."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerology.engine.errors import BirthDateOutOfRangeError
from numerology.engine.from_date.challenges import challenges, challenges_of
from numerology.engine.from_date.life_path import life_path
from numerology.engine.from_date.period_cycles import period_cycles, period_start_ages
from numerology.engine.from_date.personal_year import personal_year
from numerology.engine.from_date.pinnacles import pinnacle_start_ages, pinnacles
from numerology.engine.options import MasterPolicy, PeriodStarts, PinnacleAges, PinnacleMethod
from numerology.engine.reduction import MASTERS
from numerology.engine.result import Alternative, Position
from numerology.engine.stages import stage_at

DATES = st.dates(min_value=date(1000, 1, 1), max_value=date(9999, 12, 31))
NEAREST = PeriodStarts.NEAREST_PERSONAL_YEAR_1


def test_period_cycles_name_their_part_of_life() -> None:
    first, second, third = period_cycles(date(1962, 7, 3))
    assert [each.number.value for each in (first, second, third)] == [7, 3, 9]
    assert [each.name for each in (first, second, third)] == ["formative", "productive", "harvest"]
    assert [(each.place, each.start_age, each.end_age) for each in (first, second, third)] == [
        (1, 0, 26),
        (2, 27, 53),
        (3, 54, None),
    ]
    assert third.number.chain == (1962, 18, 9)
    assert third.number.position is Position.PERIOD_CYCLE
    assert third.number.method == "life_path_table"


def test_periods_keep_masters_and_show_debts() -> None:
    month, day, year = period_cycles(date(1975, 11, 13))
    assert [part.number.value for part in (month, day, year)] == [11, 4, 22]
    assert [part.number.root for part in (month, day, year)] == [2, 4, 4]
    assert [part.number.karmic_debt for part in (month, day, year)] == [None, 13, None]


@pytest.mark.parametrize(
    ("path", "ages"),
    [
        (1, (0, 27, 54)),
        (2, (0, 26, 53)),
        (3, (0, 34, 61)),
        (4, (0, 33, 60)),
        (5, (0, 32, 59)),
        (6, (0, 31, 58)),
        (7, (0, 30, 57)),
        (8, (0, 29, 56)),
        (9, (0, 28, 55)),
        (11, (0, 26, 53)),
        (22, (0, 33, 60)),
        (33, (0, 31, 58)),
    ],
)
def test_table_of_period_ages(path: int, ages: tuple[int, int, int]) -> None:
    assert period_start_ages(path) == ages


def test_nearest_personal_year_differs_for_the_threes_and_fours() -> None:
    ages = {path: period_start_ages(path, starts=NEAREST) for path in range(1, 10)}
    assert ages == {
        1: (0, 27, 54),
        2: (0, 26, 53),
        3: (0, 25, 52),
        4: (0, 24, 60),
        5: (0, 32, 59),
        6: (0, 31, 58),
        7: (0, 30, 57),
        8: (0, 29, 56),
        9: (0, 28, 55),
    }
    assert [stage.start_age for stage in period_cycles(date(2000, 1, 9), starts=NEAREST)] == [0, 25, 52]


@given(born=st.dates(min_value=date(1000, 1, 1), max_value=date(9930, 12, 31)))
def test_both_ways_begin_in_a_personal_year_1(born: date) -> None:
    for starts in PeriodStarts:
        _, second, third = period_cycles(born, starts=starts)
        for age in (second.start_age, third.start_age):
            assert personal_year(born, date(born.year + age, 1, 1)).value == 1
    assert all(
        abs(stage.start_age - near) <= 4
        for stage, near in zip(period_cycles(born, starts=NEAREST)[1:], (28, 56), strict=True)
    )


def test_pinnacles_keep_masters() -> None:
    stages = pinnacles(date(1949, 5, 15))
    assert [stage.number.value for stage in stages] == [11, 11, 22, 1]
    assert [stage.number.root for stage in stages] == [2, 2, 4, 1]
    assert [stage.number.calculation for stage in stages] == [
        "5 + 6 = 11",
        "6 + 5 = 11",
        "11 + 11 = 22",
        "5 + 5 = 10 = 1",
    ]
    assert [part.label for part in stages[2].number.components] == ["pinnacle_1", "pinnacle_2"]
    assert [part.label for part in stages[3].number.components] == ["month", "year"]


def test_root_pinnacles_lose_masters() -> None:
    values = [stage.number.value for stage in pinnacles(date(1949, 5, 15), method=PinnacleMethod.ROOTS)]
    assert values == [11, 11, 4, 1]
    kept = pinnacles(date(1990, 11, 10))[0].number
    lost = pinnacles(date(1990, 11, 10), method=PinnacleMethod.ROOTS)[0].number
    assert (kept.chain, lost.chain, kept.root) == ((12, 3), (3,), 3)
    assert lost.method == "sum_of_roots+first_ends_at_36_minus_life_path"


def test_pinnacle_shows_the_debt_of_its_sum() -> None:
    first = pinnacles(date(2000, 11, 5))[0].number
    assert (first.value, first.karmic_debt, first.position) == (7, 16, Position.PINNACLE)


def test_pinnacle_ages() -> None:
    stages = pinnacles(date(1950, 10, 16))
    assert [(stage.start_age, stage.end_age) for stage in stages] == [(0, 31), (32, 40), (41, 49), (50, None)]
    assert [stage.name for stage in stages] == ["first", "second", "third", "fourth"]
    assert pinnacle_start_ages(11) == (0, 35, 44, 53)
    assert pinnacle_start_ages(9) == (0, 28, 37, 46)
    assert pinnacle_start_ages(5, ages=PinnacleAges.SECOND_STARTS) == (0, 31, 40, 49)
    later = pinnacles(date(1950, 10, 16), ages=PinnacleAges.SECOND_STARTS)
    assert [stage.end_age for stage in later] == [30, 39, 48, None]


def test_the_stage_that_rules_at_an_age() -> None:
    stages = pinnacles(date(1950, 10, 16))
    assert [stage_at(age, stages).place for age in (-1, 0, 31, 32, 40, 41, 49, 50, 120)] == [1, 1, 1, 2, 2, 3, 3, 4, 4]


def test_stage_as_plain_values() -> None:
    told = pinnacles(date(1950, 10, 16))[1].to_dict()
    assert {key: told[key] for key in ("place", "name", "start_age", "end_age")} == {
        "place": 2,
        "name": "second",
        "start_age": 32,
        "end_age": 40,
    }
    assert told["number"]["calculation"] == "7 + 6 = 13 = 4"


@given(born=DATES)
def test_stages_follow_one_another(born: date) -> None:
    for stages in (pinnacles(born), period_cycles(born)):
        assert stages[0].start_age == 0
        assert stages[-1].end_age is None
        assert all(before.end_age == after.start_age - 1 for before, after in pairwise(stages))
        assert all(stage.number.value in {*range(1, 10), *MASTERS} for stage in stages)
    path = life_path(born).root
    assert path is not None
    assert pinnacles(born)[0].end_age == 36 - path


def test_challenges_have_roles_and_no_ages() -> None:
    told = [challenge.to_dict() for challenge in challenges(date(1962, 12, 5))]
    assert [(each["place"], each["role"], each["phase"], each["approximate"]) for each in told] == [
        (1, "first", "early", True),
        (2, "second", "mid", True),
        (3, "main", "whole_life", True),
        (4, "last", "late", True),
    ]
    assert [each["number"]["value"] for each in told] == [2, 4, 2, 6]
    assert [each["read_as"] for each in told] == [2, 4, 2, 6]
    assert [each["number"]["calculation"] for each in told] == [
        "|3 - 5| = 2",
        "|5 - 9| = 4",
        "|2 - 4| = 2",
        "|3 - 9| = 6",
    ]
    assert [part["label"] for part in told[2]["number"]["components"]] == ["challenge_1", "challenge_2"]


def test_a_zero_is_read_with_the_quality_of_nine() -> None:
    first, second, *_ = challenges(date(1985, 7, 25))
    assert (first.number.value, first.number.root, first.read_as) == (0, 0, 9)
    assert (second.number.value, second.read_as) == (2, 2)
    assert second.number.calculation == "7 - 5 = 2"


def test_challenges_with_masters_in_the_parts() -> None:
    born = date(2000, 12, 29)
    assert [each.number.value for each in challenges(born)] == [1, 0, 1, 1]
    assert [each.number.value for each in challenges(born, masters=MasterPolicy.KEEP)] == [8, 9, 1, 1]
    far = challenges(date(1970, 1, 22), masters=MasterPolicy.KEEP)[0].number
    assert (far.chain, far.value, far.root) == ((21, 3), 3, 3)


def test_challenges_of_single_parts() -> None:
    assert [each.number.value for each in challenges_of(3, 4, 1)] == [1, 3, 2, 2]


@given(born=DATES)
def test_challenges_stay_between_0_and_8(born: date) -> None:
    values = [challenge.number.chain[-1] for challenge in challenges(born)]
    assert all(0 <= value <= 8 for value in values)
    assert values[2] == abs(values[0] - values[1])


def test_years_need_four_digits() -> None:
    for calculate in (challenges, period_cycles, pinnacles):
        with pytest.raises(BirthDateOutOfRangeError):
            calculate(date(999, 12, 31))


def test_the_parts_are_named() -> None:
    born = date(1962, 7, 3)
    assert [[part.label for part in stage.number.components] for stage in period_cycles(born)] == [
        ["month"],
        ["day"],
        ["year"],
    ]
    assert [[part.label for part in stage.number.components] for stage in pinnacles(born)] == [
        ["month", "day"],
        ["day", "year"],
        ["pinnacle_1", "pinnacle_2"],
        ["month", "year"],
    ]
    assert [[part.label for part in challenge.number.components] for challenge in challenges(born)] == [
        ["month", "day"],
        ["day", "year"],
        ["challenge_1", "challenge_2"],
        ["month", "year"],
    ]


def test_the_other_method_is_told_where_it_differs() -> None:
    kept, reduced = MasterPolicy.KEEP, MasterPolicy.REDUCE
    for masters, other in ((kept, reduced), (reduced, kept)):
        chosen, compared = (challenges(date(2000, 12, 29), masters=each) for each in (masters, other))
        assert [number_told(each.number.alternatives) for each in chosen] == [
            [(other, there.number.value)] if there.number.value != here.number.value else []
            for here, there in zip(chosen, compared, strict=True)
        ]
    roots, values = PinnacleMethod.ROOTS, PinnacleMethod.VALUES
    for born in (date(1949, 5, 15), date(2000, 12, 29), date(1975, 11, 22)):
        here, there = pinnacles(born, method=values), pinnacles(born, method=roots)
        for one, two in zip(here, there, strict=True):
            differs = one.number.value != two.number.value
            assert [each.value for each in one.number.alternatives] == ([two.number.value] if differs else [])
            assert [each.value for each in two.number.alternatives] == ([one.number.value] if differs else [])


def number_told(alternatives: tuple[Alternative, ...]) -> list[tuple[str, int | None]]:
    return [(each.method, each.value) for each in alternatives]
