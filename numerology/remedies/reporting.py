"""What a person has practised, as numbers and as the data of a chart."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from accounts.models import User
from numerology.charts.services import today_of
from numerology.remedies.models import Remedy, RemedyTracking
from numerology.remedies.progress import DAY, Progress, progress
from numerology.remedies.selectors import FEATURE, current_remedies
from numerology.remedies.services import granted
from payments import entitlements


def progress_of(*, user: User, remedy_id: UUID, days: int) -> dict[str, Any]:
    """One remedy over the last ``days`` days. Raises NotFound and PlanRequired."""
    remedy, today = granted(user, remedy_id), today_of(user)
    first = today - timedelta(days=days - 1)
    said = dict(RemedyTracking.objects.filter(remedy=remedy).values_list("date", "is_completed"))
    return {
        **_figures(_progress([day for day, is_done in said.items() if is_done], first, today)),
        "chart": [{"date": day, "is_completed": said.get(day)} for day in _days(first, today)],
    }


def progress_of_all(*, user: User, days: int) -> dict[str, Any]:
    """All current remedies over the last ``days`` days. A day counts as practised when one of them was.
    Raises PlanRequired."""
    entitlements.require(user, FEATURE)
    today = today_of(user)
    first = today - timedelta(days=days - 1)
    remedies = list(current_remedies(user).order_by("remedy_type"))
    done = _days_done(remedies)
    together = {day for each in done.values() for day in each}
    return {
        **_figures(_progress(together, first, today)),
        "remedies": [
            {
                "remedy": remedy.pk,
                "remedy_type": remedy.remedy_type,
                "title": remedy.title,
                **_figures(_progress(done[remedy.pk], first, today)),
            }
            for remedy in remedies
        ],
        "chart": [
            {"date": day, "completed": sum(day in each for each in done.values())} for day in _days(first, today)
        ],
    }


def _days_done(remedies: list[Remedy]) -> dict[UUID, set[date]]:
    done: dict[UUID, set[date]] = {remedy.pk: set() for remedy in remedies}
    rows = RemedyTracking.objects.filter(remedy__in=remedies, is_completed=True)
    for remedy_id, day in rows.values_list("remedy_id", "date"):
        done[remedy_id].add(day)
    return done


def _progress(done: "set[date] | list[date]", first: date, today: date) -> Progress:
    return progress(done, first=first, last=today, today=today)


def _figures(made: Progress) -> dict[str, Any]:
    return {
        "current_streak": made.current_streak,
        "longest_streak": made.longest_streak,
        "completed": made.completed,
        "days": made.days,
        "completion_rate": made.completion_rate,
    }


def _days(first: date, last: date) -> list[date]:
    return [first + DAY * ahead for ahead in range((last - first).days + 1)]
