"""People to be drawn, in several scripts, and every picture of them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from numerology.compatibility.composition import compose
from numerology.engine import Chart, chart
from numerology.engine.compatibility.numbers import compared_numbers
from numerology.engine.compatibility.score import compatibility
from numerology.models import CompatibilityCheck
from numerology.pictures import drawing, facts
from numerology.pictures.drawing.palette import Theme

TODAY = date(2026, 11, 20)
LONG = ("Maximiliana Theodora Featherstonehaugh-Cholmondeley " * 4)[:200].strip()
# The name as typed, in Latin letters, the birth date.
PEOPLE = {
    "Thomas": ("Thomas John Hancock", "Thomas John Hancock", date(1949, 5, 10)),
    "long": (LONG, LONG, date(1992, 11, 29)),
    "one word": ("Wolfeschlegelsteinhausen" * 8, "Wolfeschlegelsteinhausen" * 8, date(1979, 12, 31)),
    "one letter": ("J", "J", date(2000, 2, 29)),
    "no vowels": ("Brnk Strk", "Brnk Strk", date(1911, 11, 11)),
    "Arabic": ("محمد عبد الرحمن الحسيني", "Muhammad Abdulrahman Alhusayni", date(1971, 12, 31)),
    "Devanagari": ("आराध्या विश्वनाथन", "Aradhya Vishwanathan", date(2001, 2, 2)),
    "Chinese": ("王小明", "Wang Xiaoming", date(2019, 9, 9)),
    "Cyrillic": ("Фёдор Михайлович Достоевский", "Фёдор Михайлович Достоевский", date(1821, 11, 11)),
    "old": ("Hildegard", "Hildegard", date(1098, 9, 16)),
    "yet to come": ("Ada", "Ada", date(2031, 1, 1)),
    "one digit": ("Bo", "Bo", date(1111, 11, 11)),
}
OF_ONE: dict[str, tuple[Callable[[Chart, str], Any], Callable[..., str]]] = {
    "birth-chart": (facts.birth_chart, drawing.birth_chart),
    "lo-shu": (facts.lo_shu, drawing.lo_shu),
    "cycles": (facts.cycles, drawing.cycles),
    "name": (facts.name, drawing.name),
}
KINDS = (*OF_ONE, "compatibility")


def shown(kind: str, who: str) -> Any:
    typed, latin, born = PEOPLE[who]
    if kind == "compatibility":
        return facts.compatibility(check(who, "Thomas"))
    tell, _ = OF_ONE[kind]
    return tell(chart(name=latin, birth_date=born, on_date=TODAY), typed)


def picture(kind: str, who: str, theme: Theme = Theme.AUTO) -> str:
    draw: Callable[..., str] = drawing.compatibility if kind == "compatibility" else OF_ONE[kind][1]
    return draw(shown(kind, who), theme)


def check(one: str, other: str, relationship: str = "romantic") -> CompatibilityCheck:
    """Not kept."""
    (typed, latin, born), (theirs, their_latin, their_birth) = PEOPLE[one], PEOPLE[other]
    you = compared_numbers(name=latin, birth_date=born)
    partner = compared_numbers(name=their_latin, birth_date=their_birth)
    result = compatibility(you, partner, relationship)
    said = compose(result, you, partner)
    return CompatibilityCheck(
        full_name=typed,
        partner_name=theirs,
        birth_date=born,
        partner_birth_date=their_birth,
        relationship_type=relationship,
        compatibility_score=result.score,
        breakdown=said.breakdown,
        title=said.title,
    )
