"""Who is compared: somebody with the name and the birth date that their numbers come from."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from accounts.models import User
from numerology.charts.models import CalculationSystem, NumerologyProfile
from numerology.charts.selectors import stored_numbers
from numerology.charts.services import own, proposed
from numerology.engine.compatibility.numbers import Numbers, compared_numbers
from numerology.engine.errors import LatinNameRequiredError, NameWithoutLettersError
from numerology.errors import LatinNameRequired, NameWithoutLetters


@dataclass(frozen=True, slots=True)
class Side:
    """``latin_name`` is how the name is spelt in Latin letters, "" where that need not be said.

    ``person_id`` is that of somebody the user keeps; ``is_me`` the user themselves.
    """

    name: str
    birth_date: date
    latin_name: str = ""
    person_id: UUID | None = None
    is_me: bool = False

    def numbers(self, system: str) -> Numbers:
        """Raises LatinNameRequired or NameWithoutLetters, which say where the name is to be corrected."""
        try:
            return compared_numbers(name=self.latin_name or self.name, birth_date=self.birth_date, system=system)
        except LatinNameRequiredError as error:
            detail = None if self.is_me else LatinNameRequired.of_another
            raise LatinNameRequired(detail, field="latin_name", extra=proposed(error)) from None
        except NameWithoutLettersError:
            detail = None if self.is_me else NameWithoutLetters.of_another
            raise NameWithoutLetters(detail, field="full_name" if self.is_me else "name") from None


@dataclass(frozen=True, slots=True)
class Me:
    """The user as one of two, the system their own numbers are kept in, and the day it is for them."""

    side: Side
    system: str
    today: date


def me(user: User) -> Me:
    """Raises NameRequired or BirthDateRequired when the person has not said enough about themselves."""
    subject = own(user)
    kept = stored_numbers(user)
    is_same_name = kept is not None and kept.full_name == subject.full_name
    return Me(
        side=Side(
            name=subject.full_name,
            birth_date=subject.birth_date,
            latin_name=kept.latin_name if kept is not None and is_same_name else "",
            is_me=True,
        ),
        system=system_of(kept),
        today=subject.today,
    )


def system_of(kept: NumerologyProfile | None) -> str:
    """The system of numbers that are kept; the Pythagorean where there are none."""
    return kept.calculation_system if kept is not None else CalculationSystem.PYTHAGOREAN.value
