"""What a comparison of two people came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from numerology.pictures.characters import isolated
from numerology.pictures.facts.whose import label_of, listed


class Compared(Protocol):
    """A comparison that is kept."""

    full_name: str
    partner_name: str
    birth_date: date
    partner_birth_date: date
    relationship_type: str
    compatibility_score: int
    breakdown: dict[str, Any]
    title: str


@dataclass(frozen=True, slots=True)
class ComparedPosition:
    """``points`` are 0 to 100, ``share`` is the weight in percent and ``contribution`` the part of it that was reached.
    ``level`` is None where one of the two has no number."""

    position: str
    label: str
    you: int | None
    partner: int | None
    level: str | None
    points: int
    share: float
    contribution: float


@dataclass(frozen=True, slots=True)
class CompatibilityFacts:
    title: str
    description: str
    your_name: str
    partner_name: str
    your_birth_date: date
    partner_birth_date: date
    relationship_type: str
    score: int
    level: str
    heading: str
    positions: tuple[ComparedPosition, ...]


def compatibility(check: Compared) -> CompatibilityFacts:
    told = check.breakdown
    positions = tuple(map(_position, told["positions"]))
    said = [
        f"{each.label} {each.level} with {each.contribution:g} of {each.share:g}" for each in positions if each.level
    ]
    both = f"{isolated(check.full_name)} and {isolated(check.partner_name)}"
    return CompatibilityFacts(
        title=f"Compatibility of {both}",
        description=f"{both}, {check.relationship_type}: {check.compatibility_score} of 100, {told['level']}. "
        f"What each position brings: {listed(said)}.",
        your_name=check.full_name,
        partner_name=check.partner_name,
        your_birth_date=check.birth_date,
        partner_birth_date=check.partner_birth_date,
        relationship_type=check.relationship_type,
        score=check.compatibility_score,
        level=told["level"],
        heading=check.title,
        positions=positions,
    )


def _position(told: Mapping[str, Any]) -> ComparedPosition:
    return ComparedPosition(
        position=told["position"],
        label=label_of(told["position"]),
        you=told["you"],
        partner=told["partner"],
        level=told["level"],
        points=told["points"],
        share=told["share"],
        contribution=told["contribution"],
    )
