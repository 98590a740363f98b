"""Moments and people that the tests of this app share."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import time_machine

from accounts.models import User

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ALICE_NUMBERS = {
    "life_path_number": 7,
    "destiny_number": 9,
    "soul_urge_number": 6,
    "personality_number": 3,
    "attitude_number": 2,
    "maturity_number": 7,
    "balance_number": 6,
    "personal_year_number": 3,
    "personal_month_number": 5,
}


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


def renamed(user: User, full_name: str) -> None:
    """Change the name behind the back of the instance at hand, as another request would."""
    User.objects.filter(pk=user.pk).update(full_name=full_name)


def reborn(user: User, date_of_birth: date | None) -> None:
    type(user.profile).objects.filter(user=user).update(date_of_birth=date_of_birth)


def moved(user: User, timezone: str) -> None:
    type(user.profile).objects.filter(user=user).update(timezone=timezone)
