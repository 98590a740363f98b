"""What a person wishes is written cell by cell, so that two who change two cells at once both have their way."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from notifications.kinds import Kind
from notifications.models import Delivery, DigestChoice, Preference, Schedule
from notifications.preferences.deciding import SWITCH, resolve
from notifications.preferences.grid import AT_ONCE, Person, listed
from notifications.preferences.refusals import MuteTooLong, PreferenceLocked, PreferenceUnknown, QuietHoursInvalid
from notifications.preferences.wishes import Cells, wishes_of
from notifications.stream.events import publish
from notifications.vocabulary import ChannelName, DeliveryStatus, Reason
from numerai.common import clock

LONGEST_MUTE = timedelta(days=366)
# Where a wish about the hours stands in the row.
COLUMNS = {
    "is_on": "is_quiet",
    "days": "quiet_days",
    "start": "quiet_start",
    "end": "quiet_end",
    "timezone": "timezone",
}

# What to write for a kind and a channel; None is to say nothing any more.
Changes = Mapping[tuple[str, str], bool | None]


def change(person: Person, wanted: Mapping[str, Any]) -> None:
    """Write what differs from what holds, all of it or nothing. ``wanted`` has the form of the grid, or parts of it.

    Raises PreferenceUnknown, PreferenceLocked, QuietHoursInvalid or MuteTooLong.
    """
    with transaction.atomic():
        held = wishes_of([person.pk])[person.pk]
        write_cells(person.pk, _changes(person, wanted, held.cells))
        _write_cadences(person, wanted.get("categories", ()))
        if "schedule" in wanted:
            _write_schedule(person.pk, wanted["schedule"])
        publish(person.pk, "prefs", {})


def write_cells(user_id: UUID, changes: Changes) -> None:
    """In the order of cells, so that two who write the same ones wait for one another and do not lock each other."""
    said = [
        Preference(user_id=user_id, kind=kind, channel=channel, is_on=is_on, changed_at=clock.now())
        for (kind, channel), is_on in sorted(changes.items(), key=lambda item: item[0])
        if is_on is not None
    ]
    Preference.objects.bulk_create(
        said, update_conflicts=True, unique_fields=["user", "kind", "channel"], update_fields=["is_on", "changed_at"]
    )
    for (kind, channel), is_on in sorted(changes.items(), key=lambda item: item[0]):
        if is_on is None:
            Preference.objects.filter(user=user_id, kind=kind, channel=channel).delete()


def _changes(person: Person, wanted: Mapping[str, Any], cells: Cells) -> Changes:
    switches = {(SWITCH, one["name"]): one["is_on"] for one in wanted.get("channels", ())}
    unknown = {channel for _, channel in switches} - set(ChannelName.values)
    if unknown:
        raise PreferenceUnknown(field="channels")
    changed = {key: is_on for key, is_on in switches.items() if is_on != cells.get(key, True)}
    return changed | dict(_changed_cells(person, wanted.get("categories", ()), cells))


def _changed_cells(
    person: Person, categories: Iterable[Mapping[str, Any]], cells: Cells
) -> Iterator[tuple[tuple[str, str], bool | None]]:
    known = {(kind.category, kind.name): kind for kind in listed(person)}
    for category in categories:
        for row in category.get("kinds", ()):
            kind = known.get((category["name"], row["name"]))
            for cell in row["cells"]:
                if kind is None or cell["channel"] not in kind.possible_channels:
                    raise PreferenceUnknown(field="categories")
                if _differs(kind, cell, cells):
                    yield (kind.name, cell["channel"]), cell["is_on"]


def _differs(kind: Kind, cell: Mapping[str, Any], cells: Cells) -> bool:
    """A grid that is sent back as it came says nothing new."""
    channel, is_on = cell["channel"], cell["is_on"]
    if is_on is None:
        return (kind.name, channel) in cells
    if channel in kind.locked_channels and not is_on:
        raise PreferenceLocked(field="categories")
    return bool(is_on != resolve(kind, channel, cells)[0])


def _write_cadences(person: Person, categories: Iterable[Mapping[str, Any]]) -> None:
    known = {kind.category for kind in listed(person)}
    wanted = {one["name"]: one["cadence"] for one in categories if "cadence" in one}
    if wanted.keys() - known:
        raise PreferenceUnknown(field="categories")
    said = [
        DigestChoice(user_id=person.pk, category=name, cadence=cadence, changed_at=clock.now())
        for name, cadence in sorted(wanted.items())
        if cadence != AT_ONCE
    ]
    DigestChoice.objects.bulk_create(
        said, update_conflicts=True, unique_fields=["user", "category"], update_fields=["cadence", "changed_at"]
    )
    gone = [name for name, cadence in wanted.items() if cadence == AT_ONCE]
    DigestChoice.objects.filter(user=person.pk, category__in=gone).delete()


def _write_schedule(user_id: UUID, wanted: Mapping[str, Any]) -> None:
    Schedule.objects.bulk_create([Schedule(user_id=user_id)], ignore_conflicts=True)
    schedule = Schedule.objects.select_for_update(no_key=True).get(user=user_id)
    if "muted_until" in wanted:
        schedule.muted_until = wanted["muted_until"]
        if schedule.muted_until and schedule.muted_until > clock.now() + LONGEST_MUTE:
            raise MuteTooLong(field="schedule")
    for name, value in wanted.get("quiet", {}).items():
        setattr(schedule, COLUMNS[name], value)
    times = {schedule.quiet_start, schedule.quiet_end}
    if schedule.is_quiet and (None in times or len(times) < 2 or not schedule.quiet_days):
        raise QuietHoursInvalid(field="schedule")
    schedule.save()
    _look_again(user_id)


def _look_again(user_id: UUID) -> None:
    """What waits for hours that are others now is looked at again at once, and held back anew if need be."""
    Delivery.objects.filter(
        notification__recipient=user_id,
        status=DeliveryStatus.DEFERRED,
        reason=Reason.QUIET_HOURS,
        digest__isnull=True,
    ).update(next_attempt_at=clock.now(), deferrals=0)
