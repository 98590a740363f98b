"""Which picture needs which plan, and whose chart it shows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.models import User
from numerology.charts.services import own, whole_chart
from numerology.compatibility.selectors import check_of
from numerology.engine import Chart
from numerology.people.selectors import person_of
from numerology.people.services import subject_of
from numerology.pictures import drawing, facts
from numerology.pictures.facts.compatibility import CompatibilityFacts
from payments import entitlements


@dataclass(frozen=True, slots=True)
class Picture:
    """``tell`` takes what it shows from a chart and the name as it was typed, ``draw`` makes an SVG of that."""

    feature: str
    tell: Callable[[Chart, str], Any]
    draw: Callable[..., str]


# What a plan has, by the names of `payments.entitlements`.
BIRTH, WHOLE_CHART, COMPATIBILITY = "birth_chart", "whole_chart", "compatibility"
BIRTH_CHART = Picture(BIRTH, facts.birth_chart, drawing.birth_chart)
NAME = Picture(BIRTH, facts.name, drawing.name)
LO_SHU = Picture(WHOLE_CHART, facts.lo_shu, drawing.lo_shu)
CYCLES = Picture(WHOLE_CHART, facts.cycles, drawing.cycles)


def told(picture: Picture, *, user: User, person_id: UUID | None = None) -> Any:
    """What ``picture`` shows of the user, or of somebody they keep, on the user's today.

    Raises PlanRequired, NotFound for somebody they do not keep, and the refusals of `numerology.errors`.
    """
    entitlements.require(user, picture.feature)
    subject = own(user) if person_id is None else subject_of(user, person_of(user, person_id))
    return picture.tell(whole_chart(subject), subject.full_name)


def compared(*, user: User, check_id: UUID) -> CompatibilityFacts:
    """What the picture of a check shows. Raises NotFound, also for a check of somebody else, and PlanRequired."""
    check = check_of(user, check_id)
    entitlements.require(user, COMPATIBILITY)
    return facts.compatibility(check)
