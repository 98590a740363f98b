"""The chart shown in the API documentation, as the engine makes it."""

import json
from datetime import date
from typing import Any

from drf_spectacular.utils import OpenApiExample

from numerology.charts.whole.representation import chart_json
from numerology.engine import chart
from numerology.engine.choices import options_from

ASKED: dict[str, Any] = {
    "name": "Thomas John Hancock",
    "birth_date": "1949-05-10",
    "options": {"life_path": "all_digits"},
}

ASK = OpenApiExample("a name and a date", value=ASKED, request_only=True)
CHART = chart(
    name="Thomas John Hancock",
    birth_date=date(1949, 5, 10),
    on_date=date(2026, 11, 20),
    options=options_from(ASKED["options"]),
)
ANSWER = OpenApiExample(
    "Thomas John Hancock",
    # The document is YAML, which knows no enumerations.
    value=json.loads(json.dumps(chart_json(CHART))),
    response_only=True,
    status_codes=["200"],
)
