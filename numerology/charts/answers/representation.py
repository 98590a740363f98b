"""Numbers as the API shows them: plain functions, because every page of a signed-in person asks for these."""

import json
from datetime import datetime
from functools import cache
from typing import Any

from numerology.charts.answers.words import page
from numerology.charts.current import POSITIONS, CurrentProfile


def profile_json(profile: CurrentProfile) -> dict[str, Any]:
    return {
        "id": str(profile.id),
        "life_path_number": profile.life_path_number,
        "destiny_number": profile.destiny_number,
        "soul_urge_number": profile.soul_urge_number,
        "personality_number": profile.personality_number,
        "attitude_number": profile.attitude_number,
        "maturity_number": profile.maturity_number,
        "balance_number": profile.balance_number,
        "personal_year_number": profile.personal_year_number,
        "personal_month_number": profile.personal_month_number,
        "calculation_system": profile.calculation_system,
        "calculated_at": _iso(profile.calculated_at),
        "updated_at": _iso(profile.updated_at),
    }


def birth_chart_body(profile: CurrentProfile) -> bytes:
    """JSON: ``{profile, interpretations}``. Pages never change, so each is written out once in a process."""
    pages = b",".join([_named_page(field, getattr(profile, field)) for field in POSITIONS])
    return b"".join((b'{"profile":', json.dumps(profile_json(profile)).encode(), b',"interpretations":{', pages, b"}}"))


@cache
def _named_page(field: str, number: int | None) -> bytes:
    text = json.dumps(page(POSITIONS[field], number), ensure_ascii=False, separators=(",", ":"))
    return f'"{field}":{text}'.encode()


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
