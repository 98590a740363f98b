"""What a reading says: chosen by a keyed hash from the texts of the Personal Day, never by chance."""

from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from uuid import UUID

from numerology.content.loader import daily_texts, daily_version
from numerology.engine import personal_cycle
from numerology.engine.from_date.life_path import life_path
from numerology.engine.reduction import root


@dataclass(frozen=True, slots=True)
class Composition:
    """Everything a reading says, and the version of the texts it was chosen from."""

    personal_day_number: int
    lucky_number: int
    lucky_color: str
    auspicious_time: str
    activity_recommendation: str
    warning: str
    affirmation: str
    actionable_tip: str
    content_version: int


def compose(*, person: UUID, birth_date: date, on_date: date) -> Composition:
    """The reading of one person for one date: the same whenever and wherever it is composed from the same texts."""
    personal_day = personal_cycle(birth_date, on_date).day.chain[-1]
    texts, version = daily_texts(personal_day), daily_version()

    def choice(field: str, options: tuple[str, ...]) -> str:
        # A key of its own for each person keeps one reading from telling anything about another's.
        digest = blake2b(f"{on_date.isoformat()}|{version}|{field}".encode(), key=person.bytes, digest_size=8).digest()
        return options[int.from_bytes(digest) % len(options)]

    return Composition(
        personal_day_number=personal_day,
        lucky_number=root(life_path(birth_date).chain[-1] + personal_day),
        lucky_color=choice("lucky_color", texts.lucky_colors),
        auspicious_time=choice("auspicious_time", texts.auspicious_times),
        activity_recommendation=choice("activity_recommendation", texts.activity_recommendations),
        warning=choice("warning", texts.warnings),
        affirmation=choice("affirmation", texts.affirmations),
        actionable_tip=choice("actionable_tip", texts.actionable_tips),
        content_version=version,
    )
