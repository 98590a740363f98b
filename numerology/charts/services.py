"""The verbs of charts, for anybody whose name and birth date are known: a user, or one of their people.

Rooms that know other people make a ``Subject`` of them; this one makes it of the user.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from numerai.common import clock
from numerology.charts.current import CurrentProfile, profile_on
from numerology.charts.history import services as history
from numerology.charts.models import CalculationSystem, NumerologyProfile
from numerology.charts.selectors import stored_numbers
from numerology.engine import MAINSTREAM, VERSION, Chart, Options, chart
from numerology.engine.errors import LatinNameRequiredError, NameWithoutLettersError
from numerology.engine.options import Gender
from numerology.errors import BirthDateRequired, LatinNameRequired, NameRequired, NameWithoutLetters


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose numbers: what they are calculated from, the day it is for their user, and where they are kept.

    ``person_id`` is None for the user's own. ``latin_name`` is how the name is spelt in Latin letters; None stands for
    what was said before about the same name, "" for nothing. ``current_name`` is the one used today, "" for the same;
    ``gender`` is asked for by the Kua number alone.
    """

    user: User
    full_name: str
    birth_date: date
    today: date
    person_id: UUID | None = None
    latin_name: str | None = None
    current_name: str = ""
    gender: Gender = Gender.BOTH


def own(user: User, *, latin_name: str | None = None) -> Subject:
    """The user themselves. Raises NameRequired or BirthDateRequired when they have not said enough."""
    full_name = user.full_name.strip()
    if not full_name:
        raise NameRequired(field="full_name")
    return Subject(
        user=user,
        full_name=full_name,
        birth_date=birth_date_of(user),
        today=today_of(user),
        latin_name=latin_name,
        gender=gender_named(user.profile.gender),
    )


def gender_named(name: str | None) -> Gender:
    """Male or female; both for whatever else people are."""
    return Gender(name) if name in {Gender.MALE, Gender.FEMALE} else Gender.BOTH


def birth_date_of(user: User) -> date:
    birth_date = user.profile.date_of_birth
    if birth_date is None:
        raise BirthDateRequired(field="date_of_birth")
    return birth_date


def today_of(user: User) -> date:
    return clock.today_in(user.profile.timezone)


def calculate(*, user: User, system: str, latin_name: str | None = None) -> CurrentProfile:
    """As ``calculate_for``, for the user's own numbers. Raises the refusals of `numerology.errors`."""
    return calculate_for(own(user, latin_name=latin_name), system=system)


def current_profile(*, user: User) -> CurrentProfile:
    """As ``current_for``, for the user's own numbers. Raises the refusals of `numerology.errors`."""
    return current_for(own(user))


def calculate_for(subject: Subject, *, system: str) -> CurrentProfile:
    """Calculate somebody's numbers in ``system`` and keep them. Raises LatinNameRequired and NameWithoutLetters."""
    latin_name = subject.latin_name
    if latin_name is None:
        latin_name = _latin_name(subject, stored_numbers(subject.user, subject.person_id))
    return profile_on(_store(subject, system=system, latin_name=latin_name), subject.today)


def current_for(subject: Subject) -> CurrentProfile:
    """Somebody's numbers as of their user's own today.

    The first reading calculates and keeps them, as does the first one after the name or birth date has changed;
    any other only reads. Raises LatinNameRequired and NameWithoutLetters.
    """
    return current_from(subject, stored_numbers(subject.user, subject.person_id))


def whole_chart(subject: Subject, *, options: Options = MAINSTREAM) -> Chart:
    """Every number of somebody as of their user's own today, in the system they chose last, with all traces.

    Their gender takes the place of that of ``options``. A name of today that cannot be counted is left out. Raises
    LatinNameRequired and NameWithoutLetters.
    """
    row = stored_numbers(subject.user, subject.person_id)
    system = row.calculation_system if row else CalculationSystem.PYTHAGOREAN
    return _chart(subject, _latin_name(subject, row), system, options=replace(options, gender=subject.gender))


def current_from(subject: Subject, row: NumerologyProfile | None) -> CurrentProfile:
    """As ``current_for``, where ``row`` is what is kept of the subject."""
    latin_name = _latin_name(subject, row)
    if row is None or not row.is_made_from(
        full_name=subject.full_name, latin_name=latin_name, birth_date=subject.birth_date, engine_version=VERSION
    ):
        system = row.calculation_system if row else CalculationSystem.PYTHAGOREAN
        row = _store(subject, system=system, latin_name=latin_name)
    return profile_on(row, subject.today)


def _latin_name(subject: Subject, row: NumerologyProfile | None) -> str:
    if subject.latin_name is not None:
        return subject.latin_name
    return row.latin_name if row is not None and row.full_name == subject.full_name else ""


def _store(subject: Subject, *, system: str, latin_name: str) -> NumerologyProfile:
    values: dict[str, Any] = {
        "full_name": subject.full_name,
        "latin_name": latin_name,
        "birth_date": subject.birth_date,
        "calculation_system": system,
        "engine_version": VERSION,
        "calculated_at": clock.now(),
        **_numbers(_chart(replace(subject, current_name=""), latin_name, system)),
    }
    whose: dict[str, Any] = {"user": subject.user, "person_id": subject.person_id}
    with transaction.atomic():
        row, _ = NumerologyProfile.objects.update_or_create(**whose, defaults=values)
        history.record(row)
    return row


def _chart(subject: Subject, latin_name: str, system: str, *, options: Options = MAINSTREAM) -> Chart:
    is_own = subject.person_id is None
    try:
        return chart(
            name=subject.full_name,
            latin_name=latin_name or None,
            current_name=subject.current_name or None,
            birth_date=subject.birth_date,
            on_date=subject.today,
            system=system,
            options=options,
        )
    except LatinNameRequiredError as error:
        if error.field == "current_name":
            return _chart(replace(subject, current_name=""), latin_name, system, options=options)
        raise LatinNameRequired(
            None if is_own else LatinNameRequired.of_another, field="latin_name", extra=proposed(error)
        ) from None
    except NameWithoutLettersError as error:
        if error.field == "current_name":
            return _chart(replace(subject, current_name=""), latin_name, system, options=options)
        raise NameWithoutLetters(
            None if is_own else NameWithoutLetters.of_another, field="full_name" if is_own else "name"
        ) from None


def proposed(error: LatinNameRequiredError) -> dict[str, Any]:
    """The guess at a spelling that a refusal carries, if there is one."""
    return {"proposal": error.proposal.to_dict()} if error.proposal else {}


def _numbers(result: Chart) -> dict[str, int | None]:
    return {
        "life_path_number": result.life_path.value,
        "destiny_number": result.destiny.value,
        "soul_urge_number": result.soul_urge.value,
        "personality_number": result.personality.value,
        "attitude_number": result.attitude.value,
        "maturity_number": result.maturity.value,
        "balance_number": result.balance.value,
    }
