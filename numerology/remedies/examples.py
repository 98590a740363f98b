from drf_spectacular.utils import OpenApiExample

REMEDY = {
    "id": "7a3c2f55-0f4e-4a0f-9d59-4c1c8f0c3b11",
    "user": "b6a4ce4e-6f0c-4f3a-8a55-4f6bd1a0c9a2",
    "remedy_type": "ritual",
    "title": "Two Cups",
    "description": "A short text about the practice.",
    "recommendation": "What to do, and how often.",
    "reason": "Why the chart asks for it.",
    "position": "balance",
    "number": 2,
    "is_active": True,
    "reminder_time": "07:30:00",
    "reminder_weekdays": [1, 2, 3, 4, 5],
    "created_at": "2026-11-20T06:00:00Z",
    "updated_at": "2026-11-20T06:00:00Z",
}
TRACKING = {
    "id": "0f1d1b7a-7c0a-4a35-9c1e-31cbb8bb7a45",
    "user": REMEDY["user"],
    "remedy": REMEDY["id"],
    "date": "2026-11-20",
    "is_completed": True,
    "notes": "Before breakfast.",
    "created_at": "2026-11-20T06:00:00Z",
    "updated_at": "2026-11-20T06:00:00Z",
}
FIGURES = {"current_streak": 3, "longest_streak": 9, "completed": 12, "days": 30, "completion_rate": 0.4}
LIST = OpenApiExample("one remedy", value=REMEDY, response_only=True)
ONE = OpenApiExample("a remedy", value=REMEDY, response_only=True)
ASIDE = OpenApiExample("put aside", value={"is_active": False}, request_only=True)
REMIND = OpenApiExample("on working days", value={"time": "07:30", "weekdays": [1, 2, 3, 4, 5]}, request_only=True)
TRACK = OpenApiExample(
    "done today", value={"date": "2026-11-20", "is_completed": True, "notes": "Before breakfast."}, request_only=True
)
TRACKED = OpenApiExample("tracked", value=TRACKING, response_only=True)
TRACKINGS = OpenApiExample("one day", value=TRACKING, response_only=True)
PROGRESS = OpenApiExample(
    "progress", value={**FIGURES, "chart": [{"date": "2026-11-20", "is_completed": True}]}, response_only=True
)
ALL_PROGRESS = OpenApiExample(
    "progress of all",
    value={
        **FIGURES,
        "remedies": [{"remedy": REMEDY["id"], "remedy_type": "ritual", "title": "Two Cups", **FIGURES}],
        "chart": [{"date": "2026-11-20", "completed": 2}],
    },
    response_only=True,
)
