"""The files of the remedies: what each type says for each digit, and why it was chosen."""

from numerology.content.schema import Fields, File, Text
from numerology.engine import Position

# Of the digits that a name lacks; no number of the chart, so the engine has no position for it.
KARMIC_LESSON = "karmic_lesson"
TYPES = ("gemstone", "color", "ritual", "mantra", "dietary", "exercise")
# Per type the position that chooses, and the one that stands in for it where a name has no such number.
SOURCES: dict[str, tuple[str, ...]] = {
    "gemstone": (Position.LIFE_PATH,),
    "color": (Position.PERSONALITY, Position.LIFE_PATH),
    "ritual": (Position.BALANCE,),
    "mantra": (Position.SOUL_URGE, Position.LIFE_PATH),
    "dietary": (Position.ATTITUDE,),
    "exercise": (KARMIC_LESSON, Position.BIRTHDAY),
}
REMEDY = "remedy"
REASON = "remedy_reason"
REMEDY_FIELDS: Fields = {"title": Text(3, 60), "description": Text(120, 420), "recommendation": Text(80, 320)}
FILES: dict[str, File] = {
    REMEDY: File(keys=tuple(f"{kind}-{digit}" for kind in TYPES for digit in range(1, 10)), fields=REMEDY_FIELDS),
    REASON: File(
        keys=tuple(f"{kind}-{position}" for kind, positions in SOURCES.items() for position in positions),
        fields={"reason": Text(80, 300)},
    ),
}
