"""What stands above every picture: what it is, whose, and what it was made from."""

from numerology.pictures.characters import drawable
from numerology.pictures.drawing.canvas import INNER, MARGIN, WIDTH, Canvas
from numerology.pictures.drawing.lettering import wrapped
from numerology.pictures.facts.whose import Whose, written

# The largest at which the name takes as few lines as given here; the last for names of any length.
_NAMES = ((22, 2), (18, 4), (14, 99))
_MIDDLE = WIDTH / 2


def heading(canvas: Canvas, kind: str, whose: Whose) -> float:
    """Draws it and answers where it ends."""
    y = label(canvas, kind)
    y = name(canvas, whose.name, y)
    if drawable(whose.name).upper() != whose.counted_as:
        y = centred(canvas, f"counted as {whose.counted_as}", y, "soft")
    born = f"born {written(whose.birth_date)} · {whose.calculation_system.title()}"
    return ornament(canvas, centred(canvas, born, y, "soft"))


def label(canvas: Canvas, kind: str) -> float:
    canvas.text((_MIDDLE, 34), kind.upper(), "accent", size=13, anchor="middle", bold=True)
    return 40


def name(canvas: Canvas, typed: str, y: float) -> float:
    """A name as it was typed, in whatever script, over as many lines as it takes."""
    for size, most in _NAMES:
        lines = wrapped(drawable(typed), size, INNER, bold=True)
        if len(lines) <= most:
            break
    for line in lines:
        y += size * 1.4
        canvas.text((_MIDDLE, y), line, size=size, anchor="middle", bold=True)
    return y + 6


def centred(canvas: Canvas, text: str, y: float, ink: str, *, size: float = 13) -> float:
    for line in wrapped(drawable(text), size, INNER):
        y += size * 1.4
        canvas.text((_MIDDLE, y), line, ink, size=size, anchor="middle")
    return y


def ornament(canvas: Canvas, y: float) -> float:
    """A thin rule with three dots in its middle."""
    y += 18
    canvas.line((MARGIN, y), (_MIDDLE - 20, y), "line")
    canvas.line((_MIDDLE + 20, y), (WIDTH - MARGIN, y), "line")
    for place, radius in ((-9, 1.5), (0, 2.5), (9, 1.5)):
        canvas.circle((_MIDDLE + place, y), radius, "accent")
    return y + 14
