"""The verbs of remedies. Each holds the person's row, so that two requests do not make two of a type."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from numerai.common import clock
from numerology.charts.services import own, today_of, whole_chart
from numerology.errors import TrackingDateOutOfRange
from numerology.remedies.choosing import Choice, choices
from numerology.remedies.models import Remedy, RemedyTracking, RemedyType, every_day
from numerology.remedies.reminding import next_reminder
from numerology.remedies.selectors import FEATURE, current_remedies, remedy_of
from payments import entitlements

# A forgotten day can be filled in for as long as one remembers it.
FURTHEST_BACK = timedelta(days=30)


def remedies_of(user: User) -> list[Remedy]:
    """The person's remedies, one of each type, in the order of the types.

    Made when first asked for, and anew when their chart or the texts have changed since; what is unchanged stays, with
    all that was tracked. Raises PlanRequired and the refusals of charts.
    """
    entitlements.require(user, FEATURE)
    wanted = list(choices(whole_chart(own(user))))
    rows = list(current_remedies(user))
    if {_made_from(row) for row in rows} != {_made_from(choice) for choice in wanted}:
        rows = _renewed(user, wanted)
    order = RemedyType.values
    return sorted(rows, key=lambda row: order.index(row.remedy_type))


def put_aside(*, user: User, remedy_id: UUID, is_active: bool) -> Remedy:
    """Take up a remedy or put it aside; what is put aside reminds of nothing. Raises NotFound and PlanRequired."""
    with transaction.atomic():
        remedy = granted(_locked(user), remedy_id)
        remedy.is_active = is_active
        remedy.next_reminder_at = _next(remedy, user)
        remedy.save(update_fields=["is_active", "next_reminder_at", "updated_at"])
    return remedy


def remind_at(*, user: User, remedy_id: UUID, at: time, weekdays: list[int] | None = None) -> Remedy:
    """Remind the person at ``at`` by their clock on ``weekdays`` (1 is Monday), by default every day. Raises NotFound
    and PlanRequired."""
    with transaction.atomic():
        remedy = granted(_locked(user), remedy_id)
        remedy.reminder_time = at
        remedy.reminder_weekdays = sorted(set(weekdays)) if weekdays else every_day()
        remedy.next_reminder_at = _next(remedy, user)
        remedy.save(update_fields=["reminder_time", "reminder_weekdays", "next_reminder_at", "updated_at"])
    return remedy


def remind_no_more(*, user: User, remedy_id: UUID) -> None:
    """Whatever the plan is now. Raises NotFound."""
    with transaction.atomic():
        remedy = remedy_of(_locked(user), remedy_id)
        remedy.reminder_time, remedy.reminder_weekdays, remedy.next_reminder_at = None, every_day(), None
        remedy.save(update_fields=["reminder_time", "reminder_weekdays", "next_reminder_at", "updated_at"])


def track(*, user: User, remedy: Remedy, on_date: date, is_completed: bool, notes: str | None) -> RemedyTracking:
    """Note whether the remedy was practised on a day; saying it again changes it, and ``notes`` of None keeps what was
    noted. Raises TrackingDateOutOfRange."""
    today = today_of(user)
    if not today - FURTHEST_BACK <= on_date <= today:
        raise TrackingDateOutOfRange(field="date")
    values: dict[str, Any] = {"user": user, "is_completed": is_completed}
    if notes is not None:
        values["notes"] = notes
    row, _ = RemedyTracking.objects.update_or_create(remedy=remedy, date=on_date, defaults=values)
    return row


def granted(user: User, remedy_id: UUID) -> Remedy:
    """A current remedy of the person, whose plan has remedies. Raises NotFound and PlanRequired."""
    remedy = remedy_of(user, remedy_id)
    entitlements.require(user, FEATURE)
    return remedy


def _renewed(user: User, wanted: list[Choice]) -> list[Remedy]:
    with transaction.atomic():
        # Held as well, so that a reminder which is told meanwhile is not told again by the one that succeeds.
        held = current_remedies(_locked(user)).select_for_update(no_key=True)
        rows = {row.remedy_type: row for row in held}
        return list(_replaced(user, rows, wanted))


def _replaced(user: User, rows: dict[str, Remedy], wanted: list[Choice]) -> Iterator[Remedy]:
    for choice in wanted:
        row = rows.get(choice.remedy_type)
        if row is not None and _made_from(row) == _made_from(choice):
            yield row
        elif row is not None and (row.position, row.number) == (choice.position, choice.number):
            yield _reworded(row, choice)
        else:
            yield _succeeded(user, row, choice)


def _reworded(row: Remedy, choice: Choice) -> Remedy:
    for name, value in asdict(choice).items():
        setattr(row, name, value)
    row.save(update_fields=[*asdict(choice), "updated_at"])
    return row


def _succeeded(user: User, before: Remedy | None, choice: Choice) -> Remedy:
    """The one that takes the place of ``before``, with the habits it was practised by."""
    remedy = Remedy(user=user, **asdict(choice))
    if before is not None:
        remedy.is_active = before.is_active
        remedy.reminder_time, remedy.reminder_weekdays = before.reminder_time, before.reminder_weekdays
        remedy.next_reminder_at = before.next_reminder_at
        before.superseded_at, before.next_reminder_at = clock.now(), None
        before.save(update_fields=["superseded_at", "next_reminder_at", "updated_at"])
    remedy.save(force_insert=True)
    return remedy


def _made_from(made: Remedy | Choice) -> tuple[str, str, int, int]:
    return made.remedy_type, made.position, made.number, made.content_version


def _next(remedy: Remedy, user: User) -> Any:
    if remedy.reminder_time is None or not remedy.is_active:
        return None
    zone = user.profile.timezone
    return next_reminder(remedy.reminder_time, remedy.reminder_weekdays, zone=zone, after=clock.now())


def _locked(user: User) -> User:
    return User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
