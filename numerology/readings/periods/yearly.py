"""What a year says: its theme, its twelve months, and the longer stretches of life that it lies in."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from numerology.content import loader
from numerology.content.readings import YEARLY
from numerology.content.texts import Note
from numerology.engine import Position, personal_cycle
from numerology.engine.cycles.ages import age_on
from numerology.engine.from_date.challenges import ChallengeRole, challenges
from numerology.engine.from_date.period_cycles import period_cycles
from numerology.engine.from_date.pinnacles import pinnacles
from numerology.engine.from_date.universal_year import universal_year
from numerology.engine.stages import stage_at
from numerology.readings.periods.choosing import chooser
from numerology.readings.periods.spans import DAY, Span, birthday_in

SOURCES = (
    *(YEARLY, "universal_year", "pinnacle", "period", "essence", "challenge"),
    *(Position.PERSONAL_MONTH, Position.PERSONAL_YEAR),
)
# What runs at an age: how it is called, and its number; None for what nobody can say.
Running = Callable[[int], tuple[str, int] | None]


@dataclass(frozen=True, slots=True)
class YearMonth:
    month: str
    personal_month_number: int
    title: str
    line: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """What runs from ``starts_on`` to ``ends_on`` within the year; another birthday may bring another one."""

    name: str
    number: int
    starts_on: date
    ends_on: date
    title: str
    summary: str
    gift: str
    caution: str
    advice: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A number with what it means, in short."""

    number: int
    title: str
    summary: str
    advice: str


@dataclass(frozen=True, slots=True)
class YearlyReading:
    """Without letters that can be counted nobody has an essence, and ``essences`` is empty."""

    year: int
    starts_on: date
    ends_on: date
    personal_year_number: int
    title: str
    keywords: tuple[str, ...]
    theme: str
    description: str
    strengths: tuple[str, ...]
    challenges: tuple[str, ...]
    advice: str
    universal_year: Remark
    challenge: Remark
    months: tuple[YearMonth, ...]
    pinnacles: tuple[Stretch, ...]
    periods: tuple[Stretch, ...]
    essences: tuple[Stretch, ...]
    content_version: int


def compose(*, person: UUID, birth_date: date, span: Span, essence_at: Callable[[int], int | None]) -> YearlyReading:
    """The reading of one person for one year: the same whenever it is composed from the same texts.

    ``essence_at`` answers the Essence of an age in whole years, None where there is none.
    """
    version = loader.version_of(*SOURCES)
    year = span.first.year
    number = personal_cycle(birth_date, span.last).year.chain[-1]
    page = loader.interpretation(Position.PERSONAL_YEAR, number)
    choose = chooser(person=person, version=version, turn=year)
    main = next(each for each in challenges(birth_date) if each.role is ChallengeRole.MAIN).number.chain[-1]
    stretches = _stretches(birth_date, span, essence_at)
    return YearlyReading(
        year=year,
        starts_on=span.first,
        ends_on=span.last,
        personal_year_number=number,
        title=page.title,
        keywords=page.keywords,
        theme=choose(f"theme {number}", loader.yearly_texts(number).themes),
        description=page.description,
        strengths=page.strengths,
        challenges=page.challenges,
        advice=page.advice,
        universal_year=_universal(span.first),
        challenge=_remark(main, loader.note("challenge", f"{main}-{ChallengeRole.MAIN}")),
        months=_months(person, birth_date, year, version),
        pinnacles=stretches["pinnacle"],
        periods=stretches["period"],
        essences=stretches["essence"],
        content_version=version,
    )


def _months(person: UUID, birth_date: date, year: int, version: int) -> tuple[YearMonth, ...]:
    """Of twelve months three repeat a number; the repetition is given another line."""
    seen: Counter[int] = Counter()
    found = []
    for month in range(1, 13):
        number = personal_cycle(birth_date, date(year, month, 1)).month.chain[-1]
        choose = chooser(person=person, version=version, turn=year + seen[number])
        seen[number] += 1
        title = loader.interpretation(Position.PERSONAL_MONTH, number).title
        line = choose(f"month {number}", loader.yearly_texts(number).months)
        found.append(YearMonth(f"{year}-{month:02}", number, title, line))
    return tuple(found)


def _stretches(birth_date: date, span: Span, essence_at: Callable[[int], int | None]) -> dict[str, tuple[Stretch, ...]]:
    all_pinnacles, all_periods = pinnacles(birth_date), period_cycles(birth_date)

    def pinnacle(age: int) -> tuple[str, int]:
        stage = stage_at(age, all_pinnacles)
        return stage.name, stage.number.chain[-1]

    def period(age: int) -> tuple[str, int]:
        stage = stage_at(age, all_periods)
        return stage.name, stage.number.chain[-1]

    def essence(age: int) -> tuple[str, int] | None:
        number = essence_at(age)
        return None if number is None else ("", number)

    running: dict[str, Running] = {"pinnacle": pinnacle, "period": period, "essence": essence}
    parts = list(_parts(birth_date, span))
    return {position: tuple(_within(birth_date, parts, position, each)) for position, each in running.items()}


def _parts(birth_date: date, span: Span) -> Iterator[Span]:
    """The year until the birthday and from it on; nothing before birth."""
    birthday = birthday_in(span.first.year, birth_date)
    for part in (Span(span.first, birthday - DAY), Span(birthday, span.last)):
        if part.first <= part.last and part.first >= birth_date:
            yield part


def _within(birth_date: date, parts: list[Span], position: str, running: Running) -> Iterator[Stretch]:
    for found, same in groupby(parts, key=lambda part: running(age_on(birth_date, part.first))):
        if found is None:
            continue
        (name, number), spans = found, list(same)
        note = loader.note(position, f"{number}-{name}" if name else number)
        yield Stretch(
            name=name,
            number=number,
            starts_on=spans[0].first,
            ends_on=spans[-1].last,
            title=note.title,
            summary=note.summary,
            gift=note.gift,
            caution=note.caution,
            advice=note.advice,
        )


def _universal(day: date) -> Remark:
    number = universal_year(day).chain[-1]
    return _remark(number, loader.note("universal_year", number))


def _remark(number: int, note: Note) -> Remark:
    return Remark(number, note.title, note.summary, note.advice)
