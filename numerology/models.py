from numerology.charts.models import NumerologyProfile
from numerology.people.models import Person
from numerology.readings.models import DailyReading

__all__ = ["DailyReading", "NumerologyProfile", "Person"]
