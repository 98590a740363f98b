"""Numbers as the API shows them: plain functions, because every page of a signed-in person asks for these."""

from datetime import datetime
from typing import Any

from numerology.charts.current import CurrentProfile


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


def birth_chart_json(profile: CurrentProfile) -> dict[str, Any]:
    return {"profile": profile_json(profile), "interpretations": profile.interpretations()}


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
