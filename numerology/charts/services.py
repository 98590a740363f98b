from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
from numerai.common import clock
from numerology.charts.current import CurrentProfile, profile_on
from numerology.charts.models import CalculationSystem, NumerologyProfile
from numerology.charts.selectors import stored_profile
from numerology.engine import VERSION, chart
from numerology.engine.errors import LatinNameRequiredError, NameWithoutLettersError
from numerology.errors import BirthDateRequired, LatinNameRequired, NameRequired, NameWithoutLetters


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a person's numbers are calculated from, and the day it is where they are."""

    full_name: str
    birth_date: date
    today: date


def inputs_of(user: User) -> Inputs:
    """Raise NameRequired or BirthDateRequired when the person has not said enough about themselves."""
    full_name = user.full_name.strip()
    if not full_name:
        raise NameRequired(field="full_name")
    return Inputs(full_name=full_name, birth_date=birth_date_of(user), today=today_of(user))


def birth_date_of(user: User) -> date:
    birth_date = user.profile.date_of_birth
    if birth_date is None:
        raise BirthDateRequired(field="date_of_birth")
    return birth_date


def today_of(user: User) -> date:
    return clock.today_in(user.profile.timezone)


def calculate(*, user: User, system: str, latin_name: str | None = None) -> CurrentProfile:
    """Calculate a person's numbers in `system` and keep them.

    `latin_name` is how the person spells their name in Latin letters; None keeps what they said before about the
    same name, "" takes it back. Raises the refusals of `numerology.errors`.
    """
    inputs = inputs_of(user)
    if latin_name is None:
        latin_name = _latin_name_kept(stored_profile(user), inputs)
    row = _store(user, inputs, system=system, latin_name=latin_name)
    return profile_on(row, inputs.today)


def current_profile(*, user: User) -> CurrentProfile:
    """A person's numbers as of their own today.

    The first reading calculates and keeps them, as does the first one after the name or birth date has changed;
    any other only reads. Raises the refusals of `numerology.errors`.
    """
    inputs = inputs_of(user)
    row = stored_profile(user)
    if row is None or not row.is_made_from(
        full_name=inputs.full_name, birth_date=inputs.birth_date, engine_version=VERSION
    ):
        system = row.calculation_system if row else CalculationSystem.PYTHAGOREAN
        row = _store(user, inputs, system=system, latin_name=_latin_name_kept(row, inputs))
    return profile_on(row, inputs.today)


def _latin_name_kept(row: NumerologyProfile | None, inputs: Inputs) -> str:
    return row.latin_name if row is not None and row.full_name == inputs.full_name else ""


def _store(user: User, inputs: Inputs, *, system: str, latin_name: str) -> NumerologyProfile:
    numbers = _numbers(latin_name or inputs.full_name, inputs, system)
    values: dict[str, Any] = {
        "full_name": inputs.full_name,
        "latin_name": latin_name,
        "birth_date": inputs.birth_date,
        "calculation_system": system,
        "engine_version": VERSION,
        "calculated_at": clock.now(),
        **numbers,
    }
    row, _ = NumerologyProfile.objects.update_or_create(user=user, person=None, defaults=values)
    return row


def _numbers(name: str, inputs: Inputs, system: str) -> dict[str, int | None]:
    try:
        result = chart(name=name, birth_date=inputs.birth_date, on_date=inputs.today, system=system)
    except LatinNameRequiredError:
        raise LatinNameRequired(field="latin_name") from None
    except NameWithoutLettersError:
        raise NameWithoutLetters(field="full_name") from None
    return {
        "life_path_number": result.life_path.value,
        "destiny_number": result.destiny.value,
        "soul_urge_number": result.soul_urge.value,
        "personality_number": result.personality.value,
        "attitude_number": result.attitude.value,
        "maturity_number": result.maturity.value,
        "balance_number": result.balance.value,
    }
