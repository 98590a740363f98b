"""Whose numbers a request is about."""

from uuid import UUID

from accounts.models import User
from numerology.charts.services import Subject, own
from numerology.people.selectors import person_of
from numerology.people.services import subject_of


def asked_for(user: User, person_id: UUID | None) -> Subject:
    """One of the user's people; without ``person_id``, the user themselves.

    Raises NotFound for anybody who is not theirs, NameRequired and BirthDateRequired.
    """
    return own(user) if person_id is None else subject_of(user, person_of(user, person_id))
