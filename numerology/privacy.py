"""What this app holds of a person, for their export and their erasure."""

from typing import Any
from uuid import UUID

from numerai.common.privacy import Holding
from numerology.charts.models import NumerologyProfile
from numerology.readings.models import DailyReading

PROFILE_FIELDS = (
    "full_name",
    "latin_name",
    "birth_date",
    "calculation_system",
    "life_path_number",
    "destiny_number",
    "soul_urge_number",
    "personality_number",
    "attitude_number",
    "maturity_number",
    "balance_number",
    "calculated_at",
    "updated_at",
)
READING_FIELDS = (
    "reading_date",
    "birth_date",
    "personal_day_number",
    "lucky_number",
    "lucky_color",
    "auspicious_time",
    "activity_recommendation",
    "warning",
    "affirmation",
    "actionable_tip",
    "generated_at",
)


def export(user_id: UUID) -> dict[str, Any]:
    profile = NumerologyProfile.objects.filter(user_id=user_id).values(*PROFILE_FIELDS).first()
    readings = DailyReading.objects.filter(user_id=user_id).order_by("reading_date").values(*READING_FIELDS)
    return {
        "numerology_profile": _plain(profile) if profile else None,
        "daily_readings": [_plain(reading) for reading in readings],
    }


def erase(user_id: UUID) -> dict[str, int]:
    profiles, _ = NumerologyProfile.objects.filter(user_id=user_id).delete()
    readings, _ = DailyReading.objects.filter(user_id=user_id).delete()
    return {"numerology_profiles": profiles, "daily_readings": readings}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


HOLDING = Holding(app="numerology", export=export, erase=erase)
