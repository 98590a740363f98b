from numerology.charts.admin import NumerologyProfileAdmin
from numerology.readings.admin import DailyReadingAdmin

__all__ = ["DailyReadingAdmin", "NumerologyProfileAdmin"]
