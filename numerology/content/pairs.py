"""The content files about two people, which a comparison draws upon."""

from numerology.content.schema import Fields, File, Text, Texts
from numerology.engine.compatibility.levels import Level
from numerology.engine.compatibility.score import WEIGHTS, Relationship

PAIR = "compatibility"
PAIR_POSITIONS = "compatibility_positions"
OUTLOOK = "compatibility_advice"
SUM = "compatibility_sum"
DIFFERENCE = "compatibility_difference"
MASTER = "compatibility_masters"

# What two Life Paths are to each other.
_PAIR: Fields = {
    "title": Text(3, 60),
    "summary": Text(180, 700),
    "strengths": Texts(3, 5, Text(8, 130)),
    "challenges": Texts(2, 4, Text(8, 130)),
}
# What one position says to two people who are this or that to each other.
_POSITION: Fields = {"strength": Text(30, 130), "challenge": Text(30, 130), "advice": Text(120, 320)}

PAIRS: dict[str, File] = {
    PAIR: File(keys=tuple(f"{a}-{b}" for a in range(1, 10) for b in range(a, 10)), fields=_PAIR),
    PAIR_POSITIONS: File(
        keys=tuple(f"{relationship}-{position}" for relationship in Relationship for position in WEIGHTS[relationship]),
        fields=_POSITION,
    ),
}
# The keys of those that are lines.
OUTLOOK_KEYS = tuple(f"{relationship}-{level}" for relationship in Relationship for level in Level)
SUM_KEYS = tuple(map(str, (*range(1, 10), 11, 22, 33)))
DIFFERENCE_KEYS = tuple(map(str, range(9)))
MASTER_KEYS = ("11", "22", "33")
