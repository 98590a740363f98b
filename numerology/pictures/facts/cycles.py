"""The timeline of a life: Period Cycles, Pinnacles, Challenges and Essence from birth through the age of 100."""

from dataclasses import dataclass
from datetime import MAXYEAR, date

from numerology.engine import Chart
from numerology.engine.bounds import FIRST_YEAR
from numerology.engine.cycles.essence import EssenceSpan
from numerology.engine.from_date.challenges import Challenge, Phase
from numerology.engine.from_date.personal_year import personal_year
from numerology.engine.stages import Stage, stage_at
from numerology.pictures.characters import isolated
from numerology.pictures.facts.whose import Whose, listed, whose, written

LAST_AGE = 100
# How many Personal Years are told, and how many of them lie behind.
YEARS, PAST_YEARS = 9, 4
# Challenges have no ages of their own: they are drawn over the parts of life that the Period Cycles make.
_PARTS = {Phase.EARLY: (0, 0), Phase.MID: (1, 1), Phase.WHOLE_LIFE: (0, 2), Phase.LATE: (2, 2)}


@dataclass(frozen=True, slots=True)
class Span:
    """From the birthday of ``start_age`` through the year of ``end_age``, None for the rest of life."""

    name: str
    value: int
    calculation: str
    start_age: int
    end_age: int | None
    start_year: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class ChallengeSpan:
    """The ages are approximate. ``read_as`` is the number whose quality it has."""

    name: str
    phase: str
    value: int
    read_as: int
    calculation: str
    start_age: int
    end_age: int | None


@dataclass(frozen=True, slots=True)
class EssenceYears:
    """The letters that run, and the number they add up to, 0 without letters."""

    letters: str
    value: int
    start_age: int
    end_age: int
    start_year: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class PersonalYear:
    year: int
    value: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class CyclesFacts:
    """``exact_age`` is where ``on_date`` lies on the timeline, in years; None before birth and beyond its end."""

    title: str
    description: str
    whose: Whose
    on_date: date
    age: int
    exact_age: float | None
    period_cycles: tuple[Span, ...]
    pinnacles: tuple[Span, ...]
    challenges: tuple[ChallengeSpan, ...]
    essence: tuple[EssenceYears, ...]
    personal_years: tuple[PersonalYear, ...]


def cycles(chart: Chart, name: str) -> CyclesFacts:
    periods, pinnacles = _spans(chart, chart.period_cycles), _spans(chart, chart.pinnacles)
    essence = tuple(_essence(chart, each) for each in chart.essence_timeline(last_age=LAST_AGE))
    return CyclesFacts(
        title=f"Life cycles of {isolated(name)}",
        description=_described(chart, name, periods, pinnacles, essence),
        whose=whose(chart, name),
        on_date=chart.on_date,
        age=chart.age,
        exact_age=_exact_age(chart),
        period_cycles=periods,
        pinnacles=pinnacles,
        challenges=tuple(_challenge(each, chart.period_cycles) for each in chart.challenges),
        essence=essence,
        personal_years=_personal_years(chart),
    )


def _spans(chart: Chart, stages: tuple[Stage, ...]) -> tuple[Span, ...]:
    current = stage_at(chart.age, stages) if chart.age >= 0 else None
    return tuple(
        Span(
            name=stage.name,
            value=stage.number.chain[-1],
            calculation=stage.number.calculation,
            start_age=stage.start_age,
            end_age=stage.end_age,
            start_year=chart.birth_date.year + stage.start_age,
            is_current=stage is current,
        )
        for stage in stages
    )


def _challenge(challenge: Challenge, periods: tuple[Stage, ...]) -> ChallengeSpan:
    first, last = _PARTS[challenge.phase]
    return ChallengeSpan(
        name=challenge.role.value,
        phase=challenge.phase.value,
        value=challenge.number.chain[-1],
        read_as=challenge.read_as,
        calculation=challenge.number.calculation,
        start_age=periods[first].start_age,
        end_age=periods[last].end_age,
    )


def _essence(chart: Chart, span: EssenceSpan) -> EssenceYears:
    return EssenceYears(
        letters=span.letters,
        value=span.value,
        start_age=span.from_age,
        end_age=span.to_age,
        start_year=chart.birth_date.year + span.from_age,
        is_current=span.from_age <= chart.age <= span.to_age,
    )


def _personal_years(chart: Chart) -> tuple[PersonalYear, ...]:
    """None of them before birth or beyond the calendar."""
    first = max(chart.birth_date.year, chart.on_date.year - PAST_YEARS, FIRST_YEAR)
    return tuple(
        PersonalYear(year, personal_year(chart.birth_date, date(year, 1, 1)).chain[-1], year == chart.on_date.year)
        for year in range(first, min(first + YEARS, MAXYEAR + 1))
    )


def _exact_age(chart: Chart) -> float | None:
    if not 0 <= chart.age <= LAST_AGE:
        return None
    since = chart.on_date - _birthday(chart.birth_date, chart.birth_date.year + chart.age)
    return chart.age + min(since.days / 365.25, 0.99)


def _birthday(born: date, year: int) -> date:
    if (born.month, born.day) == (2, 29) and date(year, 3, 1).toordinal() - date(year, 2, 1).toordinal() == 28:
        return date(year, 3, 1)
    return born.replace(year=year)


def _described(
    chart: Chart,
    name: str,
    periods: tuple[Span, ...],
    pinnacles: tuple[Span, ...],
    essence: tuple[EssenceYears, ...],
) -> str:
    challenges = [f"{each.role} {each.number.chain[-1]}" for each in chart.challenges]
    running = [f"Essence {each.value} from {each.letters}" for each in essence if each.is_current]
    return (
        f"The life cycles of {isolated(name)}, born on {written(chart.birth_date)}, "
        f"from birth through the age of {LAST_AGE}. "
        f"Period Cycles: {_told(periods)}. Pinnacles: {_told(pinnacles)}. "
        f"Challenges, without exact ages: {listed(challenges)}. "
        f"On {written(chart.on_date)}: age {chart.age}, Personal Year {chart.personal_year.chain[-1]}, "
        f"{listed(running) if running else 'no Essence shown'}."
    )


def _told(spans: tuple[Span, ...]) -> str:
    return listed([f"{span.name} {span.value} from age {span.start_age}" for span in spans])
