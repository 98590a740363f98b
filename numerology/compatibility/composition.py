"""What is said about a score: put together from the texts of the pair, of its positions and of its relationship."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from numerology.content import loader
from numerology.content.pairs import DIFFERENCE, MASTER, OUTLOOK, PAIR, PAIR_POSITIONS, SUM
from numerology.engine import Position
from numerology.engine.compatibility.levels import Level
from numerology.engine.compatibility.numbers import Numbers
from numerology.engine.compatibility.score import CompatibilityScore, PositionScore
from numerology.engine.compatibility.sum_and_difference import SumAndDifference, sum_and_difference
from numerology.engine.reduction import root

FILES = (PAIR, PAIR_POSITIONS, OUTLOOK, SUM, DIFFERENCE, MASTER)
# How many positions are named beside what the two Life Paths say.
MOST_POSITIONS = 3


@dataclass(frozen=True, slots=True)
class Composition:
    title: str
    summary: str
    strengths: list[str]
    challenges: list[str]
    advice: str
    breakdown: dict[str, Any]
    together: dict[str, Any]


def compose(result: CompatibilityScore, you: Numbers, partner: Numbers) -> Composition:
    """The words and figures for two people whose numbers gave ``result``."""
    yours, theirs = life_paths(you, partner)
    pair = loader.pair(root(yours), root(theirs))
    between = sum_and_difference(yours, theirs)
    return Composition(
        title=pair.title,
        summary=pair.summary,
        strengths=[*pair.strengths, *_said(result, "strength", Level.NATURAL)],
        challenges=[*pair.challenges, *_said(result, "challenge", Level.CHALLENGING)],
        advice=_advice(result, between),
        breakdown=_breakdown(result, you, partner),
        together=_together(between),
    )


def life_paths(you: Numbers, partner: Numbers) -> tuple[int, int]:
    """Every birth date has one."""
    return you[Position.LIFE_PATH] or 0, partner[Position.LIFE_PATH] or 0


def texts_version() -> int:
    """Grows whenever what is said may change."""
    return loader.version_of(*FILES)


def _of_level(result: CompatibilityScore, level: Level) -> list[PositionScore]:
    """The heaviest first."""
    found = [each for each in result.counted if each.level is level]
    return sorted(found, key=attrgetter("weight"), reverse=True)


def _said(result: CompatibilityScore, field: str, level: Level) -> Iterable[str]:
    for each in _of_level(result, level)[:MOST_POSITIONS]:
        text: str = getattr(loader.pair_position(result.relationship, each.position), field)
        yield text


def _advice(result: CompatibilityScore, between: SumAndDifference) -> str:
    """What the score calls for, then what its heaviest hard position does; without one, the step between the paths."""
    outlook = loader.line(OUTLOOK, f"{result.relationship}-{result.level}").summary
    hard = _of_level(result, Level.CHALLENGING)
    if hard:
        return f"{outlook} {loader.pair_position(result.relationship, hard[0].position).advice}"
    return f"{outlook} {loader.line(DIFFERENCE, between.difference).summary}"


def _breakdown(result: CompatibilityScore, you: Numbers, partner: Numbers) -> dict[str, Any]:
    told = result.to_dict()
    for position in told["positions"]:
        position["you"], position["partner"] = you.get(position["position"]), partner.get(position["position"])
        position.pop("numbers")
        position["masters"] = [_master(number) for number in position["masters"]]
    return told


def _master(number: int) -> dict[str, Any]:
    text = loader.line(MASTER, number)
    return {"number": number, "title": text.title, "text": text.summary}


def _together(between: SumAndDifference) -> dict[str, Any]:
    total, step = loader.line(SUM, between.sum), loader.line(DIFFERENCE, between.difference)
    return {
        **between.to_dict(),
        "sum_title": total.title,
        "sum_text": total.summary,
        "difference_title": step.title,
        "difference_text": step.summary,
    }
