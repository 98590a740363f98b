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
