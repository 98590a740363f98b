"""The shapes of the texts people read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What one number means in one position."""

    title: str
    keywords: tuple[str, ...]
    description: str
    strengths: tuple[str, ...]
    challenges: tuple[str, ...]
    career: tuple[str, ...]
    relationships: str
    life_purpose: str
    advice: str


@dataclass(frozen=True, slots=True)
class DailyTexts:
    """What a reading may choose from on one Personal Day."""

    lucky_colors: tuple[str, ...]
    auspicious_times: tuple[str, ...]
    activity_recommendations: tuple[str, ...]
    warnings: tuple[str, ...]
    affirmations: tuple[str, ...]
    actionable_tips: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What a number means in one of the secondary positions of a chart."""

    title: str
    keywords: tuple[str, ...]
    summary: str
    gift: str
    caution: str
    advice: str


@dataclass(frozen=True, slots=True)
class Line:
    """What one detail of a chart means: a letter, a cell of a grid, a line."""

    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class PairText:
    """What two Life Paths are to each other."""

    title: str
    summary: str
    strengths: tuple[str, ...]
    challenges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairPositionText:
    """What a position says to two people: where it is easy, where it is not, and what to try then."""

    strength: str
    challenge: str
    advice: str


@dataclass(frozen=True, slots=True)
class RemedyText:
    """A practice of one type for one digit."""

    title: str
    description: str
    recommendation: str


@dataclass(frozen=True, slots=True)
class WeeklyTexts:
    """What a week may choose from: of its Personal Month, its Personal Year and each Personal Day."""

    themes: tuple[str, ...]
    focuses: tuple[str, ...]
    days: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonthlyTexts:
    """What a month may choose from: of its own number, its Personal Year and the day that each week begins with."""

    themes: tuple[str, ...]
    years: tuple[str, ...]
    weeks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class YearlyTexts:
    """What a year may choose from: of its own number and of each Personal Month."""

    themes: tuple[str, ...]
    months: tuple[str, ...]
