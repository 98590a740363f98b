"""What pictures show, in the API documentation: Thomas John Hancock, born 10 May 1949, in short."""

from typing import Any

PERSON = {
    "name": "Thomas John Hancock",
    "counted_as": "THOMAS JOHN HANCOCK",
    "birth_date": "1949-05-10",
    "calculation_system": "pythagorean",
}


def _shown(title: str, description: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "description": description, "person": PERSON, **more}


BIRTH_CHART = _shown(
    "Birth chart of Thomas John Hancock",
    "The nine numbers of Thomas John Hancock, born on 10 May 1949: Life Path 11, Destiny 7, Soul Urge 2.",
    on_date="2026-11-20",
    numbers=[
        {
            "position": "life_path",
            "label": "Life Path",
            "value": 11,
            "is_master": True,
            "karmic_debt": None,
            "calculation": "5 + 1 + 5 = 11",
            "meaning": "A short heading",
        }
    ],
)
LO_SHU = _shown(
    "Lo Shu grid of Thomas John Hancock",
    "The Lo Shu grid of Thomas John Hancock, born on 10 May 1949, with 1 (3 times), 9 (2 times). Missing: 3, 6, 7, 8.",
    fill="digits_plus_driver_conductor",
    cells=[[{"digit": 4, "count": 1}, {"digit": 9, "count": 2}, {"digit": 2, "count": 1}]],
    lines=[{"key": "951", "kind": "column", "digits": [9, 5, 1], "name": "will", "present": 3, "state": "full"}],
    missing=[3, 6, 7, 8],
    repeated=[1, 9],
)
SPAN = {"value": 5, "calculation": "5", "start_age": 0, "end_age": 25, "start_year": 1949, "is_current": False}
CYCLES = _shown(
    "Life cycles of Thomas John Hancock",
    "The life cycles of Thomas John Hancock, born on 10 May 1949, from birth through the age of 100.",
    on_date="2026-11-20",
    age=77,
    exact_age=77.53,
    period_cycles=[{"name": "formative", **SPAN}],
    pinnacles=[{"name": "first", **SPAN, "value": 6, "calculation": "5 + 1 = 6", "end_age": 34}],
    challenges=[
        {
            "name": "main",
            "phase": "whole_life",
            "value": 0,
            "read_as": 9,
            "calculation": "4 - 4 = 0",
            "start_age": 0,
            "end_age": None,
        }
    ],
    essence=[
        {"letters": "TJH", "value": 11, "start_age": 0, "end_age": 0, "start_year": 1949, "is_current": False},
    ],
    personal_years=[{"year": 2026, "value": 7, "is_current": True}],
)
NAME = _shown(
    "Letters of Thomas John Hancock",
    "The pythagorean values of the letters of Thomas John Hancock: JOHN is 1 6 8 5. Destiny 7.",
    vowel_rule="decoz",
    words=[
        {
            "word": "JOHN",
            "letters": [
                {"letter": "J", "value": 1, "is_vowel": False},
                {"letter": "O", "value": 6, "is_vowel": True},
                {"letter": "H", "value": 8, "is_vowel": False},
                {"letter": "N", "value": 5, "is_vowel": False},
            ],
            "all_letters": [20, 2],
            "vowels": [6],
            "consonants": [14, 5],
        }
    ],
    numbers=[
        {
            "position": "destiny",
            "label": "Destiny",
            "value": 7,
            "counts": "all letters",
            "calculation": "22 + 2 + 1 = 25 = 7",
        }
    ],
)
COMPATIBILITY = {
    "title": "Compatibility of Thomas John Hancock and Ann Lee",
    "description": "Thomas John Hancock and Ann Lee, romantic: 59 of 100, neutral. What each position brings: "
    "Life Path natural with 30 of 30.",
    "your_name": "Thomas John Hancock",
    "partner_name": "Ann Lee",
    "your_birth_date": "1949-05-10",
    "partner_birth_date": "1961-08-04",
    "relationship_type": "romantic",
    "score": 59,
    "level": "neutral",
    "heading": "What these two Life Paths are to each other",
    "positions": [
        {
            "position": "life_path",
            "label": "Life Path",
            "you": 11,
            "partner": 2,
            "level": "natural",
            "points": 100,
            "share": 30.0,
            "contribution": 30.0,
        }
    ],
}
