"""What this app holds of a person, for their export and their erasure."""

from uuid import UUID

from numerai.common.privacy import Holding
from numerology.charts.models import NumerologyProfile
from numerology.people.models import Person
from numerology.privacy_fields import TABLES
from numerology.readings.models import DailyReading


def erase(user_id: UUID) -> dict[str, int]:
    profiles, _ = NumerologyProfile.objects.filter(user_id=user_id).delete()
    readings, _ = DailyReading.objects.filter(user_id=user_id).delete()
    people, _ = Person.objects.filter(owner_id=user_id).delete()
    return {"numerology_profiles": profiles, "daily_readings": readings, "people": people}


HOLDING = Holding(app="numerology", tables=TABLES, erase=erase)
