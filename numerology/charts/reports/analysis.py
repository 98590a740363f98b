"""The Life Path by itself, with what made it."""

from datetime import date
from typing import Any

from accounts.models import User
from numerology.charts.answers.words import note, page
from numerology.charts.services import birth_date_of
from numerology.engine import Position
from numerology.engine.from_date.life_path import life_path
from payments.entitlements import require

FEATURE = "life_path_analysis"


def life_path_analysis(user: User) -> dict[str, Any]:
    """Raises PlanRequired and BirthDateRequired; the name is not asked for."""
    require(user, FEATURE)
    return analysis_of(birth_date_of(user))


def analysis_of(birth_date: date) -> dict[str, Any]:
    number = life_path(birth_date)
    debt = number.karmic_debt
    return {
        **page(Position.LIFE_PATH, number.value),
        "birth_date": birth_date.isoformat(),
        "method": number.method,
        "calculation": number.calculation,
        "chain": list(number.chain),
        "karmic_debt": {"number": debt, "text": note("karmic_debt", f"{debt}-life_path")} if debt else None,
        "alternatives": [each.to_dict() for each in number.alternatives],
    }
