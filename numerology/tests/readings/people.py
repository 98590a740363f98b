"""Somebody who reads, and what became of them."""

from datetime import date, datetime

from accounts.models import User
from conftest import make_user
from notifications.models import Notification
from numerology.models import DailyReading, ReadingRound
from numerology.readings.rounds import opening, working
from numerology.tests.cast import at

LONG_AGO = datetime.fromisoformat("2026-01-05T12:00:00Z")


def reader(name: str, *, zone: str = "UTC", born: date | None = date(1985, 3, 17), joined: datetime = LONG_AGO) -> User:
    user = make_user(email=f"{name}@example.org", full_name=name.title(), born=born, timezone=zone)
    User.objects.filter(pk=user.pk).update(created_at=joined, email_verified_at=joined)
    return user


def crowd(many: int, *, joined: datetime, zone: str = "UTC") -> list[User]:
    return [reader(f"reader{number}", zone=zone, joined=joined) for number in range(many)]


def beat(moment: datetime) -> None:
    """What beat and the workers do at ``moment``: one sweep, and the rounds it enqueues."""
    with at(moment):
        opening.sweep()
        for round_ in ReadingRound.objects.filter(working.free()).order_by("created_at", "pk"):
            working.work(round_.pk)


def days_of(user: User) -> list[str]:
    dates = DailyReading.objects.filter(user=user).order_by("reading_date").values_list("reading_date", flat=True)
    return [day.isoformat() for day in dates]


def told(user: User) -> list[Notification]:
    return list(Notification.objects.filter(recipient=user, kind="numerology.daily_reading").order_by("id"))
