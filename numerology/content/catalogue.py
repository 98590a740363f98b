"""Every content file there is: the position or page it belongs to, its tables and how much each of their fields holds.

The bounds keep a page readable and the columns of a stored reading wide enough; all lengths are in characters.
"""

from numerology.content import pairs, readings, remedies
from numerology.content.schema import Fields, File, Text, Texts
from numerology.engine import Position

DAILY = "daily"
ABSENT = "absent"
DIGITS = tuple(range(1, 10))
WITH_MASTERS = (*DIGITS, 11, 22, 33)
LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
# Of two grids; a line is named by its cells, and only one that is full or empty has something to say.
LO_SHU_LINES = ("492", "357", "816", "438", "951", "276", "456", "258")
ARROWS = ("123", "789", "159", "147", "369", "258", "357", "456")
LINE_STATES = ("full", "empty")
PLANES = ("physical", "mental", "emotional", "intuitive")
# A name can lack vowels or consonants, never letters: these are the only numbers that may be missing.
ABSENT_POSITIONS = (Position.SOUL_URGE, Position.PERSONALITY)

INTERPRETATION: Fields = {
    "title": Text(3, 60),
    "keywords": Texts(3, 6, Text(3, 30)),
    "description": Text(300, 1000),
    "strengths": Texts(3, 6, Text(8, 100)),
    "challenges": Texts(3, 6, Text(8, 100)),
    "career": Texts(3, 6, Text(8, 130)),
    "relationships": Text(150, 500),
    "life_purpose": Text(100, 350),
    "advice": Text(120, 400),
}
DAILY_TEXTS: Fields = {
    "lucky_colors": Texts(5, 12, Text(3, 40)),
    "auspicious_times": Texts(5, 12, Text(5, 60)),
    "activity_recommendations": Texts(10, 30, Text(20, 250)),
    "warnings": Texts(10, 30, Text(20, 250)),
    "affirmations": Texts(10, 30, Text(10, 250)),
    "actionable_tips": Texts(10, 30, Text(20, 250)),
}
_FEW = Texts(1, 6, Text(8, 130))
ABSENT_INTERPRETATION: Fields = {
    **INTERPRETATION,
    "description": Text(100, 1000),
    "strengths": _FEW,
    "challenges": _FEW,
    "career": _FEW,
    "relationships": Text(60, 500),
    "life_purpose": Text(60, 350),
    "advice": Text(60, 400),
}
# What a secondary position says: less than an interpretation, and both sides of it.
NOTE: Fields = {
    "title": Text(3, 60),
    "keywords": Texts(3, 5, Text(3, 30)),
    "summary": Text(180, 700),
    "gift": Text(50, 260),
    "caution": Text(50, 260),
    "advice": Text(60, 320),
}
# What a detail says: a letter, a cell of a grid, a line.
LINE: Fields = {"title": Text(3, 60), "summary": Text(110, 480)}


def _numbered(numbers: tuple[int, ...], fields: Fields) -> File:
    return File(keys=tuple(map(str, numbers)), fields=fields)


def _placed(numbers: tuple[int, ...], places: tuple[str, ...], fields: Fields) -> File:
    """The keys are `<number>-<place>`."""
    return File(keys=tuple(f"{number}-{place}" for number in numbers for place in places), fields=fields)


# The nine numbers that open a chart, each with a whole page.
PAGES: dict[str, File] = {
    Position.LIFE_PATH: _numbered(WITH_MASTERS, INTERPRETATION),
    Position.DESTINY: _numbered(WITH_MASTERS, INTERPRETATION),
    Position.SOUL_URGE: _numbered(WITH_MASTERS, INTERPRETATION),
    Position.PERSONALITY: _numbered(WITH_MASTERS, INTERPRETATION),
    Position.ATTITUDE: _numbered(DIGITS, INTERPRETATION),
    Position.MATURITY: _numbered(WITH_MASTERS, INTERPRETATION),
    Position.BALANCE: _numbered(DIGITS, INTERPRETATION),
    Position.PERSONAL_YEAR: _numbered(DIGITS, INTERPRETATION),
    Position.PERSONAL_MONTH: _numbered(DIGITS, INTERPRETATION),
}
# Everything else a chart shows, by the name of its file.
NOTES: dict[str, File] = {
    "birthday": _numbered(tuple(range(1, 32)), NOTE),
    "challenge": File(
        keys=tuple(f"{n}-{role}" for n in range(9) for role in ("first", "second", "main", "last")), fields=NOTE
    ),
    "essence": _numbered(WITH_MASTERS, NOTE),
    "personal_day": _numbered(DIGITS, NOTE),
    "universal_year": _numbered(DIGITS, NOTE),
    "pinnacle": _placed(WITH_MASTERS, ("first", "second", "third", "fourth"), NOTE),
    "period": _placed(WITH_MASTERS, ("formative", "productive", "harvest"), NOTE),
    "karmic_debt": _placed((13, 14, 16, 19), ("life_path", "destiny", "soul_urge", "personality", "birthday"), NOTE),
    "driver": _numbered(DIGITS, NOTE),
    "conductor": _numbered(DIGITS, NOTE),
    "karmic_lesson": _numbered(DIGITS, NOTE),
    "hidden_passion": _numbered(DIGITS, NOTE),
    "rational_thought": _numbered(WITH_MASTERS, NOTE),
    "subconscious_self": _numbered(DIGITS, NOTE),
    "kua": _numbered(DIGITS, NOTE),
    "chaldean_compound": File(keys=tuple(map(str, range(10, 53))), fields=NOTE),
}
LINES: dict[str, File] = {
    pairs.OUTLOOK: File(keys=pairs.OUTLOOK_KEYS, fields=LINE),
    pairs.SUM: File(keys=pairs.SUM_KEYS, fields=LINE),
    pairs.DIFFERENCE: File(keys=pairs.DIFFERENCE_KEYS, fields=LINE),
    pairs.MASTER: File(keys=pairs.MASTER_KEYS, fields=LINE),
    "universal_month": _numbered(DIGITS, LINE),
    "universal_day": _numbered(DIGITS, LINE),
    "lo_shu_cell": File(keys=tuple(f"{digit}-{count}" for digit in DIGITS for count in range(4)), fields=LINE),
    "lo_shu_line": File(keys=tuple(f"{line}-{state}" for line in LO_SHU_LINES for state in LINE_STATES), fields=LINE),
    "arrow": File(keys=tuple(f"{line}-{state}" for line in ARROWS for state in LINE_STATES), fields=LINE),
    "driver_conductor": File(
        keys=tuple(f"{driver}-{conductor}" for driver in DIGITS for conductor in DIGITS), fields=LINE
    ),
    "transit_physical": File(keys=LETTERS, fields=LINE),
    "transit_mental": File(keys=LETTERS, fields=LINE),
    "transit_spiritual": File(keys=LETTERS, fields=LINE),
    "minor_destiny": _numbered(WITH_MASTERS, LINE),
    "minor_soul_urge": _numbered(WITH_MASTERS, LINE),
    "minor_personality": _numbered(WITH_MASTERS, LINE),
    "cornerstone": File(keys=LETTERS, fields=LINE),
    "capstone": File(keys=LETTERS, fields=LINE),
    "first_vowel": File(keys=tuple("AEIOUYW"), fields=LINE),
    "plane": File(keys=tuple(f"{plane}-{n}" for plane in PLANES for n in WITH_MASTERS), fields=LINE),
    "bridge_life_path_destiny": File(keys=tuple(map(str, range(9))), fields=LINE),
    "bridge_soul_urge_personality": File(keys=tuple(map(str, range(9))), fields=LINE),
    "psychomatrix_cell": File(keys=tuple(f"{digit}-{count}" for digit in DIGITS for count in range(4)), fields=LINE),
}
FILES: dict[str, File] = {
    **PAGES,
    **NOTES,
    **LINES,
    **pairs.PAIRS,
    **remedies.FILES,
    **readings.FILES,
    DAILY: _numbered(DIGITS, DAILY_TEXTS),
    ABSENT: File(keys=ABSENT_POSITIONS, fields=ABSENT_INTERPRETATION),
}
