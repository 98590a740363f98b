"""Two people compared: the score on an arc, then a bar for each position."""

from math import cos, pi, sin

from numerology.pictures.characters import drawable
from numerology.pictures.drawing.canvas import INNER, MARGIN, NONE, WIDTH, Canvas
from numerology.pictures.drawing.heading import centred, label, name, ornament
from numerology.pictures.drawing.lettering import wrapped
from numerology.pictures.drawing.palette import Theme
from numerology.pictures.facts.compatibility import ComparedPosition, CompatibilityFacts
from numerology.pictures.facts.whose import LANGUAGE, written

_ARC, _THICK = 118, 18
_MIDDLE = WIDTH / 2


def compatibility(facts: CompatibilityFacts, theme: Theme = Theme.AUTO) -> str:
    canvas = Canvas(
        kind="compatibility", title=facts.title, description=facts.description, language=LANGUAGE, theme=theme
    )
    y = _two(canvas, facts, label(canvas, "Compatibility"))
    y = _score(canvas, facts, y)
    for line in wrapped(drawable(facts.heading), 16, INNER, bold=True):
        canvas.text((_MIDDLE, y + 18), line, size=16, anchor="middle", bold=True)
        y += 22
    y += 18
    for position in facts.positions:
        y = _position(canvas, position, y) + 8
    return canvas.svg(y - 8 + MARGIN)


def _two(canvas: Canvas, facts: CompatibilityFacts, y: float) -> float:
    y = name(canvas, facts.your_name, y)
    y = centred(canvas, f"born {written(facts.your_birth_date)}", y - 6, "soft")
    y = centred(canvas, "and", y + 2, "accent", size=14)
    y = name(canvas, facts.partner_name, y + 2)
    return ornament(canvas, centred(canvas, f"born {written(facts.partner_birth_date)}", y - 6, "soft"))


def _score(canvas: Canvas, facts: CompatibilityFacts, y: float) -> float:
    base = y + _ARC + _THICK
    canvas.path(_arc(base, 1), "track", _THICK)
    if facts.score:
        canvas.path(_arc(base, facts.score / 100), facts.level, _THICK)
    canvas.text((_MIDDLE, base - 34), str(facts.score), size=60, anchor="middle", bold=True)
    canvas.text((_MIDDLE, base - 4), f"of 100 · {facts.level}", facts.level, size=14, anchor="middle", bold=True)
    canvas.text((_MIDDLE, base + 20), f"as {_relation(facts.relationship_type)}", "soft", size=13, anchor="middle")
    return base + 34


def _relation(kind: str) -> str:
    return {"romantic": "a couple", "business": "business partners", "friendship": "friends"}.get(kind, kind)


def _arc(base: float, part: float) -> str:
    """From the left along half a circle, as far as ``part`` of it says."""
    turn = pi * (1 - part)
    x, y = _MIDDLE + _ARC * cos(turn), base - _ARC * sin(turn)
    return f"M{_MIDDLE - _ARC:.2f} {base:.2f}A{_ARC} {_ARC} 0 0 1 {x:.2f} {y:.2f}"


def _position(canvas: Canvas, position: ComparedPosition, y: float) -> float:
    left, right, width = MARGIN + 14, WIDTH - MARGIN - 14, INNER - 28
    canvas.rect((MARGIN, y), INNER, 78, "card", radius=10)
    canvas.text((left, y + 24), position.label, size=15, bold=True)
    numbers = f"{_number(position.you)} and {_number(position.partner)}"
    canvas.text((right, y + 24), numbers, size=15, anchor="end", bold=True)
    canvas.rect((left, y + 34), width, 10, "track", radius=5)
    if position.level is None:
        canvas.text((left, y + 65), "left out: a name lacks this number", "soft", size=13)
        return y + 78
    if position.points:
        canvas.rect((left, y + 34), width * position.points / 100, 10, position.level, radius=5)
    canvas.text((left, y + 65), position.level.title(), position.level, size=13, bold=True)
    brings = f"brings {position.contribution:g} of {position.share:g}"
    canvas.text((right, y + 65), brings, "soft", size=13, anchor="end")
    return y + 78


def _number(value: int | None) -> str:
    return NONE if value is None else str(value)
