"""How old somebody is, in whole years."""

from __future__ import annotations

from datetime import date

from numerology.engine.bounds import checked_birth_date, checked_on_date


def age_on(birth_date: date, on_date: date) -> int:
    """Negative before birth. Someone born on 29 February turns a year older on 1 March in common years."""
    checked_birth_date(birth_date)
    checked_on_date(on_date)
    before_birthday = (on_date.month, on_date.day) < (birth_date.month, birth_date.day)
    return on_date.year - birth_date.year - before_birthday
