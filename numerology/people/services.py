"""The verbs of people. Each holds its owner's row, so what the plan grants is counted by one at a time."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from numerai.common import clock
from numerai.common.errors import NotFound
from numerology.charts.current import CurrentProfile
from numerology.charts.models import NumerologyProfile
from numerology.charts.services import Subject, calculate_for, current_from, gender_named, own, today_of
from numerology.errors import BirthDateRequired, LatinNameRequired, NameRequired, NameWithoutLetters
from numerology.people.kinds import kind_of
from numerology.people.models import Person
from numerology.people.selectors import people_of, person_of, person_or_deleted_of
from payments.entitlements import require_within

LIMIT = "people"
# What somebody's numbers are made from.
INPUTS = ("name", "latin_name", "birth_date")


def subject_of(owner: User, person: Person) -> Subject:
    return Subject(
        user=owner,
        full_name=person.name,
        birth_date=person.birth_date,
        today=today_of(owner),
        person_id=person.pk,
        latin_name=person.latin_name,
        current_name=person.current_name,
        gender=gender_named(person.gender),
    )


def add(*, owner: User, values: dict[str, Any]) -> Person:
    """Keep somebody more. Raises PlanLimitReached."""
    with transaction.atomic():
        require_room(locked(owner))
        person = made(owner, values)
        person.save(force_insert=True)
    return person


def change(*, owner: User, person_id: UUID, changes: dict[str, Any]) -> Person:
    """Change what is known of somebody, and their numbers with it. ``is_active`` deletes them or brings them back.

    Raises NotFound, also for a deleted one who is not brought back, and PlanLimitReached.
    """
    with transaction.atomic():
        user = locked(owner)
        person = person_or_deleted_of(user, person_id)
        before = [getattr(person, name) for name in INPUTS]
        is_wanted = changes.get("is_active", person.is_active)
        if not person.is_active:
            if not is_wanted:
                raise NotFound
            require_room(user)
        for name, value in changes.items():
            setattr(person, name, value)
        person.relationship_kind = kind_of(person.relationship)
        person.deleted_at = None if is_wanted else clock.now()
        person.save()
        if [getattr(person, name) for name in INPUTS] != before:
            _renumber(user, person)
    return person


def delete(*, owner: User, person_id: UUID) -> None:
    """Can be undone for some days. Raises NotFound."""
    with transaction.atomic():
        person = person_of(locked(owner), person_id)
        person.is_active, person.deleted_at = False, clock.now()
        person.save(update_fields=["is_active", "deleted_at", "updated_at"])


def restore(*, owner: User, person_id: UUID) -> Person:
    """Undo a deletion; nothing happens to somebody who is not deleted. Raises NotFound and PlanLimitReached."""
    with transaction.atomic():
        user = locked(owner)
        person = person_or_deleted_of(user, person_id)
        if not person.is_active:
            require_room(user)
            person.is_active, person.deleted_at = True, None
            person.save(update_fields=["is_active", "deleted_at", "updated_at"])
    return person


def calculate(*, owner: User, person: Person, system: str) -> CurrentProfile:
    """Calculate somebody's numbers and keep them. Raises LatinNameRequired and NameWithoutLetters."""
    return calculate_for(subject_of(owner, person), system=system)


def current_profile(*, owner: User, person: Person) -> CurrentProfile:
    """Somebody's numbers as of the owner's today; when the name or birth date has changed, calculated anew.

    Raises NotFound before they were first calculated, LatinNameRequired and NameWithoutLetters.
    """
    row = NumerologyProfile.objects.filter(user=owner, person=person).first()
    if row is None:
        raise NotFound("These numbers have not been calculated yet.")
    return current_from(subject_of(owner, person), row)


def recalculate(row: NumerologyProfile) -> bool:
    """Calculate numbers anew from what is known now, in the system they are in; False where that is too little."""
    try:
        subject = subject_of(row.user, row.person) if row.person else own(row.user)
        calculate_for(subject, system=row.calculation_system)
    except (BirthDateRequired, NameRequired, LatinNameRequired, NameWithoutLetters):
        return False
    return True


def locked(owner: User) -> User:
    """The owner as they stand now, held until the end of the transaction."""
    return User.objects.select_for_update(no_key=True, of=("self",)).select_related("profile").get(pk=owner.pk)


def require_room(owner: User) -> None:
    """Raise PlanLimitReached, naming the plan that grants more, unless one more may be kept."""
    require_within(owner, LIMIT, used=people_of(owner).count())


def made(owner: User, values: dict[str, Any]) -> Person:
    """Somebody who is not kept yet."""
    return Person(owner=owner, relationship_kind=kind_of(values["relationship"]), **values)


def _renumber(owner: User, person: Person) -> None:
    row = NumerologyProfile.objects.filter(user=owner, person=person).first()
    if row is not None:
        # What the new name lacks is said when the numbers are asked for; the old ones are shown no more.
        with suppress(LatinNameRequired, NameWithoutLetters):
            current_from(subject_of(owner, person), row)
