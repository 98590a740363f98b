from __future__ import annotations

from datetime import date
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerology.engine.compatibility.levels import TABLE, Level, level_of
from numerology.engine.compatibility.matrix import MatrixPair, matrix
from numerology.engine.compatibility.numbers import Numbers, compared_numbers, compared_results
from numerology.engine.compatibility.score import (
    POINTS,
    WEIGHTS,
    CompatibilityScore,
    PositionScore,
    Relationship,
    compatibility,
    score_of,
)
from numerology.engine.compatibility.sum_and_difference import sum_and_difference
from numerology.engine.errors import (
    LatinNameRequiredError,
    NothingToCompareError,
    NumberOutOfRangeError,
    UnknownRelationshipError,
    UnknownSystemError,
)
from numerology.engine.options import LetterMarks, LifePathMethod, Options
from numerology.engine.reduction import root
from numerology.engine.result import Position

VALUES = [*range(1, 10), 11, 22, 33]
RISING = [Level.CHALLENGING, Level.NEUTRAL, Level.COMPATIBLE, Level.NATURAL]
RELATIONSHIPS = st.sampled_from(list(Relationship))
POSITIONS = list(WEIGHTS[Relationship.ROMANTIC])
NUMBERS = st.fixed_dictionaries({position: st.sampled_from([*VALUES, None]) for position in POSITIONS}).filter(
    lambda numbers: numbers[Position.LIFE_PATH] is not None
)
LEVELS = st.fixed_dictionaries({position: st.sampled_from([*RISING, None]) for position in POSITIONS}).filter(
    lambda levels: any(levels.values())
)
ALL_ONES = dict.fromkeys(POSITIONS, 1)


def test_the_table_as_it_is_printed() -> None:
    lines = {
        number: " ".join("".join(str(b) for b in range(1, 10) if TABLE[number, b] is level) or "-" for level in Level)
        for number in range(1, 10)
    }
    assert lines == {
        1: "157 39 8 246",
        2: "248 36 9 157",
        3: "369 125 - 478",
        4: "248 67 - 1359",
        5: "157 39 8 246",
        6: "369 248 - 157",
        7: "157 4 9 2368",
        8: "248 6 15 379",
        9: "369 15 27 48",
    }
    assert len(TABLE) == 81


@pytest.mark.parametrize(("a", "b"), list(product(VALUES, VALUES)))
def test_levels_are_symmetric_and_masters_stand_for_their_roots(a: int, b: int) -> None:
    assert level_of(a, b) is level_of(b, a) is TABLE[root(a), root(b)]


@pytest.mark.parametrize("number", [-1, 0, 10, 12, 44])
def test_numbers_that_are_none_are_refused(number: int) -> None:
    with pytest.raises(NumberOutOfRangeError) as first:
        level_of(number, 1)
    with pytest.raises(NumberOutOfRangeError) as second:
        level_of(1, number)
    assert (first.value.field, second.value.field) == ("a", "b")
    assert first.value.code == "number_out_of_range"


@pytest.mark.parametrize(
    ("a", "b", "chain", "difference", "calculation"),
    [
        (4, 7, (11,), 3, "4 + 7 = 11; 7 - 4 = 3"),
        (8, 5, (13, 4), 3, "5 + 8 = 13 = 4; 8 - 5 = 3"),
        (9, 9, (18, 9), 0, "9 + 9 = 18 = 9; 9 - 9 = 0"),
        (11, 11, (22,), 0, "11 + 11 = 22; 2 - 2 = 0"),
        (22, 11, (33,), 2, "11 + 22 = 33; 4 - 2 = 2"),
        (33, 1, (34, 7), 5, "1 + 33 = 34 = 7; 6 - 1 = 5"),
        (1, 9, (10, 1), 8, "1 + 9 = 10 = 1; 9 - 1 = 8"),
    ],
)
def test_sum_and_difference(a: int, b: int, chain: tuple[int, ...], difference: int, calculation: str) -> None:
    found = sum_and_difference(a, b)
    assert found == sum_and_difference(b, a)
    assert (found.chain, found.sum, found.difference) == (chain, chain[-1], difference)
    assert found.to_dict() == {
        "sum": chain[-1],
        "sum_root": root(chain[-1]),
        "sum_chain": list(chain),
        "difference": difference,
        "calculation": calculation,
        "method": "decoz_sum_and_bridge",
    }


def test_sums_and_differences_stay_in_their_ranges() -> None:
    found = [sum_and_difference(a, b) for a, b in product(VALUES, VALUES)]
    assert {each.sum for each in found} == set(VALUES)
    assert {each.difference for each in found} == set(range(9))


def test_the_compared_numbers_of_a_person() -> None:
    # 5 + 1 + 5 = 11; names 22 + 2 + 1 = 7; born on a 10th; 5 + 10 = 15.
    found = compared_numbers(name="Thomas John Hancock", birth_date=date(1949, 5, 10))
    assert found == {
        Position.LIFE_PATH: 11,
        Position.DESTINY: 7,
        Position.SOUL_URGE: 2,
        Position.PERSONALITY: 5,
        Position.BIRTHDAY: 1,
        Position.ATTITUDE: 6,
    }
    results = compared_results(name="Thomas John Hancock", birth_date=date(1949, 5, 10))
    assert {position: result.position for position, result in results.items()} == {each: each for each in POSITIONS}
    assert results[Position.LIFE_PATH].calculation == "5 + 1 + 5 = 11"


def test_the_system_and_the_options_count() -> None:
    chaldean = compared_numbers(name="John Smith", birth_date=date(1961, 8, 4), system="chaldean")
    assert chaldean[Position.DESTINY] == 8
    options = Options(life_path=LifePathMethod.ALL_DIGITS)
    digits = compared_numbers(name="Ann Lee", birth_date=date(1961, 8, 4), options=options)
    assert (digits[Position.LIFE_PATH], chaldean[Position.LIFE_PATH]) == (11, 2)
    marked = Options(letter_marks=LetterMarks.OBEYED)
    assert compared_numbers(name="Kay*", birth_date=date(1961, 8, 4), options=marked)[Position.SOUL_URGE] == 8
    assert compared_numbers(name="Kay*", birth_date=date(1961, 8, 4))[Position.SOUL_URGE] == 1
    with pytest.raises(UnknownSystemError):
        compared_numbers(name="Ann Lee", birth_date=date(1961, 8, 4), system="xyz")
    with pytest.raises(LatinNameRequiredError):
        compared_numbers(name="李明", birth_date=date(1961, 8, 4))


def test_weights_are_percents() -> None:
    assert {sum(weights.values()) for weights in WEIGHTS.values()} == {100}
    assert set(WEIGHTS) == set(Relationship)
    assert len({tuple(weights.items()) for weights in WEIGHTS.values()}) == 4
    assert WEIGHTS[Relationship.ROMANTIC][Position.SOUL_URGE] == 30
    assert WEIGHTS[Relationship.BUSINESS][Position.DESTINY] == 35
    assert WEIGHTS[Relationship.FRIENDSHIP][Position.PERSONALITY] == 20
    assert WEIGHTS[Relationship.FAMILY][Position.ATTITUDE] == 15


A_PERSON: Numbers = dict(zip(POSITIONS, (11, 7, 2, 5, 1, 6), strict=True))
ANOTHER: Numbers = dict(zip(POSITIONS, (7, 9, 6, 3, 8, 2), strict=True))


@pytest.mark.parametrize(
    ("relationship", "total", "score"),
    [
        # Levels: challenging, neutral, compatible, compatible, neutral, compatible.
        ("romantic", 30 * 0.25 + 10 * 0.5 + 30 * 0.75 + 15 * 0.75 + 10 * 0.5 + 5 * 0.75, 55),
        ("business", 20 * 0.25 + 35 * 0.5 + 5 * 0.75 + 15 * 0.75 + 15 * 0.5 + 10 * 0.75, 53),
        ("friendship", 25 * 0.25 + 10 * 0.5 + 20 * 0.75 + 20 * 0.75 + 10 * 0.5 + 15 * 0.75, 58),
        ("family", 30 * 0.25 + 10 * 0.5 + 25 * 0.75 + 5 * 0.75 + 15 * 0.5 + 15 * 0.75, 54),
    ],
)
def test_a_score_is_the_weighted_mean_of_its_levels(relationship: str, total: float, score: int) -> None:
    result = compatibility(A_PERSON, ANOTHER, relationship)
    assert (result.total, result.score) == (total, score)
    assert sum(each.contribution for each in result.positions) == total
    assert [each.share for each in result.positions] == list(WEIGHTS[Relationship(relationship)].values())


def test_the_breakdown_explains_the_score() -> None:
    result = compatibility(ANOTHER, A_PERSON, "romantic")
    told = result.to_dict()
    assert told["positions"][0] == {
        "position": "life_path",
        "numbers": [7, 11],
        "level": "challenging",
        "points": 25,
        "weight": 30,
        "share": 30.0,
        "contribution": 7.5,
        "masters": [11],
        "is_left_out": False,
    }
    del told["positions"]
    assert told == {
        "relationship_type": "romantic",
        "score": 55,
        "level": "neutral",
        "total": 55.0,
        "is_reweighted": False,
        "method": "table_natural_compatible_neutral_challenge",
        "version": "1",
    }


def test_a_missing_number_is_left_out_and_the_others_weigh_more() -> None:
    mute = dict(A_PERSON) | {Position.SOUL_URGE: None}
    for result in (compatibility(mute, ANOTHER, "romantic"), compatibility(ANOTHER, mute, "romantic")):
        left_out = result.positions[2]
        assert (left_out.numbers, left_out.level, left_out.points, left_out.weight) == ((6, None), None, 0, 30)
        assert (left_out.share, left_out.contribution) == (0, 0)
        assert (result.total, result.score) == (46.43, 46)  # 32.5 of 70
        assert [each.share for each in result.positions] == [42.86, 14.29, 0, 21.43, 14.29, 7.14]
        assert [each.contribution for each in result.counted] == [10.71, 7.14, 16.07, 7.14, 5.36]
        assert result.to_dict()["is_reweighted"] is True
        assert left_out.to_dict()["is_left_out"] is True


def test_halves_are_rounded_up() -> None:
    levels: dict[Position, Level | None] = dict.fromkeys(POSITIONS, Level.NATURAL)
    levels[Position.PERSONALITY] = Level.COMPATIBLE
    levels[Position.DESTINY] = Level.COMPATIBLE
    # 15 and 10 percent lose a quarter each.
    assert score_of(levels, Relationship.ROMANTIC) == (94, 93.75)
    levels[Position.PERSONALITY] = Level.NATURAL
    assert score_of(levels, Relationship.ROMANTIC) == (98, 97.5)
    levels[Position.DESTINY] = Level.NEUTRAL
    levels[Position.ATTITUDE] = Level.COMPATIBLE
    assert score_of(levels, Relationship.ROMANTIC) == (94, 93.75)
    levels[Position.ATTITUDE] = Level.CHALLENGING
    assert score_of(levels, Relationship.ROMANTIC) == (91, 91.25)


def test_the_best_and_the_hardest() -> None:
    assert compatibility(ALL_ONES, ALL_ONES, "family").score == 100
    assert compatibility(ALL_ONES, dict.fromkeys(POSITIONS, 22), "family").score == 25
    assert (min(POINTS.values()), max(POINTS.values())) == (25, 100)


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (100, "natural"),
        (75, "natural"),
        (74, "compatible"),
        (60, "compatible"),
        (59, "neutral"),
        (45, "neutral"),
        (44, "challenging"),
        (25, "challenging"),
    ],
)
def test_a_score_has_a_level_too(score: int, level: str) -> None:
    result = CompatibilityScore(relationship=Relationship.FAMILY, score=score, total=float(score), positions=())
    assert result.level == level


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(NothingToCompareError):
        compatibility({}, ALL_ONES, "romantic")
    with pytest.raises(UnknownRelationshipError) as refused:
        compatibility(ALL_ONES, ALL_ONES, "enemies")
    assert (refused.value.code, refused.value.field) == ("relationship_unknown", "relationship")
    with pytest.raises(UnknownRelationshipError):
        matrix([], "enemies")
    with pytest.raises(NumberOutOfRangeError):
        compatibility(ALL_ONES, ALL_ONES | {Position.BIRTHDAY: 10}, "romantic")


@given(a=NUMBERS, b=NUMBERS, relationship=RELATIONSHIPS)
def test_nobody_comes_first_and_scores_are_scores(a: Numbers, b: Numbers, relationship: Relationship) -> None:
    result = compatibility(a, b, relationship)
    assert result == compatibility(b, a, relationship)
    assert 25 <= result.score <= 100
    assert abs(result.score - result.total) <= 0.5
    assert abs(sum(each.contribution for each in result.positions) - result.total) < 0.04
    assert abs(sum(each.share for each in result.positions) - 100) < 0.04
    assert all(each.contribution <= each.share for each in result.positions)


@given(levels=LEVELS, relationship=RELATIONSHIPS, data=st.data())
def test_raising_a_level_never_lowers_the_score(
    levels: dict[Position, Level | None], relationship: Relationship, data: st.DataObject
) -> None:
    position = data.draw(st.sampled_from([each for each in POSITIONS if levels[each]]))
    scores = [score_of(levels | {position: level}, relationship) for level in RISING]
    assert scores == sorted(scores)


@given(a=NUMBERS, b=NUMBERS, relationship=RELATIONSHIPS)
def test_a_master_scores_as_its_root(a: Numbers, b: Numbers, relationship: Relationship) -> None:
    roots: Numbers = {position: value and root(value) for position, value in a.items()}
    assert compatibility(a, b, relationship).score == compatibility(roots, b, relationship).score


@given(people=st.lists(NUMBERS, max_size=12), relationship=RELATIONSHIPS, data=st.data())
def test_a_matrix_is_the_same_in_any_order(
    people: list[Numbers], relationship: Relationship, data: st.DataObject
) -> None:
    pairs = {(pair.a, pair.b): pair.result for pair in matrix(people, relationship)}
    assert list(pairs) == list(combinations(range(len(people)), 2))
    order = data.draw(st.permutations(range(len(people))))
    for pair in matrix([people[place] for place in order], relationship):
        low, high = sorted((order[pair.a], order[pair.b]))
        assert pair.result == pairs[low, high]


def test_a_matrix_holds_the_scores_of_its_pairs() -> None:
    found = matrix([A_PERSON, ANOTHER, ALL_ONES], "friendship")
    assert found[0] == MatrixPair(0, 1, compatibility(A_PERSON, ANOTHER, "friendship"))
    assert [(pair.a, pair.b) for pair in found] == [(0, 1), (0, 2), (1, 2)]
    assert isinstance(found[2].result, CompatibilityScore)
    assert isinstance(found[2].result.positions[0], PositionScore)
