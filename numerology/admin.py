from numerology.charts.admin import NumerologyProfileAdmin
from numerology.compatibility.admin import CompatibilityCheckAdmin, CompatibilityTallyAdmin
from numerology.people.admin import PeopleImportAdmin, PersonAdmin
from numerology.readings.admin import DailyReadingAdmin, ReadingRoundAdmin
from numerology.remedies.admin import RemedyAdmin, RemedyTrackingAdmin

__all__ = [
    "CompatibilityCheckAdmin",
    "CompatibilityTallyAdmin",
    "DailyReadingAdmin",
    "NumerologyProfileAdmin",
    "PeopleImportAdmin",
    "PersonAdmin",
    "ReadingRoundAdmin",
    "RemedyAdmin",
    "RemedyTrackingAdmin",
]
