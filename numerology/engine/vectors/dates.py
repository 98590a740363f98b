"""Evaluators of the numbers of a date."""

from __future__ import annotations

from numerology.engine.cycles.transits import METHOD as TRANSIT_YEAR
from numerology.engine.from_date.attitude import attitude
from numerology.engine.from_date.birthday import birthday
from numerology.engine.from_date.life_path import life_path
from numerology.engine.from_date.personal_day import personal_day
from numerology.engine.from_date.personal_month import personal_month
from numerology.engine.from_date.personal_year import personal_year
from numerology.engine.from_date.universal_day import universal_day
from numerology.engine.from_date.universal_month import universal_month
from numerology.engine.from_date.universal_year import universal_year
from numerology.engine.indian.conductor import conductor
from numerology.engine.indian.driver import driver
from numerology.engine.options import MAINSTREAM
from numerology.engine.result import NumberResult
from numerology.engine.vectors.answers import Answer
from numerology.engine.vectors.asked import Asked
from numerology.engine.vectors.errors import VectorError

RULES = {
    "essence_year_runs": TRANSIT_YEAR,
    "transit_year_runs": TRANSIT_YEAR,
    "personal_year_runs": str(MAINSTREAM.personal_year),
}


def life_path_number(asked: Asked) -> NumberResult:
    return life_path(asked.born(), method=asked.options.life_path)


def birthday_number(asked: Asked) -> NumberResult:
    return birthday(asked.born("day"))


def attitude_number(asked: Asked) -> NumberResult:
    return attitude(asked.born("month", "day"), masters=asked.options.attitude_masters)


def personal_year_number(asked: Asked) -> NumberResult:
    options = asked.options
    return personal_year(
        asked.born("month", "day"), asked.on("year"), method=options.personal_year, masters=options.personal_masters
    )


def personal_month_number(asked: Asked) -> NumberResult:
    """From the Personal Year itself where the vector gives it."""
    masters = asked.options.personal_masters
    if asked.has("personal_year"):
        return personal_month(asked.whole("personal_year"), asked.whole("month", "on_month"), masters=masters)
    year = personal_year_number(asked)
    return personal_month(year.chain[-1], asked.on("year", "month").month, masters=masters)


def personal_day_number(asked: Asked) -> NumberResult:
    masters = asked.options.personal_masters
    if asked.has("personal_month"):
        return personal_day(asked.whole("personal_month"), asked.whole("day", "on_day"), masters=masters)
    month = personal_month_number(asked)
    return personal_day(month.chain[-1], asked.on().day, masters=masters)


def universal_year_number(asked: Asked) -> NumberResult:
    return universal_year(asked.on("year"), masters=asked.options.universal_masters)


def universal_month_number(asked: Asked) -> NumberResult:
    masters = asked.options.universal_masters
    if asked.has("universal_year"):
        return universal_month(asked.whole("universal_year"), asked.whole("month", "on_month"), masters=masters)
    on_date = asked.on("year", "month")
    return universal_month(universal_year(on_date, masters=masters).chain[-1], on_date.month, masters=masters)


def universal_day_number(asked: Asked) -> NumberResult:
    return universal_day(asked.on(), masters=asked.options.universal_masters)


def driver_number(asked: Asked) -> NumberResult:
    return driver(asked.born("day"), masters=asked.options.indian_masters)


def conductor_number(asked: Asked) -> NumberResult:
    return conductor(asked.born(), masters=asked.options.indian_masters)


def rule(asked: Asked) -> Answer:
    topic = asked.text("topic", "rule")
    if topic not in RULES:
        raise VectorError(f"No rule is known by the topic {topic!r}.")
    return Answer(forms=(RULES[topic],))


NUMBERS = {
    "life_path": life_path_number,
    "birthday": birthday_number,
    "attitude": attitude_number,
    "personal_year": personal_year_number,
    "personal_month": personal_month_number,
    "personal_month_from_year": personal_month_number,
    "personal_day": personal_day_number,
    "personal_day_from_month": personal_day_number,
    "universal_year": universal_year_number,
    "universal_month": universal_month_number,
    "universal_month_from_year": universal_month_number,
    "universal_day": universal_day_number,
    "driver": driver_number,
    "conductor": conductor_number,
}
ANSWERS = {"rule": rule}
