from drf_spectacular.utils import OpenApiExample

from numerology.charts.examples import PROFILE

# What an entry has otherwise, or not at all.
OF_THE_ROW = {"id", "updated_at", "personal_year_number", "personal_month_number"}
# Array examples show one element.
HISTORY = OpenApiExample(
    "the present numbers",
    value={
        "id": "5d0f5c7e-8a3b-4c1d-9e6f-2b7a90c4d813",
        "place": 1,
        "reason": "first",
        "full_name": "Thomas John Hancock",
        "latin_name": "",
        "birth_date": "1949-05-10",
        **{name: value for name, value in PROFILE.items() if name not in OF_THE_ROW},
        "engine_version": 2,
    },
    response_only=True,
)
