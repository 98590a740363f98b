from __future__ import annotations

from numerology.engine.from_name.digits.hidden_passion import hidden_passion
from numerology.engine.from_name.digits.intensity import Intensity, intensity
from numerology.engine.from_name.digits.karmic_lessons import karmic_lessons
from numerology.engine.from_name.digits.subconscious_self import subconscious_self
from numerology.engine.names.letters import letter_name
from numerology.engine.names.normalize import normalize_name
from numerology.engine.options import CalculationSystem
from numerology.engine.result import Position


def table(name: str, system: CalculationSystem = CalculationSystem.PYTHAGOREAN) -> Intensity:
    return intensity(letter_name(normalize_name(name), system=system))


def test_the_intensity_table_compares_each_digit_with_the_average() -> None:
    found = table("James Paul McCartney")
    assert [(each.digit, each.count) for each in found.digits] == [
        (1, 5),
        (2, 1),
        (3, 4),
        (4, 2),
        (5, 3),
        (6, 0),
        (7, 2),
        (8, 0),
        (9, 1),
    ]
    assert (found.letters, found.average) == (18, 2.0)
    content = found.to_dict()
    assert (content["letters"], content["average"], content["method"]) == (18, 2.0, "letters_per_digit")
    assert [each["digit"] for each in content["digits"] if each["above_average"]] == [1, 3, 5]
    assert content["digits"][0] == {"digit": 1, "count": 5, "letters": "JASAA", "above_average": True}
    # Two fours are exactly the average of eighteen letters.
    assert content["digits"][3] == {"digit": 4, "count": 2, "letters": "MM", "above_average": False}
    assert table("Johannes Albertus Decoz").average == 2.33


def test_a_tie_of_hidden_passions_returns_all() -> None:
    found = hidden_passion(table("Johannes Albertus Decoz"))
    assert (found.numbers, found.count) == ((1, 5), 5)
    content = found.to_dict()
    assert content.pop("intensity") == table("Johannes Albertus Decoz").to_dict()
    assert content == {"numbers": [1, 5], "count": 5, "letters": ["JASAS", "NNEEE"], "method": "highest_count"}
    assert hidden_passion(table("Thomas Cruise Mapother")).numbers == (1,)


def test_karmic_lessons_are_the_missing_digits() -> None:
    lessons = karmic_lessons(table("Jean-Pierre Boisrond"))
    assert lessons.to_dict() == {"numbers": [3, 8], "present": [1, 2, 4, 5, 6, 7, 9], "method": "missing_digits"}
    assert karmic_lessons(table("ABCDEFGHI")).numbers == ()


def test_nine_is_no_lesson_of_a_chaldean_name() -> None:
    assert karmic_lessons(table("Ann", CalculationSystem.CHALDEAN)).numbers == (2, 3, 4, 6, 7, 8)
    assert len(table("Ann", CalculationSystem.CHALDEAN).digits) == 8


def test_the_subconscious_self_is_nine_less_the_lessons() -> None:
    number = subconscious_self(karmic_lessons(table("Johannes Albertus Decoz")))
    assert (number.value, number.root, number.chain, number.calculation) == (8, 8, (8,), "9 - 1 = 8")
    assert (number.position, number.method) == (Position.SUBCONSCIOUS_SELF, "nine_less_lessons")
    assert [component.label for component in number.components] == ["nine", "karmic_lessons"]
    assert subconscious_self(karmic_lessons(table("A"))).value == 1
