from drf_spectacular.utils import OpenApiExample

PAGE = {"title": "Sleeves Rolled Up", "keywords": ["order", "patience", "method"]}
NOTE = {"title": "A Title", "summary": "What it is like.", "advice": "What to try."}
STRETCH = {
    "name": "second",
    "number": 8,
    "starts_on": "2026-01-01",
    "ends_on": "2026-03-16",
    **NOTE,
    "gift": "What it gives.",
    "caution": "What to be careful with.",
}
WEEKLY = OpenApiExample(
    "a week",
    value={
        "week": "2026-W47",
        "starts_on": "2026-11-16",
        "ends_on": "2026-11-22",
        "personal_year_number": 3,
        "personal_month_number": 4,
        "universal_month_number": 3,
        **PAGE,
        "theme": "What the week is about.",
        "focus": "One thing to attend to.",
        "around": "What the month is like for everybody.",
        "turn": {
            "date": "2026-12-01",
            "personal_year_number": 3,
            "personal_month_number": 5,
            "title": "Gusts and Sudden Sun",
        },
        "days": [{"date": "2026-11-16", "personal_day_number": 2, "title": "Two Chairs", "line": "A line for it."}],
        "best_days": [{"purpose": "start", "date": "2026-11-17", "personal_day_number": 3, "reason": "Why it is."}],
        "content_version": 5,
    },
    response_only=True,
)
MONTHLY = OpenApiExample(
    "a month",
    value={
        "month": "2026-11",
        "starts_on": "2026-11-01",
        "ends_on": "2026-11-30",
        "personal_year_number": 3,
        "personal_year_title": "A Year Out Loud",
        "personal_month_number": 4,
        **PAGE,
        "theme": "What the month is about.",
        "within_the_year": "How it goes with the year.",
        "description": "What such a month is like.",
        "advice": "What to try.",
        "universal_month": {"number": 3, "title": "A Title", "summary": "What it is like for everybody."},
        "weeks": [
            {"starts_on": "2026-11-02", "ends_on": "2026-11-08", "personal_day_number": 6, "line": "A line for it."}
        ],
        "days_in_tune": ["2026-11-09", "2026-11-18", "2026-11-27"],
        "content_version": 4,
    },
    response_only=True,
)
YEARLY = OpenApiExample(
    "a year",
    value={
        "year": 2026,
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "personal_year_number": 3,
        **PAGE,
        "theme": "What the year is about.",
        "description": "What such a year is like.",
        "strengths": ["What comes easily"],
        "challenges": ["What does not"],
        "advice": "What to try.",
        "universal_year": {"number": 1, **NOTE},
        "challenge": {"number": 2, **NOTE},
        "months": [{"month": "2026-01", "personal_month_number": 4, "title": "A Title", "line": "A line for it."}],
        "pinnacles": [STRETCH],
        "periods": [{**STRETCH, "name": "productive"}],
        "essences": [{**STRETCH, "name": ""}],
        "content_version": 8,
    },
    response_only=True,
)
