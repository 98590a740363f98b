from datetime import date

from accounts.models import User
from numerology.readings.models import DailyReading


def stored_reading(user: User, on_date: date) -> DailyReading | None:
    return DailyReading.objects.filter(user=user, reading_date=on_date).first()
