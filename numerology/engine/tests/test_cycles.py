from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerology.engine.cycles.ages import age_on
from numerology.engine.cycles.essence import essence, essence_timeline
from numerology.engine.cycles.transits import TransitNames, transit_names, transits
from numerology.engine.errors import BirthDateOutOfRangeError, OnDateOutOfRangeError
from numerology.engine.names.letters import letter_name
from numerology.engine.names.normalize import normalize_name
from numerology.engine.options import SharedLastName
from numerology.engine.result import MissingReason

NAMES = st.lists(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=9), min_size=1, max_size=5).map(" ".join)


def carriers(name: str) -> TransitNames:
    return transit_names(letter_name(normalize_name(name)))


def letters_at(name: str, age: int) -> str:
    return "".join(each.letter.character for each in transits(carriers(name), age).letters)


def test_the_running_letters_of_three_names() -> None:
    running = transits(carriers("Thomas Cruise Mapother"), 20)
    assert running.to_dict() == {
        "age": 20,
        "physical": {"name": "THOMAS", "letter": "A", "value": 1, "from_age": 20, "to_age": 20},
        "mental": {"name": "CRUISE", "letter": "I", "value": 9, "from_age": 15, "to_age": 23},
        "spiritual": {"name": "MAPOTHER", "letter": "H", "value": 8, "from_age": 20, "to_age": 27},
        "shared": False,
        "method": "birthday_to_birthday",
        "reason": None,
    }


def test_a_name_starts_again_after_its_total() -> None:
    assert [letters_at("Ann", age) for age in (0, 1, 5, 6, 10, 11, 12)] == ["A", "N", "N", "N", "N", "A", "N"]


def test_middle_names_run_one_after_the_other() -> None:
    names = carriers("Ann Bo Ada Lee")
    assert (names.first.text, names.middle and names.middle.text, names.last and names.last.text) == (
        "ANN",
        "BO ADA",
        "LEE",
    )
    assert [letters_at("Ann Bo Ada Lee", age)[1] for age in (0, 2, 8, 9, 13, 14)] == ["B", "O", "A", "D", "A", "B"]


def test_particles_belong_to_the_last_name() -> None:
    names = carriers("Anna Maria van der Kalen")
    assert (names.middle and names.middle.text, names.last and names.last.text) == ("MARIA", "VAN DER KALEN")
    shared = carriers("Anna van der Kalen")
    assert (shared.middle, shared.last and shared.last.text) == (None, "VAN DER KALEN")
    assert carriers("Van Kalen").last == carriers("Ann Kalen").last


def test_without_a_middle_name_the_last_name_serves_twice() -> None:
    running = transits(carriers("Ann Lee"), 3)
    assert running.shared
    assert running.mental == running.spiritual
    number = essence(running)
    assert (number.calculation, number.value, number.method) == ("5 + 5 = 10 = 1", 1, "last_name_once")
    assert [each.to_dict() for each in number.alternatives] == [{"method": "last_name_twice", "value": 6, "root": 6}]
    double = essence(running, last_name=SharedLastName.TWICE)
    assert (double.calculation, double.value, double.method) == ("5 + 5 + 5 = 15 = 6", 6, "last_name_twice")
    assert [each.to_dict() for each in double.alternatives] == [{"method": "last_name_once", "value": 1, "root": 1}]
    # A nine counted once more leaves the root where it is.
    assert essence(transits(carriers("Ann Ida"), 0)).alternatives == ()


def test_a_single_name_has_the_physical_transit_only() -> None:
    running = transits(carriers("Ann"), 3)
    assert (running.mental, running.spiritual, running.shared, running.reason) == (None, None, False, None)
    assert running.to_dict()["mental"] is running.to_dict()["spiritual"] is None
    assert essence(running).calculation == "5"
    assert essence(running).alternatives == ()


def test_essence_shows_the_double_digit_and_keeps_masters() -> None:
    number = essence(transits(carriers("Thomas Cruise Mapother"), 20))
    assert (number.value, number.root, number.chain, number.position) == (9, 9, (18, 9), "essence")
    assert [(part.label, part.letters[0].character, part.value) for part in number.components] == [
        ("THOMAS", "A", 1),
        ("CRUISE", "I", 9),
        ("MAPOTHER", "H", 8),
    ]
    master = essence(transits(carriers("Thomas Cruise Mapother"), 10))
    assert (master.chain, master.value, master.root) == ((22,), 22, 4)


def test_before_birth_nothing_runs() -> None:
    running = transits(carriers("Thomas Cruise Mapother"), -1)
    assert (running.letters, running.reason, running.shared) == ((), MissingReason.NOT_BORN_YET, False)
    assert running.to_dict()["physical"] is None
    number = essence(running)
    assert (number.value, number.root, number.chain, number.components) == (None, None, (), ())
    assert number.reason is MissingReason.NOT_BORN_YET
    assert transits(carriers("Thomas Cruise Mapother"), 0).reason is None


def test_the_timeline_of_essence() -> None:
    spans = essence_timeline(carriers("Thomas Cruise Mapother"), last_age=10)
    assert [(span.from_age, span.to_age, span.letters, span.value) for span in spans] == [
        (0, 1, "TCM", 9),
        (2, 2, "HCM", 6),
        (3, 3, "HRM", 3),
        (4, 4, "HRA", 9),
        (5, 9, "HRP", 6),
        (10, 10, "ORP", 22),
    ]
    assert spans[-1].to_dict() == {
        "from_age": 10,
        "to_age": 10,
        "letters": "ORP",
        "value": 22,
        "root": 4,
        "chain": [22],
    }
    assert essence_timeline(carriers("Thomas Cruise Mapother"))[-1].to_age == 100
    assert essence_timeline(carriers("Ann"), last_age=-1) == ()


def test_equal_letters_in_a_row_are_one_span() -> None:
    spans = essence_timeline(carriers("Ann Lee"), last_age=12)
    assert [(span.from_age, span.to_age, span.letters) for span in spans] == [
        (0, 0, "ALL"),
        (1, 2, "NLL"),
        (3, 10, "NEE"),
        (11, 11, "AEE"),
        (12, 12, "NEE"),
    ]
    assert [span.chain for span in spans] == [(4,), (8,), (10, 1), (6,), (10, 1)]
    twice = essence_timeline(carriers("Ann Lee"), last_age=3, last_name=SharedLastName.TWICE)
    assert [span.chain for span in twice] == [(7,), (11,), (15, 6)]


@given(name=NAMES, age=st.integers(min_value=0, max_value=100))
def test_the_timeline_and_the_age_agree(name: str, age: int) -> None:
    names = carriers(name)
    spans = essence_timeline(names)
    assert [span.from_age for span in spans] == [0, *[span.to_age + 1 for span in spans[:-1]]]
    span = next(span for span in spans if span.from_age <= age <= span.to_age)
    running = transits(names, age)
    assert span.letters == "".join(each.letter.character for each in running.letters)
    assert span.chain == essence(running).chain
    assert all(each.from_age <= age <= each.to_age for each in running.letters)
    assert all(each.to_age - each.from_age + 1 == each.letter.value for each in running.letters)


@pytest.mark.parametrize(
    ("on", "age"),
    [
        (date(2026, 5, 9), 36),
        (date(2026, 5, 10), 37),
        (date(2026, 12, 31), 37),
        (date(1989, 5, 10), 0),
        (date(1989, 5, 9), -1),
    ],
)
def test_age_in_whole_years(on: date, age: int) -> None:
    assert age_on(date(1989, 5, 10), on) == age


def test_a_leap_day_comes_round_on_the_first_of_march() -> None:
    born = date(2000, 2, 29)
    assert [age_on(born, on) for on in (date(2023, 2, 28), date(2023, 3, 1), date(2024, 2, 28), date(2024, 2, 29))] == [
        22,
        23,
        23,
        24,
    ]


def test_ages_refuse_what_the_engine_refuses() -> None:
    with pytest.raises(BirthDateOutOfRangeError):
        age_on(date(999, 1, 1), date(2026, 1, 1))
    with pytest.raises(OnDateOutOfRangeError):
        age_on(date(2000, 1, 1), date(999, 1, 1))
