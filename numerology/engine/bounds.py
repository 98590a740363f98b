"""The dates the engine accepts: proleptic Gregorian, four-digit years, no time of day."""

from __future__ import annotations

from datetime import date, datetime

from numerology.engine.errors import BirthDateOutOfRangeError, InvalidDateError, OnDateOutOfRangeError

FIRST_YEAR = 1000


def checked_birth_date(value: date) -> date:
    """Raise InvalidDateError or BirthDateOutOfRangeError. Birth dates in the future are the caller's business."""
    _require_date(value, field="birth_date")
    if value.year < FIRST_YEAR:
        raise BirthDateOutOfRangeError
    return value


def checked_on_date(value: date) -> date:
    """Raise InvalidDateError or OnDateOutOfRangeError."""
    _require_date(value, field="on_date")
    if value.year < FIRST_YEAR:
        raise OnDateOutOfRangeError
    return value


def _require_date(value: object, *, field: str) -> None:
    # A datetime is a date in Python, but its day depends on a zone the engine does not know.
    if isinstance(value, datetime) or not isinstance(value, date):
        raise InvalidDateError(field=field)
