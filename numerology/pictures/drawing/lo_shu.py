"""The Lo Shu grid: digits as often as they occur, missing ones in outline, full lines drawn through."""

from numerology.pictures.drawing.canvas import INNER, MARGIN, WIDTH, Canvas
from numerology.pictures.drawing.heading import heading
from numerology.pictures.drawing.lettering import wrapped
from numerology.pictures.drawing.palette import Theme
from numerology.pictures.facts.lo_shu import Cell, GridLine, LoShuFacts
from numerology.pictures.facts.whose import LANGUAGE

_GAP = 8
_CELL = (INNER - 2 * _GAP) / 3
_BEYOND = 34
# So many digits are written side by side; more are written as a product.
_SIDE_BY_SIDE = 4


def lo_shu(facts: LoShuFacts, theme: Theme = Theme.AUTO) -> str:
    canvas = Canvas(kind="lo-shu", title=facts.title, description=facts.description, language=LANGUAGE, theme=theme)
    top = heading(canvas, "Lo Shu grid", facts.whose) + 4
    places = {cell.digit: (row, column) for row, cells in enumerate(facts.cells) for column, cell in enumerate(cells)}
    middles = {digit: _middle(top, row, column) for digit, (row, column) in places.items()}
    cells = [cell for row in facts.cells for cell in row]
    for cell in cells:
        _cell(canvas, cell, *middles[cell.digit])
    for line in facts.named("full"):
        (left, upper), (right, lower) = middles[line.digits[0]], middles[line.digits[-1]]
        # A little beyond the middles of the outer cells, so that it can be seen on both sides of their digits.
        beyond = [_BEYOND * ((end > start) - (end < start)) for start, end in ((left, right), (upper, lower))]
        canvas.line((left - beyond[0], upper - beyond[1]), (right + beyond[0], lower + beyond[1]), "band", 12)
    for cell in cells:
        _digits(canvas, cell, *middles[cell.digit])
    y = top + INNER + 34
    for state, empty in (("full", "No line is full."), ("empty", "No line is empty.")):
        y = _lines(canvas, f"{state.title()} lines", facts.named(state), empty, y)
    y = _told(canvas, "Missing", list(map(str, facts.missing)), "Every digit is there.", y)
    repeated = [f"{cell.digit} \u00d7\u00a0{cell.count}" for cell in cells if cell.count > 1]
    y = _told(canvas, "Repeated", repeated, "No digit comes twice.", y)
    return canvas.svg(y)


def _middle(top: float, row: int, column: int) -> tuple[float, float]:
    step = _CELL + _GAP
    return MARGIN + _CELL / 2 + column * step, top + _CELL / 2 + row * step


def _cell(canvas: Canvas, cell: Cell, x: float, y: float) -> None:
    left, top = x - _CELL / 2, y - _CELL / 2
    if cell.count:
        canvas.rect((left, top), _CELL, _CELL, "card", radius=12, stroke="accent")
    else:
        canvas.outlined(canvas.rect((left, top), _CELL, _CELL, "sand", radius=12), "soft", dashes="5 5")


def _digits(canvas: Canvas, cell: Cell, x: float, y: float) -> None:
    if not cell.count:
        canvas.text((x, y + 12), str(cell.digit), "soft", size=34, anchor="middle")
        canvas.text((x, y + _CELL / 2 - 12), "missing", "soft", anchor="middle")
        return
    is_product = cell.count > _SIDE_BY_SIDE
    said = f"{cell.digit} \u00d7 {cell.count}" if is_product else str(cell.digit) * cell.count
    size = 40 if cell.count == 1 else 34 if cell.count == 2 else 28
    canvas.text((x, y + size * 0.35), said, size=size, anchor="middle", bold=True, halo="card")


def _lines(canvas: Canvas, label: str, lines: list[GridLine], empty: str, y: float) -> float:
    canvas.text((MARGIN, y), label, size=15, bold=True)
    y += 12
    for line in lines:
        canvas.rect((MARGIN, y), INNER, 40, "card", radius=10)
        _icon(canvas, line, MARGIN + 12, y + 8)
        canvas.text((MARGIN + 50, y + 25), line.name.title(), size=14, bold=True)
        said = f"{' '.join(map(str, line.digits))} · {line.kind}"
        canvas.text((WIDTH - MARGIN - 12, y + 25), said, "soft", size=13, anchor="end")
        y += 48
    if not lines:
        canvas.text((MARGIN, y + 12), empty, "soft", size=13)
        y += 22
    return y + 20


def _icon(canvas: Canvas, line: GridLine, x: float, y: float) -> None:
    """The grid in small, with the cells of the line."""
    for row, digits in enumerate(((4, 9, 2), (3, 5, 7), (8, 1, 6))):
        for column, digit in enumerate(digits):
            colour = "accent" if digit in line.digits else "track"
            canvas.rect((x + 9 * column, y + 9 * row), 7, 7, colour, radius=2)


def _told(canvas: Canvas, label: str, digits: list[str], empty: str, y: float) -> float:
    canvas.text((MARGIN, y), label, size=15, bold=True)
    said = ", ".join(digits) or empty
    for line in wrapped(said, 14, INNER - 100):
        canvas.text((MARGIN + 100, y), line, size=14)
        y += 20
    return y + 6
