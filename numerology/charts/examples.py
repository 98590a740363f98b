"""Answers shown in the API documentation: the chart of Thomas John Hancock, born 10 May 1949."""

from drf_spectacular.utils import OpenApiExample

PROFILE = {
    "id": "0b8f6c1e-4a52-4a53-9a2b-6a3a7d9f2c11",
    "life_path_number": 11,
    "destiny_number": 7,
    "soul_urge_number": 2,
    "personality_number": 5,
    "attitude_number": 6,
    "maturity_number": 9,
    "balance_number": 2,
    "personal_year_number": 7,
    "personal_month_number": 9,
    "calculation_system": "pythagorean",
    "calculated_at": "2026-11-20T09:30:00Z",
    "updated_at": "2026-11-20T09:30:00Z",
}
INTERPRETATION = {
    "number": 11,
    "title": "A short heading",
    "keywords": ["intuition", "vision", "sensitivity"],
    "description": "What this number means in this position.",
    "strengths": ["A strength"],
    "challenges": ["A challenge"],
    "career": ["A line of work and why it suits"],
    "relationships": "How it shows among people.",
    "life_purpose": "What it asks for in the long run.",
    "advice": "Something to try this week.",
}

CALCULATE = OpenApiExample("calculate", value={"system": "pythagorean"}, request_only=True)
CALCULATED = OpenApiExample(
    "calculated", value={"message": "Your numbers have been calculated.", "profile": PROFILE}, response_only=True
)
CURRENT = OpenApiExample("profile", value=PROFILE, response_only=True)
BIRTH_CHART = OpenApiExample(
    "birth chart",
    value={
        "profile": PROFILE,
        "interpretations": {
            name: INTERPRETATION | {"number": PROFILE[name]} for name in PROFILE if name.endswith("_number")
        },
    },
    response_only=True,
)
