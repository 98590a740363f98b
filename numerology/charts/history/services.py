"""What somebody's numbers have been, written in the transaction that changes them."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from numerology.charts.history.models import CalculationReason, ProfileCalculation
from numerology.charts.models import NumerologyProfile

# How many are kept of one person; older ones are of no use to anybody.
KEPT = 100
INPUTS = ("full_name", "latin_name", "birth_date", "calculation_system")
NUMBERS = (
    "life_path_number",
    "destiny_number",
    "soul_urge_number",
    "personality_number",
    "attitude_number",
    "maturity_number",
    "balance_number",
)


def calculations_of(user_id: UUID, person_id: UUID | None = None) -> "QuerySet[ProfileCalculation]":
    """What the numbers of one of the user's people have been, without ``person_id`` the user's own; newest first."""
    rows = ProfileCalculation.objects.filter(user_id=user_id).order_by("-place")
    return rows.filter(person__isnull=True) if person_id is None else rows.filter(person_id=person_id)


def record(row: NumerologyProfile) -> ProfileCalculation | None:
    """Write down what ``row`` now says; None, and nothing is written, when that is what it said before.

    The caller holds ``row`` in a transaction, so one at a time counts the places.
    """
    with transaction.atomic():
        past = calculations_of(row.user_id, row.person_id)
        last = past.first()
        reason = _reason(last, row)
        if reason is None:
            return None
        entry = ProfileCalculation.objects.create(
            user_id=row.user_id,
            person_id=row.person_id,
            place=last.place + 1 if last else 1,
            reason=reason,
            engine_version=row.engine_version,
            calculated_at=row.calculated_at,
            **{name: getattr(row, name) for name in (*INPUTS, *NUMBERS)},
        )
        if entry.place > KEPT:
            past.filter(place__lte=entry.place - KEPT).delete()
    return entry


def _reason(last: ProfileCalculation | None, row: NumerologyProfile) -> CalculationReason | None:
    if last is None:
        return CalculationReason.FIRST
    differing = {name for name in (*INPUTS, *NUMBERS) if getattr(last, name) != getattr(row, name)}
    if not differing:
        return None
    if differing & {"full_name", "latin_name"}:
        return CalculationReason.NAME_CHANGED
    if "birth_date" in differing:
        return CalculationReason.BIRTH_DATE_CHANGED
    return CalculationReason.ASKED if "calculation_system" in differing else CalculationReason.ENGINE_CHANGED
