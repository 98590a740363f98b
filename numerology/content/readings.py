"""The content files that the readings of a week, a month and a year choose from; those of a day are in `daily.toml`."""

from numerology.content.schema import Fields, File, Text, Texts

WEEKLY = "weekly"
BEST = "weekly_best"
MONTHLY = "monthly"
YEARLY = "yearly"
# What a day of the week may be best for.
PURPOSES = ("start", "work", "people", "rest")
_DIGITS = tuple(map(str, range(1, 10)))

# Themes by the Personal Month, focuses by the Personal Year, days by the Personal Day. A week has its turn after the
# one before it, so there is one of each for every week that a month can touch.
WEEKLY_FIELDS: Fields = {
    "themes": Texts(5, 12, Text(140, 420)),
    "focuses": Texts(5, 12, Text(50, 220)),
    "days": Texts(5, 12, Text(20, 120)),
}
# More of them for the days that are best in most weeks.
BEST_FIELDS: Fields = {"reasons": Texts(1, 8, Text(50, 200))}
# Themes by the Personal Month, years by the Personal Year, weeks by the Personal Day that each begins with.
MONTHLY_FIELDS: Fields = {
    "themes": Texts(3, 9, Text(160, 500)),
    "years": Texts(2, 9, Text(80, 260)),
    "weeks": Texts(4, 12, Text(30, 160)),
}
# Themes by the Personal Year, months by the Personal Month.
YEARLY_FIELDS: Fields = {"themes": Texts(2, 9, Text(200, 600)), "months": Texts(3, 12, Text(30, 160))}

FILES: dict[str, File] = {
    WEEKLY: File(keys=_DIGITS, fields=WEEKLY_FIELDS),
    BEST: File(keys=tuple(f"{purpose}-{digit}" for purpose in PURPOSES for digit in _DIGITS), fields=BEST_FIELDS),
    MONTHLY: File(keys=_DIGITS, fields=MONTHLY_FIELDS),
    YEARLY: File(keys=_DIGITS, fields=YEARLY_FIELDS),
}
