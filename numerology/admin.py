from numerology.charts.admin import NumerologyProfileAdmin, ProfileCalculationAdmin
from numerology.compatibility.admin import CompatibilityCheckAdmin, CompatibilityTallyAdmin
from numerology.desk.pages import register
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
    "ProfileCalculationAdmin",
    "ReadingRoundAdmin",
    "RemedyAdmin",
    "RemedyTrackingAdmin",
]

register()
