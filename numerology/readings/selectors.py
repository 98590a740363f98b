from datetime import date

from django.db.models import QuerySet

from accounts.models import User
from numerology.readings.models import DailyReading


def stored_reading(user: User, on_date: date) -> DailyReading | None:
    return DailyReading.objects.filter(user=user, reading_date=on_date).first()


def readings_of(user: User) -> "QuerySet[DailyReading]":
    """All that the person was told, the newest day first."""
    return DailyReading.objects.filter(user=user).order_by("-reading_date")
