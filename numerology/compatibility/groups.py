"""Everybody of a small group with everybody else; answered at once and not kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from accounts.models import User
from numerai.common.errors import NotFound
from numerology.charts.selectors import stored_numbers
from numerology.compatibility.composition import life_paths
from numerology.compatibility.services import FEATURE
from numerology.compatibility.sides import Side, me, system_of
from numerology.content import loader
from numerology.engine import Position
from numerology.engine.compatibility.matrix import MatrixPair, matrix
from numerology.engine.compatibility.numbers import Numbers
from numerology.engine.compatibility.score import SCORE_VERSION
from numerology.engine.reduction import root
from numerology.errors import LatinNameRequired, NameWithoutLetters
from numerology.people.selectors import people_of
from payments import entitlements

AT_ONCE = "people_compared_at_once"
LARGEST = 12


@dataclass(frozen=True, slots=True)
class Group:
    """``pairs`` name people by their place in ``people``, counted from 0."""

    relationship: str
    system: str
    people: list[dict[str, Any]]
    pairs: list[dict[str, Any]]
    group_score: int
    score_version: str = SCORE_VERSION


def compare(
    *, user: User, sides: Sequence[Side], relationship: str, includes_me: bool, system: str | None = None
) -> Group:
    """Compare all of ``sides``, and the person themselves first if ``includes_me``: 2 to ``LARGEST`` in all.

    Of a side with a ``person_id`` only that counts. Raises NotFound when the person keeps nobody by it, PlanRequired,
    PlanLimitReached and the refusals of `numerology.errors`, whose field says which side is meant.
    """
    entitlements.require(user, FEATURE)
    entitlements.require_within(user, AT_ONCE, used=len(sides) + includes_me - 1)
    mine = me(user) if includes_me else None
    system = system or (mine.system if mine else system_of(stored_numbers(user)))
    everybody = ([mine.side] if mine else []) + _with_people(user, sides)
    numbers = [_numbers(side, system, field=f"people.{place - includes_me}") for place, side in enumerate(everybody)]
    pairs = matrix(numbers, relationship)
    return Group(
        relationship=relationship,
        system=system,
        people=[_person(place, side, numbers[place]) for place, side in enumerate(everybody)],
        pairs=[_pair(pair, numbers) for pair in pairs],
        group_score=round(sum(pair.result.total for pair in pairs) / len(pairs)),
    )


def _with_people(user: User, sides: Sequence[Side]) -> list[Side]:
    asked: set[UUID] = {side.person_id for side in sides if side.person_id is not None}
    kept = {person.pk: person for person in people_of(user).filter(pk__in=asked)} if asked else {}
    if asked - kept.keys():
        raise NotFound
    return [
        side
        if side.person_id is None
        else replace(
            side,
            name=kept[side.person_id].name,
            latin_name=kept[side.person_id].latin_name,
            birth_date=kept[side.person_id].birth_date,
        )
        for side in sides
    ]


def _numbers(side: Side, system: str, *, field: str) -> Numbers:
    try:
        return side.numbers(system)
    except (LatinNameRequired, NameWithoutLetters) as refusal:
        if not side.is_me:
            refusal.field = f"{field}.{refusal.field}"
        raise


def _person(place: int, side: Side, numbers: Numbers) -> dict[str, Any]:
    return {
        "index": place,
        "name": side.name,
        "birth_date": side.birth_date,
        "person_id": side.person_id,
        "is_me": side.is_me,
        "life_path_number": numbers[Position.LIFE_PATH],
    }


def _pair(pair: MatrixPair, numbers: Sequence[Numbers]) -> dict[str, Any]:
    a, b = life_paths(numbers[pair.a], numbers[pair.b])
    return {
        "a": pair.a,
        "b": pair.b,
        "compatibility_score": pair.result.score,
        "level": pair.result.level,
        "title": loader.pair(root(a), root(b)).title,
        "levels": {each.position: each.level for each in pair.result.positions},
    }
