from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One figure. ``ratio`` is ``value`` over a limit measured in the same run; ``goal`` is what it may be at most, or
    at least where more is better."""

    name: str
    value: float
    unit: str
    ratio: float | None
    goal: float | None
    ok: bool


def measure(*, name: str, value: float, unit: str, limit: float | None = None, goal: float | None = None) -> Measure:
    ratio = value / limit if limit else None
    return Measure(name, value, unit, ratio, goal, ok=goal is None or (ratio is not None and ratio <= goal))


def rate(*, name: str, value: float, unit: str, limit: float, goal: float) -> Measure:
    """A figure of which more is better: its ratio to the limit has to reach ``goal``."""
    return Measure(name, value, unit, value / limit, goal, ok=value / limit >= goal)
