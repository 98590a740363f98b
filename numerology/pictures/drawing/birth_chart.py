"""The nine numbers: a wheel around the Life Path, then what each was made of."""

from math import cos, pi, sin

from numerology.pictures.characters import drawable
from numerology.pictures.drawing.canvas import INNER, MARGIN, NONE, WIDTH, Canvas, Point
from numerology.pictures.drawing.heading import heading
from numerology.pictures.drawing.lettering import wrapped
from numerology.pictures.drawing.palette import Theme
from numerology.pictures.facts.birth_chart import BirthChartFacts, Number
from numerology.pictures.facts.whose import LANGUAGE

_RING, _HUB, _NODE = 116, 46, 24


def birth_chart(facts: BirthChartFacts, theme: Theme = Theme.AUTO) -> str:
    canvas = Canvas(
        kind="birth-chart", title=facts.title, description=facts.description, language=LANGUAGE, theme=theme
    )
    y = _wheel(canvas, facts.numbers, heading(canvas, "Birth chart", facts.whose))
    for number in facts.numbers:
        y = _row(canvas, number, y) + 8
    return canvas.svg(y - 8 + MARGIN)


def _wheel(canvas: Canvas, numbers: tuple[Number, ...], y: float) -> float:
    hub, *nodes = numbers
    x, middle = WIDTH / 2, y + _RING + _NODE + 6
    canvas.circle((x, middle), _RING, "page", stroke="line", width=1.5)
    turns = [2 * pi * place / len(nodes) - pi / 2 for place in range(len(nodes))]
    points = [(x + _RING * cos(turn), middle + _RING * sin(turn)) for turn in turns]
    for left, top in points:
        canvas.line((x, middle), (left, top), "line", 1.5)
    _disc(canvas, hub, (x, middle), _HUB, 38)
    canvas.text((x, middle + _HUB - 12), hub.label, _ink(hub), anchor="middle")
    for node, (left, top) in zip(nodes, points, strict=True):
        _disc(canvas, node, (left, top), _NODE, 22)
        canvas.text((left, top + _NODE + 15), node.label, "soft", anchor="middle", halo="page")
    return middle + _RING + _NODE + 34


def _disc(canvas: Canvas, number: Number, middle: Point, radius: float, size: float) -> None:
    x, y = middle
    if number.is_master:
        canvas.circle((x, y), radius + 4, "page", stroke="master", width=1)
    fill, stroke = ("master-tint", "master") if number.is_master else ("card", "accent")
    canvas.circle((x, y), radius, fill, stroke=stroke, width=2)
    value = NONE if number.value is None else str(number.value)
    canvas.text((x, y + size * 0.35), value, _ink(number), size=size, anchor="middle", bold=True)


def _ink(number: Number) -> str:
    return "master" if number.is_master else "ink"


def _row(canvas: Canvas, number: Number, y: float) -> float:
    x = MARGIN + 64
    width = INNER - 64 - 12
    lines = [
        *[("soft", 13, line) for line in wrapped(drawable(number.meaning), 13, width)],
        *[("ink", 13, line) for line in wrapped(number.calculation, 13, width)],
        *[("master", 12, line) for line in wrapped(_notes(number), 12, width)],
    ]
    height = 34 + 18 * len(lines)
    canvas.rect((MARGIN, y), INNER, height, "card", radius=10)
    _disc(canvas, number, (MARGIN + 33, y + 33), 19, 18)
    canvas.text((x, y + 22), number.label, size=15, bold=True)
    for place, (ink, size, line) in enumerate(lines, start=1):
        canvas.text((x, y + 23 + 18 * place), line, ink, size=size)
    return y + height


def _notes(number: Number) -> str:
    notes = ["Master number"] if number.is_master else []
    if number.karmic_debt is not None:
        notes.append(f"Karmic debt {number.karmic_debt}")
    return " · ".join(notes)
