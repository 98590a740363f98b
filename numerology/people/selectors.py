from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from numerai.common import clock
from numerai.common.errors import NotFound
from numerology.people.kinds import kind_named
from numerology.people.models import Person

# For how long a deletion can be undone.
UNDO = timedelta(days=30)


def people_of(owner: User) -> "QuerySet[Person]":
    """The people whom ``owner`` keeps, the newest first; deleted ones are not among them."""
    return Person.objects.filter(owner=owner, is_active=True).order_by("-created_at", "-id")


def deleted_people_of(owner: User) -> "QuerySet[Person]":
    """Those whom ``owner`` has deleted and may still bring back, the newest first."""
    since = clock.now() - UNDO
    return Person.objects.filter(owner=owner, deleted_at__gt=since).order_by("-created_at", "-id")


def person_of(owner: User, person_id: UUID) -> Person:
    """One whom ``owner`` keeps. Raises NotFound, also for those of others and deleted ones."""
    return _found(people_of(owner), person_id)


def person_or_deleted_of(owner: User, person_id: UUID) -> Person:
    """As ``person_of``, and one who may still be brought back."""
    return _found(people_of(owner) | deleted_people_of(owner), person_id)


def found_among(people: "QuerySet[Person]", *, relationship: str = "", text: str = "") -> "QuerySet[Person]":
    """Those of ``people`` who are what ``relationship`` says, a kind or the owner's own word, and have ``text`` in a
    name; "" asks for nothing."""
    if relationship:
        kind = kind_named(relationship)
        people = people.filter(Q(relationship_kind=kind) if kind else Q(relationship__iexact=relationship))
    if text:
        named = Q(name__icontains=text) | Q(latin_name__icontains=text) | Q(current_name__icontains=text)
        people = people.filter(named)
    return people


def _found(people: "QuerySet[Person]", person_id: UUID) -> Person:
    person = people.filter(pk=person_id).first()
    if person is None:
        raise NotFound
    return person
