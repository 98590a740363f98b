"""What a month says: its theme within the year, its weeks, and what it is like for everybody."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from numerology.content import loader
from numerology.content.readings import MONTHLY
from numerology.engine import Position, personal_cycle
from numerology.engine.from_date.universal_month import universal_month
from numerology.engine.from_date.universal_year import universal_year
from numerology.readings.periods.choosing import Chooser, chooser
from numerology.readings.periods.spans import Span

SOURCES = (MONTHLY, "universal_month", Position.PERSONAL_MONTH, Position.PERSONAL_YEAR)


@dataclass(frozen=True, slots=True)
class MonthWeek:
    """A week, cut off at the ends of the month, and the Personal Day that it begins with."""

    starts_on: date
    ends_on: date
    personal_day_number: int
    line: str


@dataclass(frozen=True, slots=True)
class Universal:
    """What a month or a year is for everybody."""

    number: int
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class MonthlyReading:
    """``days_in_tune`` are those whose Personal Day is the number of the Personal Month."""

    month: str
    starts_on: date
    ends_on: date
    personal_year_number: int
    personal_year_title: str
    personal_month_number: int
    title: str
    keywords: tuple[str, ...]
    theme: str
    within_the_year: str
    description: str
    advice: str
    universal_month: Universal
    weeks: tuple[MonthWeek, ...]
    days_in_tune: tuple[date, ...]
    content_version: int


def compose(*, person: UUID, birth_date: date, span: Span) -> MonthlyReading:
    """The reading of one person for one month: the same whenever it is composed from the same texts."""
    version = loader.version_of(*SOURCES)
    choose = chooser(person=person, version=version, turn=span.first.year * 12 + span.first.month)
    cycle = personal_cycle(birth_date, span.first)
    year, month = cycle.year.chain[-1], cycle.month.chain[-1]
    page = loader.interpretation(Position.PERSONAL_MONTH, month)
    return MonthlyReading(
        month=f"{span.first:%Y-%m}",
        starts_on=span.first,
        ends_on=span.last,
        personal_year_number=year,
        personal_year_title=loader.interpretation(Position.PERSONAL_YEAR, year).title,
        personal_month_number=month,
        title=page.title,
        keywords=page.keywords,
        theme=choose(f"theme {month}", loader.monthly_texts(month).themes),
        within_the_year=choose(f"year {year}", loader.monthly_texts(year).years),
        description=page.description,
        advice=page.advice,
        universal_month=_universal(span.first),
        weeks=tuple(_week(birth_date, week, choose) for week in span.weeks()),
        days_in_tune=tuple(day for day in span.days if personal_cycle(birth_date, day).day.chain[-1] == month),
        content_version=version,
    )


def _week(birth_date: date, week: Span, choose: Chooser) -> MonthWeek:
    number = personal_cycle(birth_date, week.first).day.chain[-1]
    return MonthWeek(
        starts_on=week.first,
        ends_on=week.last,
        personal_day_number=number,
        line=choose(f"week {number}", loader.monthly_texts(number).weeks),
    )


def _universal(first: date) -> Universal:
    number = universal_month(universal_year(first).chain[-1], first.month).chain[-1]
    line = loader.line("universal_month", number)
    return Universal(number, line.title, line.summary)
