from numerology.charts.history.models import ProfileCalculation
from numerology.charts.models import NumerologyProfile
from numerology.compatibility.models import CompatibilityCheck, CompatibilityTally
from numerology.people.imports.models import PeopleImport
from numerology.people.models import Person
from numerology.readings.models import DailyReading
from numerology.readings.rounds.models import ReadingRound
from numerology.remedies.models import Remedy, RemedyTracking

__all__ = [
    "CompatibilityCheck",
    "CompatibilityTally",
    "DailyReading",
    "NumerologyProfile",
    "PeopleImport",
    "Person",
    "ProfileCalculation",
    "ReadingRound",
    "Remedy",
    "RemedyTracking",
]
