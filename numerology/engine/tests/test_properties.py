from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerology.engine import CalculationSystem, Chart, Options, chart, personal_cycle
from numerology.engine.errors import LatinNameRequiredError, NameWithoutLettersError
from numerology.engine.from_name.destiny import destiny
from numerology.engine.from_name.personality import personality
from numerology.engine.from_name.soul_urge import soul_urge
from numerology.engine.names.letters import PYTHAGOREAN, letter_name
from numerology.engine.names.normalize import normalize_name
from numerology.engine.options import LetterMarks, MasterPolicy, NameMethod, VowelRule
from numerology.engine.reduction import MASTERS, chain_of, digit_sum, root

DATES = st.dates(min_value=date(1000, 1, 1), max_value=date(9999, 12, 31))
LATIN_NAMES = st.lists(st.text(ascii_uppercase, min_size=1, max_size=12), min_size=1, max_size=6).map(" ".join)
SYSTEMS = st.sampled_from(list(CalculationSystem))
RULES = st.sampled_from(list(VowelRule))
TODAY = date(2026, 11, 20)


def chart_of(name: str, born: date = date(1990, 5, 15), on: date = TODAY, options: Options | None = None) -> Chart:
    return chart(name=name, birth_date=born, on_date=on, options=options or Options())


@given(name=st.text(max_size=60), born=DATES, on=DATES, system=SYSTEMS, rule=RULES)
def test_any_text_gives_a_chart_or_an_engine_error(
    name: str, born: date, on: date, system: CalculationSystem, rule: VowelRule
) -> None:
    options = Options(vowels=rule, letter_marks=LetterMarks.OBEYED)
    try:
        result = chart(name=name, birth_date=born, on_date=on, system=system, options=options, current_name=name)
    except (LatinNameRequiredError, NameWithoutLettersError):
        return
    assert set("".join(result.name.words)) <= set(ascii_uppercase)
    assert result.destiny.value is not None
    assert result.minor_destiny is not None
    assert result.minor_destiny.chain == result.destiny.chain
    assert result.to_json() == chart_again(result).to_json()


@given(rest=st.text(ascii_uppercase + " -'", min_size=199, max_size=199), born=DATES)
def test_names_of_two_hundred_characters_have_charts(rest: str, born: date) -> None:
    result = chart_of(f"A{rest}", born)
    letters = "".join(result.name.words)
    assert sum(len(part.letters) for part in result.destiny.components) == len(letters)
    assert result.destiny.root == root(sum(PYTHAGOREAN[letter] for letter in letters))


def chart_again(made: Chart) -> Chart:
    assert made.current_name is not None
    return chart(
        name=made.name.original,
        birth_date=made.birth_date,
        on_date=made.on_date,
        system=made.system.value,
        options=made.options,
        current_name=made.current_name.original,
    )


@given(name=st.text("BCDFGHJKLMNPQRSTVXZ ", min_size=1, max_size=40).filter(str.strip), born=DATES, on=DATES)
def test_names_of_consonants_alone_have_charts(name: str, born: date, on: date) -> None:
    result = chart_of(name, born, on)
    assert (result.soul_urge.value, result.first_vowel.value) == (None, None)
    assert result.bridges.soul_urge_personality.value is None
    assert result.personality.chain == result.destiny.chain
    assert all(plane.letters[0] == plane.letters[0].strip("AEIOU") for plane in result.planes.planes)
    assert result.subconscious_self.value == 9 - len(result.karmic_lessons.numbers)
    assert (result.essence.value is None) == (result.age < 0)


@given(name=st.text(st.characters(codec="latin-1"), max_size=40))
def test_spelling_case_and_outer_space_do_not_count(name: str) -> None:
    try:
        words = normalize_name(name).words
    except NameWithoutLettersError:
        return
    assert normalize_name(f"  {name} ").words == words
    assert normalize_name(" ".join(words)).words == words


@given(name=LATIN_NAMES, rule=RULES, system=SYSTEMS)
def test_the_way_of_adding_never_changes_the_root(name: str, rule: VowelRule, system: CalculationSystem) -> None:
    lettered = letter_name(normalize_name(name), system=system, vowel_rule=rule)
    for calculate in (destiny, soul_urge, personality):
        results = [
            calculate(lettered, options=Options(name_method=method, name_masters=masters))
            for method in NameMethod
            for masters in MasterPolicy
        ]
        assert len({each.root for each in results}) == 1
        assert {each.value for each in results} <= {results[0].root, *MASTERS}


@given(name=LATIN_NAMES, rule=RULES)
def test_vowels_and_consonants_make_up_the_name(name: str, rule: VowelRule) -> None:
    lettered = letter_name(normalize_name(name), vowel_rule=rule)
    options = Options(name_method=NameMethod.ALL_LETTERS)
    parts = [
        each.chain[0]
        for each in (soul_urge(lettered, options=options), personality(lettered, options=options))
        if each.chain
    ]
    assert sum(parts) == destiny(lettered, options=options).chain[0]


@given(number=st.integers(min_value=0, max_value=10**12))
def test_the_root_is_the_repeated_digit_sum(number: int) -> None:
    chain = chain_of(number, MasterPolicy.REDUCE)
    assert chain[0] == number
    assert chain[-1] == root(number) < 10
    assert all(digit_sum(before) == after for before, after in pairwise(chain))
    kept = chain_of(number, MasterPolicy.KEEP)
    assert kept == chain[: len(kept)]
    assert kept[-1] < 10 or kept[-1] in MASTERS


@given(born=DATES)
def test_the_personal_year_advances_by_one_and_returns_after_nine(born: date) -> None:
    years = [personal_cycle(born, date(year, 6, 1)).year.value for year in range(2020, 2030)]
    assert sorted(filter(None, years[:9])) == list(range(1, 10))
    assert years[9] == years[0]
    assert all(after == before % 9 + 1 for before, after in pairwise(years) if before is not None and after is not None)


@given(born=DATES, on=DATES)
def test_values_stay_in_their_ranges(born: date, on: date) -> None:
    result = chart_of("Maria Kay", born, on)
    for number in result.numbers:
        assert number.value is not None
        assert number.root is not None
        assert 1 <= number.root <= 9
        assert number.value <= 9 or number.value in MASTERS
        assert root(number.value) == number.root
    for number in (result.attitude, result.balance, result.personal_year, result.personal_month, result.personal_day):
        assert number.value == number.root


@given(year=st.integers(min_value=1000, max_value=9999))
def test_leap_days_have_charts(year: int) -> None:
    last_of_february = date(year, 3, 1) - timedelta(days=1)
    result = chart_of("Ann", last_of_february, last_of_february)
    assert result.life_path.value is not None
    assert result.birthday.chain[0] in {28, 29}


@pytest.mark.parametrize("system", list(CalculationSystem))
@pytest.mark.parametrize("letter", ascii_uppercase)
def test_single_letters_have_charts(letter: str, system: CalculationSystem) -> None:
    result = chart(name=letter, birth_date=TODAY, on_date=TODAY, system=system)
    assert result.destiny.value == result.balance.value
    assert (result.soul_urge.value is None) != (result.personality.value is None)
