"""Bodies and answers shown in the API documentation."""

from drf_spectacular.utils import OpenApiExample

from numerology.charts.examples import PROFILE

GIVEN = {
    "name": "Thomas John Hancock",
    "birth_date": "1949-05-10",
    "relationship": "friend",
    "notes": "Met at the lake.",
}
PERSON = {
    "id": "7f6d2d0b-55f1-4a0e-9a43-3c1f8a0f2b11",
    **GIVEN,
    "latin_name": "",
    "current_name": "",
    "gender": "",
    "relationship_kind": "friend",
    "is_active": True,
    "deleted_at": None,
    "created_at": "2026-11-20T09:00:00Z",
    "updated_at": "2026-11-20T09:00:00Z",
}

ADD = OpenApiExample("somebody", value=GIVEN, request_only=True)
ADDED = OpenApiExample("somebody", value=PERSON, response_only=True, status_codes=["201"])
ONE = OpenApiExample("somebody", value=PERSON, response_only=True, status_codes=["200"])
LIST = OpenApiExample("one person", value=PERSON, response_only=True, status_codes=["200"])
CHANGE = OpenApiExample("a correction", value={"birth_date": "1949-05-11"}, request_only=True)
CALCULATED = OpenApiExample(
    "calculated",
    value={"message": "The numbers of Thomas John Hancock have been calculated.", "profile": PROFILE},
    response_only=True,
)
