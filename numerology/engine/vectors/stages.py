"""Evaluators of Period Cycles, Pinnacles and Challenges, with their ages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from numerology.engine.from_date.challenges import Challenge, challenges, challenges_of
from numerology.engine.from_date.period_cycles import period_cycles, period_start_ages
from numerology.engine.from_date.pinnacles import pinnacle_start_ages, pinnacles
from numerology.engine.reduction import root
from numerology.engine.stages import Stage
from numerology.engine.vectors.answers import Answer
from numerology.engine.vectors.asked import BIRTH, Asked
from numerology.engine.vectors.errors import VectorError


def _pinnacles(asked: Asked) -> tuple[Stage, ...]:
    return pinnacles(asked.born(), method=asked.options.pinnacles, ages=asked.options.pinnacle_ages)


def _periods(asked: Asked) -> tuple[Stage, ...]:
    return period_cycles(asked.born(), starts=asked.options.period_starts)


def _challenges(asked: Asked) -> tuple[Challenge, ...]:
    """Also from parts that are reduced already."""
    masters = asked.options.challenge_masters
    if asked.has(*BIRTH):
        return challenges(asked.born(), masters=masters)
    month, day, year = (asked.whole(part, f"birth_{part}") for part in ("month", "day", "year"))
    return challenges_of(month, day, year, masters=masters)


STAGES: dict[str, Callable[[Asked], tuple[Stage, ...] | tuple[Challenge, ...]]] = {
    "pinnacle": _pinnacles,
    "period_cycle": _periods,
    "period": _periods,
    "cycle": _periods,
    "challenge": _challenges,
}


def some(kind: str, places: Sequence[int], asked: Asked) -> Answer:
    """The values of the stages at `places`, counted from 1, or of all."""
    every = STAGES[kind](asked)
    if any(not 1 <= place <= len(every) for place in places):
        raise VectorError(f"There are {len(every)} numbers of the kind {kind}, not {max(places)}.")
    chosen = [every[place - 1] for place in places] or every
    values = [each.number.root if asked.method.reduces else each.number.value for each in chosen]
    plain = [each.to_dict() | {"value": value} for each, value in zip(chosen, values, strict=True)]
    named = {str(each.place): value for each, value in zip(chosen, values, strict=True)}
    return Answer(forms=(values, plain, named), traces=tuple(each.number for each in chosen))


def main_challenge(asked: Asked) -> Answer:
    return some("challenge", (3,), asked)


def _start_ages(asked: Asked, kind: str) -> tuple[int, ...]:
    options = asked.options
    path = asked.whole("life_path") if asked.has("life_path") else None
    if path is None:
        born = asked.born()
        path = root(born.year + born.month + born.day)
    if kind == "pinnacle":
        return pinnacle_start_ages(path, ages=options.pinnacle_ages)
    return period_start_ages(path, starts=options.period_starts)


def _starts(kind: str, asked: Asked) -> Answer:
    starts = _start_ages(asked, kind)
    return Answer(forms=(starts, starts[1:]))


def _ends(kind: str, asked: Asked) -> Answer:
    ends = [start - 1 for start in _start_ages(asked, kind)[1:]]
    return Answer(forms=(ends, [*ends, None]))


def _ages(kind: str, asked: Asked) -> Answer:
    starts = _start_ages(asked, kind)
    ends = [*(start - 1 for start in starts[1:]), None]
    spans = [list(span) for span in zip(starts, ends, strict=True)]
    return Answer(forms=(spans, [{"start_age": start, "end_age": end} for start, end in spans]))


ANSWERS = {
    "main_challenge": main_challenge,
    "challenge_main": main_challenge,
    "challenges_main_from_parts": main_challenge,
    "challenge_main_from_parts": main_challenge,
    "pinnacle_start_ages": lambda asked: _starts("pinnacle", asked),
    "pinnacle_end_ages": lambda asked: _ends("pinnacle", asked),
    "pinnacle_ages": lambda asked: _ages("pinnacle", asked),
    "period_start_ages": lambda asked: _starts("period", asked),
    "period_end_ages": lambda asked: _ends("period", asked),
    "period_ages": lambda asked: _ages("period", asked),
}
