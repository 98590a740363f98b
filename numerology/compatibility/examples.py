"""Bodies and answers shown in the API documentation: Alice, born 17 March 1985, and Bob, born 15 August 1990."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

GIVEN = {"partner_name": "Bob Stone", "partner_birth_date": "1990-08-15", "relationship_type": "romantic"}
LEVELS = {
    "life_path": "challenging",
    "destiny": "neutral",
    "soul_urge": "compatible",
    "personality": "natural",
    "birthday": "compatible",
    "attitude": "challenging",
}


def _position(position: str, you: int, partner: int, points: int, weight: int) -> dict[str, Any]:
    return {
        "position": position,
        "you": you,
        "partner": partner,
        "level": LEVELS[position],
        "points": points,
        "weight": weight,
        "share": float(weight),
        "contribution": points * weight / 100,
        "masters": [],
        "is_left_out": False,
    }


CHECK = {
    "id": "4f0a8f5e-2a2b-4a1d-8a35-5b2f2f4f7d10",
    "user": "0b8f6c1e-4a52-4a53-9a2b-6a3a7d9f2c11",
    "full_name": "Alice Marie Johnson",
    "latin_name": "",
    "birth_date": "1985-03-17",
    **GIVEN,
    "partner_latin_name": "",
    "calculation_system": "pythagorean",
    "compatibility_score": 59,
    "title": "What these two Life Paths are to each other",
    "summary": "How you two get on, in a paragraph.",
    "strengths": ["Something that comes easily to you two"],
    "challenges": ["Something that asks for work"],
    "advice": "What to try together, by the score and by the position that asks for most.",
    "breakdown": {
        "score": 59,
        "level": "neutral",
        "total": 58.75,
        "positions": [
            _position("life_path", 7, 6, 25, 30),
            _position("destiny", 9, 2, 50, 10),
            _position("soul_urge", 6, 8, 75, 30),
            _position("personality", 3, 3, 100, 15),
            _position("birthday", 8, 6, 75, 10),
            _position("attitude", 2, 5, 25, 5),
        ],
        "is_reweighted": False,
        "method": "table_natural_compatible_neutral_challenge",
        "version": "1",
    },
    "together": {
        "sum": 4,
        "sum_root": 4,
        "sum_chain": [13, 4],
        "difference": 1,
        "calculation": "6 + 7 = 13 = 4; 7 - 6 = 1",
        "method": "decoz_sum_and_bridge",
        "sum_title": "What you make together",
        "sum_text": "What the sum of the two Life Paths says.",
        "difference_title": "The step between you",
        "difference_text": "What the difference of the two Life Paths says.",
    },
    "checked_on": "2026-11-20",
    "created_at": "2026-11-20T12:00:00Z",
}

ASK = OpenApiExample("a couple", value=GIVEN, request_only=True)
ANSWER = OpenApiExample("a check", value=CHECK, response_only=True)
HISTORY = OpenApiExample("one check", value=CHECK, response_only=True)
GROUP = OpenApiExample(
    "oneself and two others",
    value={
        "relationship_type": "romantic",
        "people": [
            {"person_id": "7f6d2d0b-55f1-4a0e-9a43-3c1f8a0f2b11"},
            {"name": "Charlie Reyes", "birth_date": "1979-11-02"},
        ],
    },
    request_only=True,
)
MATRIX = OpenApiExample(
    "two people",
    value={
        "relationship_type": "romantic",
        "calculation_system": "pythagorean",
        "people": [
            {
                "index": 0,
                "name": "Alice Marie Johnson",
                "birth_date": "1985-03-17",
                "person_id": None,
                "is_me": True,
                "life_path_number": 7,
            },
            {
                "index": 1,
                "name": "Bob Stone",
                "birth_date": "1990-08-15",
                "person_id": "7f6d2d0b-55f1-4a0e-9a43-3c1f8a0f2b11",
                "is_me": False,
                "life_path_number": 6,
            },
        ],
        "pairs": [
            {
                "a": 0,
                "b": 1,
                "compatibility_score": 59,
                "level": "neutral",
                "title": "What these two Life Paths are to each other",
                "levels": LEVELS,
            }
        ],
        "group_score": 59,
        "score_version": "1",
    },
    response_only=True,
)
