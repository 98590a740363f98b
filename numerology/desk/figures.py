"""The figures of the last thirty days as operators look at them: each a chart, and the same as a table."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from numerai.common.admin.charting import BARS, data, table
from numerology.charts.models import CalculationSystem, NumerologyProfile
from numerology.compatibility.models import CompatibilityCheck, RelationshipType
from numerology.desk.counting import Counts, counts
from numerology.engine import VERSION
from numerology.people.imports.models import ImportState, PeopleImport
from numerology.people.models import Person
from numerology.readings.models import DailyReading
from numerology.readings.rounds.models import ReadingRound, RoundState
from numerology.remedies.models import RemedyTracking

Series = Mapping[str, list[int]]


@dataclass(frozen=True, slots=True)
class Sum:
    """A number that leads to its rows; ``is_bad`` if somebody should look."""

    words: str
    number: int
    model: type[Model]
    query: str = ""
    is_bad: bool = False

    @property
    def url(self) -> str:
        return reverse(f"admin:{self.model._meta.app_label}_{self.model._meta.model_name}_changelist") + self.query


@dataclass(frozen=True, slots=True)
class Section:
    """A chart of rows of ``model``: its ``series``, each a value for every one of ``labels``, which ``over`` names."""

    title: str
    note: str
    model: type[Model]
    over: str
    labels: list[str]
    series: Series
    options: str = json.dumps(BARS)

    @property
    def data(self) -> str:
        return data(self.labels, self.series)

    @property
    def table(self) -> dict[str, Any]:
        return table(self.over, self.labels, self.series)

    @property
    def is_empty(self) -> bool:
        return not any(map(any, self.series.values()))


def shown_to(request: HttpRequest) -> dict[str, Any]:
    """The context of the page: what there is of the tables that the operator may look at."""
    now = counts()
    return {
        "at": now.at,
        "sums": [each for each in _sums(now) if may_see(request, each.model)],
        "sections": [make(now) for make, model in SECTIONS if may_see(request, model)],
    }


def may_see(request: HttpRequest, model: type[Model]) -> bool:
    return request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def _sums(now: Counts) -> list[Sum]:
    today = now.days[-1]
    old = sum(number for (_, version), number in now.charts.items() if version < VERSION)
    running = sum(now.imports.get(state, 0) for state in (ImportState.PENDING, ImportState.RUNNING))
    lost = sum(now.rounds.get(state, 0) for state in (RoundState.FAILED, RoundState.MISSED))
    failed = now.imports.get(ImportState.FAILED, 0)
    read = sum(now.readings.get((today, is_opened), 0) for is_opened in (True, False))
    lost_query = f"?state__in=failed,missed&reading_date__gte={now.days[-2]}"
    since = f"?created_at__gte={now.days[0]}T00:00Z"
    return [
        Sum("readings of today", read, DailyReading, f"?reading_date={today}"),
        Sum("people kept", now.people, Person, "?is_active__exact=1"),
        Sum("charts", sum(now.charts.values()), NumerologyProfile),
        Sum("of them by an older engine", old, NumerologyProfile, "?engine=older"),
        Sum("checks in 30 days", sum(now.checks.values()), CompatibilityCheck, since),
        Sum("imports under way", running, PeopleImport, "?finished_at__isnull=True"),
        Sum("imports that failed", failed, PeopleImport, "?state__exact=failed", is_bad=failed > 0),
        Sum("rounds failed or missed since yesterday", lost, ReadingRound, lost_query, is_bad=lost > 0),
    ]


def _readings(now: Counts) -> Section:
    return Section(
        "Readings a day",
        "By the day they are for, where their person lives. A reading is opened when its person first reads it.",
        DailyReading,
        "Day",
        _names(now.days),
        {"opened": _daily(now, now.readings, True), "not opened": _daily(now, now.readings, False)},
    )


def _people(now: Counts) -> Section:
    return Section(
        "People added a day",
        "Whom users keep beside themselves, by the day in UTC; those deleted since are counted until they are erased.",
        Person,
        "Day",
        _names(now.days),
        {"added": [now.new_people.get(day, 0) for day in now.days]},
    )


def _charts(now: Counts) -> Section:
    versions = sorted({version for _, version in now.charts}, reverse=True)
    return Section(
        "Charts by system and version of the engine",
        f"The engine's version is {VERSION}. What an older one calculated is calculated anew when it is read.",
        NumerologyProfile,
        "System",
        list(map(str, CalculationSystem.labels)),
        {
            f"version {version}": [now.charts.get((system, version), 0) for system in CalculationSystem.values]
            for version in versions
        },
    )


def _checks(now: Counts) -> Section:
    return Section(
        "Compatibility checks a day, by type",
        "By the day in UTC. Those that their person has deleted are not counted.",
        CompatibilityCheck,
        "Day",
        _names(now.days),
        {str(kind.label): _daily(now, now.checks, kind.value) for kind in RelationshipType},
    )


def _practice(now: Counts) -> Section:
    return Section(
        "Remedies practised a day",
        "By the day that their person said it of.",
        RemedyTracking,
        "Day",
        _names(now.days),
        {"practised": _daily(now, now.trackings, True), "left out": _daily(now, now.trackings, False)},
    )


SECTIONS: tuple[tuple[Callable[[Counts], Section], type[Model]], ...] = (
    (_readings, DailyReading),
    (_people, Person),
    (_charts, NumerologyProfile),
    (_checks, CompatibilityCheck),
    (_practice, RemedyTracking),
)


def _daily(now: Counts, found: Mapping[Any, int], what: Any) -> list[int]:
    return [found.get((day, what), 0) for day in now.days]


def _names(days: tuple[date, ...]) -> list[str]:
    return [f"{day:%b %d}" for day in days]
