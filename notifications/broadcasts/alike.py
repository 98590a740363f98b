"""People who are to get the same but for their names and addresses, planned once for all of them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BooleanField, ExpressionWrapper, Max, Q, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from notifications.broadcasts.people import Planned, plan_for, planned_for
from notifications.deliveries.planning import Row
from notifications.destinations import known
from notifications.kinds import Kind
from notifications.preferences.persons import Person, path_of
from notifications.preferences.wishes import Wishes, silent

ANYBODY = UUID(int=0)
# Stand for each one's own in what is planned for all: no address and no id of a device has that form.
EMAIL, PHONE = "own email", "own phone"
SHARED = ("is_active", "timezone", "locale")


@dataclass(frozen=True, slots=True)
class Alike:
    """Each is at one place in all lists. ``plan`` is anybody's, with EMAIL or PHONE where they have an address."""

    plan: Planned
    ids: list[str]
    names: list[str]
    addresses: dict[str, list[str]] = field(default_factory=dict)

    def persons(self) -> Iterator[Person]:
        """Each of them, to render words for: their ids and addresses are not in it."""
        return (replace(self.plan.person, full_name=name) for name in self.names)

    def destinations(self, row: Row) -> list[str]:
        """Where ``row`` of the plan goes for each."""
        return self.addresses.get(row.destination) or [row.destination] * len(self.ids)


def groups_of(user_ids: Collection[str], kind: Kind, priority: str, now: datetime) -> list[Alike]:
    """Those of ``user_ids`` who exist, in no order; who has said something about it or registered a device is a group
    of one. One query, and two more if there is anybody like that."""
    groups = list(_silent(user_ids, kind, priority, now))
    planned = {user_id for group in groups for user_id in group.ids}
    others = [UUID(user_id) for user_id in user_ids if user_id not in planned]
    if others:
        plans = planned_for(others, kind, priority, now)
        groups += [Alike(plan, [str(plan.person.pk)], [plan.person.full_name]) for plan in plans]
    return groups


def _silent(user_ids: Collection[str], kind: Kind, priority: str, now: datetime) -> Iterator[Alike]:
    with known.none_of(ANYBODY):
        for row in _rows(user_ids, kind):
            person = Person(
                pk=ANYBODY,
                full_name="",
                email=EMAIL if row.has_email else None,
                email_verified_at=row.email_since,
                phone=PHONE if row.has_phone else None,
                phone_verified_at=row.phone_since,
                **{name: getattr(row, path_of(name)) for name in SHARED},
            )
            plan = plan_for(person, kind, Wishes(timezone=person.timezone), priority, now)
            yield Alike(plan, row.ids, row.names, {EMAIL: row.emails, PHONE: row.phones})


def _rows(user_ids: Collection[str], kind: Kind) -> "QuerySet[Any, Any]":
    """A row for each group: what all share, and what each has, in the order of ids. Whether an address is verified is
    shared, since when is not: then it is the latest that is told."""
    # Ids stay the texts that they come as: to make objects of them would cost more than all the rest.
    among = RawSQL("SELECT unnest(%s::uuid[])", [list(user_ids)])
    shares = {
        "has_email": ~Q(**{path_of("email"): ""}) & _is_given("email"),
        "has_phone": ~Q(**{path_of("phone"): ""}) & _is_given("phone"),
        "has_proven_email": _is_given("email_verified_at"),
        "has_proven_phone": _is_given("phone_verified_at"),
    }
    rows: QuerySet[Any, Any] = (
        silent(kind)
        .filter(pk__in=among)
        .order_by()
        .annotate(**{name: ExpressionWrapper(held, BooleanField()) for name, held in shares.items()})
        .values(*shares, *(path_of(name) for name in SHARED))
        .annotate(
            email_since=Max(path_of("email_verified_at")),
            phone_since=Max(path_of("phone_verified_at")),
            ids=_each(Cast("pk", TextField())),
            names=_each(path_of("full_name")),
            emails=_each(path_of("email")),
            phones=_each(path_of("phone")),
        )
        .values_list(
            "has_email",
            "has_phone",
            *(path_of(name) for name in SHARED),
            "email_since",
            "phone_since",
            "ids",
            "names",
            "emails",
            "phones",
            named=True,
        )
    )
    return rows


def _is_given(name: str) -> Q:
    return Q(**{f"{path_of(name)}__isnull": False})


def _each(what: Any) -> ArrayAgg:
    return ArrayAgg(what, order_by="pk")
