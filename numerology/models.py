from numerology.charts.models import NumerologyProfile
from numerology.readings.models import DailyReading

__all__ = ["DailyReading", "NumerologyProfile"]
