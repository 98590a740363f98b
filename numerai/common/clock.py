from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return timezone.now()


def today_in(zone: str) -> date:
    """The calendar day it is now in the IANA time zone ``zone``."""
    return now().astimezone(ZoneInfo(zone)).date()
