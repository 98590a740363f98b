"""What a week says: its theme, each of its days, and which of them is best for what."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from numerology.content import loader
from numerology.content.readings import BEST, PURPOSES, WEEKLY
from numerology.engine import Position, personal_cycle
from numerology.engine.from_date.universal_month import universal_month
from numerology.engine.from_date.universal_year import universal_year
from numerology.readings.periods.choosing import Chooser, chooser
from numerology.readings.periods.spans import Span

# The week belongs to the month and the year of its Thursday, as it does in the calendar.
THURSDAY = 3
# Per purpose the Personal Days that suit it, the best one first.
SUITED = {
    "start": (1, 5, 3, 8, 4, 6, 2, 9, 7),
    "work": (4, 8, 1, 6, 7, 3, 5, 9, 2),
    "people": (2, 6, 3, 9, 5, 1, 8, 4, 7),
    "rest": (7, 9, 2, 6, 4, 3, 1, 5, 8),
}
SOURCES = (WEEKLY, BEST, "personal_day", "universal_month", Position.PERSONAL_MONTH)


@dataclass(frozen=True, slots=True)
class WeekDay:
    date: date
    personal_day_number: int
    title: str
    line: str


@dataclass(frozen=True, slots=True)
class BestDay:
    purpose: str
    date: date
    personal_day_number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Turn:
    """The day within the week on which another Personal Month begins, and with January another Personal Year."""

    date: date
    personal_year_number: int
    personal_month_number: int
    title: str


@dataclass(frozen=True, slots=True)
class WeeklyReading:
    week: str
    starts_on: date
    ends_on: date
    personal_year_number: int
    personal_month_number: int
    universal_month_number: int
    title: str
    keywords: tuple[str, ...]
    theme: str
    focus: str
    around: str
    turn: Turn | None
    days: tuple[WeekDay, ...]
    best_days: tuple[BestDay, ...]
    content_version: int


def compose(*, person: UUID, birth_date: date, span: Span) -> WeeklyReading:
    """The reading of one person for one week: the same whenever it is composed from the same texts."""
    version = loader.version_of(*SOURCES)
    choose = chooser(person=person, version=version, turn=span.first.toordinal() // 7)
    middle = span.days[THURSDAY]
    cycle = personal_cycle(birth_date, middle)
    year, month = cycle.year.chain[-1], cycle.month.chain[-1]
    universal = universal_month(universal_year(middle).chain[-1], middle.month).chain[-1]
    page = loader.interpretation(Position.PERSONAL_MONTH, month)
    days = tuple(_day(birth_date, day, choose) for day in span.days)
    return WeeklyReading(
        week="{}-W{:02}".format(*middle.isocalendar()[:2]),
        starts_on=span.first,
        ends_on=span.last,
        personal_year_number=year,
        personal_month_number=month,
        universal_month_number=universal,
        title=page.title,
        keywords=page.keywords,
        theme=choose(f"theme {month}", loader.weekly_texts(month).themes),
        focus=choose(f"focus {year}", loader.weekly_texts(year).focuses),
        around=loader.line("universal_month", universal).summary,
        turn=_turn(birth_date, span),
        days=days,
        best_days=best_days(days, choose),
        content_version=version,
    )


def best_days(days: tuple[WeekDay, ...], choose: Chooser) -> tuple[BestDay, ...]:
    """A day of its own for each purpose: the best that is left, and of equals the first."""
    left = list(days)
    found = []
    for purpose in PURPOSES:
        best = min(left, key=lambda day: (SUITED[purpose].index(day.personal_day_number), day.date))
        left.remove(best)
        number = best.personal_day_number
        reason = choose(f"{purpose} {number}", loader.best_reasons(purpose, number))
        found.append(BestDay(purpose, best.date, number, reason))
    return tuple(found)


def _day(birth_date: date, day: date, choose: Chooser) -> WeekDay:
    number = personal_cycle(birth_date, day).day.chain[-1]
    line = choose(f"day {number}", loader.weekly_texts(number).days)
    return WeekDay(date=day, personal_day_number=number, title=loader.note("personal_day", number).title, line=line)


def _turn(birth_date: date, span: Span) -> Turn | None:
    if span.first.month == span.last.month:
        return None
    begins = span.last.replace(day=1)
    cycle = personal_cycle(birth_date, begins)
    year, month = cycle.year.chain[-1], cycle.month.chain[-1]
    return Turn(begins, year, month, loader.interpretation(Position.PERSONAL_MONTH, month).title)
