"""Whole charts: one's own, and those of any name and date."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from accounts.models import User
from numerai.common.errors import ValidationFailed
from numerai.common.throttling import Limit, hit
from numerology.charts.services import proposed, whole_chart
from numerology.charts.whole.whose import asked_for
from numerology.engine import Chart, EngineError, chart
from numerology.engine.choices import CHOICES, options_from
from numerology.engine.errors import LatinNameRequiredError, UnknownOptionError
from payments.entitlements import require

OWN, ANY = "whole_chart", "any_chart"
CHARTS = Limit("charts", times=120, seconds=60)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a chart is asked for; ``options`` are named as in `numerology.engine.choices`."""

    name: str
    birth_date: date
    on_date: date
    system: str
    current_name: str | None = None
    latin_name: str | None = None
    options: dict[str, str | None] = field(default_factory=dict)


def kept_chart(user: User, person_id: UUID | None = None) -> Chart:
    """The chart of one of the user's people as of the user's own today; without ``person_id``, that of the user.

    Raises PlanRequired, NotFound and the refusals of `numerology.errors`.
    """
    require(user, OWN)
    return whole_chart(asked_for(user, person_id))


def any_chart(user: User, asked: Asked) -> Chart:
    """Nothing of it is kept. Raises PlanRequired, TooManyRequests, and ValidationFailed at the input at fault."""
    require(user, ANY)
    hit(CHARTS, str(user.pk))
    try:
        return chart(
            name=asked.name,
            birth_date=asked.birth_date,
            on_date=asked.on_date,
            system=asked.system,
            options=options_from(asked.options),
            current_name=asked.current_name,
            latin_name=asked.latin_name,
        )
    except EngineError as error:
        raise refused(error) from None


def refused(error: EngineError) -> ValidationFailed:
    """The engine's refusal as a problem: at the input at fault, with the engine's code, and what would help."""
    at, detail, extra = error.field, error.message, {}
    if isinstance(error, UnknownOptionError):
        # A name that is no option is not repeated: it may be as long as a body.
        at = f"options.{error.option}" if error.allowed else "options"
        detail = error.message if error.allowed else "No such option exists."
        extra = {"allowed": list(error.allowed or CHOICES)}
    elif isinstance(error, LatinNameRequiredError):
        extra = proposed(error)
    told: dict[str, Any] = {"errors": [{"field": at, "code": error.code, "detail": detail}]}
    return ValidationFailed(detail, extra=told | extra)
