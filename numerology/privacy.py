"""What this app holds of a person, for their export and their erasure."""

from uuid import UUID

from numerai.common.privacy import Holding
from numerology.charts.history.models import ProfileCalculation
from numerology.charts.models import NumerologyProfile
from numerology.compatibility.models import CompatibilityCheck, CompatibilityTally
from numerology.people.imports.models import PeopleImport
from numerology.people.models import Person
from numerology.privacy_fields import TABLES
from numerology.readings.models import DailyReading
from numerology.remedies.models import Remedy, RemedyTracking


def erase(user_id: UUID) -> dict[str, int]:
    calculations, _ = ProfileCalculation.objects.filter(user_id=user_id).delete()
    profiles, _ = NumerologyProfile.objects.filter(user_id=user_id).delete()
    readings, _ = DailyReading.objects.filter(user_id=user_id).delete()
    imports, _ = PeopleImport.objects.filter(owner_id=user_id).delete()
    people, _ = Person.objects.filter(owner_id=user_id).delete()
    checks, _ = CompatibilityCheck.objects.filter(user_id=user_id).delete()
    tallies, _ = CompatibilityTally.objects.filter(user_id=user_id).delete()
    trackings, _ = RemedyTracking.objects.filter(user_id=user_id).delete()
    remedies, _ = Remedy.objects.filter(user_id=user_id).delete()
    return {
        "numerology_profiles": profiles,
        "numerology_calculations": calculations,
        "daily_readings": readings,
        "remedies": remedies,
        "remedy_trackings": trackings,
        "people": people,
        "people_imports": imports,
        "compatibility_checks": checks,
        "compatibility_tallies": tallies,
    }


HOLDING = Holding(app="numerology", tables=TABLES, erase=erase)
