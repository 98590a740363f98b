"""A life from top to bottom: Period Cycles, Pinnacles, Challenges and Essence side by side, and where today is."""

from collections.abc import Iterator
from dataclasses import dataclass

from numerology.pictures.drawing.canvas import INNER, MARGIN, WIDTH, Canvas
from numerology.pictures.drawing.heading import heading
from numerology.pictures.drawing.lettering import wrapped
from numerology.pictures.drawing.palette import Theme
from numerology.pictures.facts.cycles import LAST_AGE, CyclesFacts, EssenceYears, PersonalYear, Span
from numerology.pictures.facts.whose import LANGUAGE, written

# Units to a year: enough for a line of text, as letters may run for a year only.
_A_YEAR = 15
_DECADE = 10
# Left edge and width of the columns.
_PERIODS, _PINNACLES, _MAIN, _PHASES, _ESSENCE = (56, 50), (110, 58), (172, 40), (214, 40), (258, 86)
# What is dashed has no exact ages.
_UNCERTAIN = "sand"
_NOTE = "Challenges have no ages of their own. They stand beside the part of life that each is said to color."


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where years of age lie; the first at ``top``."""

    top: float

    def at(self, age: float) -> float:
        return self.top + age * _A_YEAR

    @property
    def bottom(self) -> float:
        return self.at(LAST_AGE + 1)

    def from_to(self, start: int, end: int | None) -> tuple[float, float]:
        """Top and height of the years from one age through another, as far as the scale goes."""
        last = LAST_AGE if end is None else min(end, LAST_AGE)
        return self.at(start), (last + 1 - start) * _A_YEAR


@dataclass(frozen=True, slots=True)
class _Block:
    """An area of a column, from one age through another, with a number and what is said of it."""

    column: tuple[float, float]
    start_age: int
    end_age: int | None
    fill: str
    value: str
    detail: str


def cycles(facts: CyclesFacts, theme: Theme = Theme.AUTO) -> str:
    canvas = Canvas(kind="cycles", title=facts.title, description=facts.description, language=LANGUAGE, theme=theme)
    y = _now(canvas, facts, heading(canvas, "Life cycles", facts.whose))
    y = _years(canvas, facts.personal_years, y)
    scale = _Scale(_columns(canvas, y))
    _timeline(canvas, facts, scale)
    y = scale.bottom + 20
    for line in wrapped(_NOTE, 13, INNER):
        y += 18
        canvas.text((MARGIN, y), line, "soft", size=13)
    return canvas.svg(y + MARGIN)


def _now(canvas: Canvas, facts: CyclesFacts, y: float) -> float:
    """What runs today; nothing before birth."""
    canvas.text((MARGIN, y + 14), f"On {written(facts.on_date)}, age {facts.age}", size=15, bold=True)
    cards = [("Period Cycle", each.value, _ages(each)) for each in facts.period_cycles if each.is_current]
    cards += [("Pinnacle", each.value, _ages(each)) for each in facts.pinnacles if each.is_current]
    cards += [("Main Challenge", each.value, "whole life") for each in facts.challenges if each.name == "main"]
    cards += [("Essence", each.value, f"letters {each.letters}") for each in facts.essence if each.is_current]
    wide, y = (INNER - 8) / 2, y + 26
    for place, (label, value, detail) in enumerate(cards):
        x, top = MARGIN + place % 2 * (wide + 8), y + place // 2 * 72
        canvas.rect((x, top), wide, 64, "card", radius=10)
        canvas.text((x + 12, top + 22), label, "soft", size=13)
        canvas.text((x + 12, top + 52), str(value), size=26, bold=True)
        canvas.text((x + wide - 12, top + 50), detail, "soft", size=12, anchor="end")
    return y + (len(cards) + 1) // 2 * 72 + 10


def _timeline(canvas: Canvas, facts: CyclesFacts, scale: _Scale) -> None:
    """Areas first, then the line of today, then what is written, around which the line leaves room."""
    today = None if facts.exact_age is None else scale.at(facts.exact_age)
    blocks = list(_blocks(facts))
    for block in blocks:
        _filled(canvas, block, scale)
    for place, essence in enumerate(facts.essence):
        top, height = scale.from_to(essence.start_age, essence.end_age)
        canvas.rect((_ESSENCE[0], top), _ESSENCE[1], height, _striped(essence, place), radius=3)
    if today is not None:
        _line_of_today(canvas, today)
    for block in blocks:
        _told(canvas, block, scale)
    for place, essence in enumerate(facts.essence):
        _essence(canvas, essence, place, scale)
    _axis(canvas, facts, scale, today)


def _ages(span: Span | EssenceYears) -> str:
    return f"age {span.start_age}+" if span.end_age is None else f"age {span.start_age}\u2013{span.end_age}"


def _years(canvas: Canvas, years: tuple[PersonalYear, ...], y: float) -> float:
    if not years:
        return y
    canvas.text((MARGIN, y + 14), "Personal Years", size=15, bold=True)
    wide, y = INNER / len(years), y + 26
    for place, each in enumerate(years):
        x = MARGIN + place * wide
        fill, ink = ("accent", "on-accent") if each.is_current else ("card", "ink")
        canvas.rect((x + 1, y), wide - 2, 54, fill, radius=8)
        canvas.text((x + wide / 2, y + 25), str(each.value), ink, size=20, anchor="middle", bold=True)
        canvas.text((x + wide / 2, y + 45), str(each.year), "on-accent" if each.is_current else "soft", anchor="middle")
    return y + 78


def _columns(canvas: Canvas, y: float) -> float:
    canvas.text((MARGIN, y + 14), f"From birth through the age of {LAST_AGE}", size=15, bold=True)
    y += 38
    challenges = (_MAIN[0], _PHASES[0] + _PHASES[1] - _MAIN[0])
    named = (("Period", _PERIODS), ("Pinnacle", _PINNACLES), ("Challenge", challenges), ("Essence", _ESSENCE))
    for label, (x, wide) in named:
        canvas.text((x + wide / 2, y), label, "soft", anchor="middle")
    return y + 10


def _blocks(facts: CyclesFacts) -> Iterator[_Block]:
    for column, spans in ((_PERIODS, facts.period_cycles), (_PINNACLES, facts.pinnacles)):
        for each in spans:
            ages = f"{each.start_age}+" if each.end_age is None else f"{each.start_age}\u2013{each.end_age}"
            fill = "accent" if each.is_current else "tint"
            yield _Block(column, each.start_age, each.end_age, fill, str(each.value), ages)
    for challenge in facts.challenges:
        is_main = challenge.name == "main"
        column, when = (_MAIN, "main") if is_main else (_PHASES, challenge.phase)
        yield _Block(column, challenge.start_age, challenge.end_age, _UNCERTAIN, str(challenge.value), when)


def _filled(canvas: Canvas, block: _Block, scale: _Scale) -> None:
    x, wide = block.column
    top, height = scale.from_to(block.start_age, block.end_age)
    mark = canvas.rect((x, top + 1), wide, height - 2, block.fill, radius=8)
    if block.fill == _UNCERTAIN:
        canvas.outlined(mark, "soft", dashes="3 4")


def _told(canvas: Canvas, block: _Block, scale: _Scale) -> None:
    x, wide = block.column
    top, _ = scale.from_to(block.start_age, block.end_age)
    ink, soft = ("on-accent", "on-accent") if block.fill == "accent" else ("ink", "soft")
    canvas.text((x + wide / 2, top + 30), block.value, ink, size=22, anchor="middle", bold=True, halo=block.fill)
    canvas.text((x + wide / 2, top + 48), block.detail, soft, anchor="middle", halo=block.fill)


def _striped(essence: EssenceYears, place: int) -> str:
    if essence.is_current:
        return "accent"
    return "card" if place % 2 else "sand"


def _essence(canvas: Canvas, essence: EssenceYears, place: int, scale: _Scale) -> None:
    x, wide = _ESSENCE
    top, height = scale.from_to(essence.start_age, essence.end_age)
    fill = _striped(essence, place)
    ink, soft = ("on-accent", "on-accent") if essence.is_current else ("ink", "soft")
    y = top + height / 2 + 4.5
    canvas.text((x + 8, y), essence.letters, soft, halo=fill)
    canvas.text((x + wide - 8, y), str(essence.value), ink, size=13, anchor="end", bold=True, halo=fill)


def _axis(canvas: Canvas, facts: CyclesFacts, scale: _Scale, today: float | None) -> None:
    for age in range(0, LAST_AGE + 1, _DECADE):
        y = scale.at(age)
        if today is None or not -40 < y - today < 12:
            canvas.text((MARGIN, y + 12), str(age), size=13, bold=True)
            canvas.text((MARGIN, y + 27), str(facts.whose.birth_date.year + age), "soft")


def _line_of_today(canvas: Canvas, y: float) -> None:
    canvas.line((MARGIN, y), (WIDTH - MARGIN, y), "here", 2)
    canvas.rect((MARGIN - 8, y - 11), 46, 22, "here", radius=11)
    canvas.text((MARGIN + 15, y + 4.5), "today", "on-here", anchor="middle", bold=True)
