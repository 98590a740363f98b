"""A name spelled out in tiles, one letter and its value in each, with the sums of its words."""

from numerology.pictures.drawing.canvas import INNER, MARGIN, NONE, WIDTH, Canvas
from numerology.pictures.drawing.heading import heading
from numerology.pictures.drawing.lettering import width_of, wrapped
from numerology.pictures.drawing.palette import Theme
from numerology.pictures.facts.name import LetterValue, NameFacts, NameNumber, NameWord
from numerology.pictures.facts.whose import LANGUAGE

_TILE, _GAP, _TALL = 32, 5, 46
# Between the sums of a word.
_APART = 10
_A_ROW = (INNER + _GAP) // (_TILE + _GAP)


def name(facts: NameFacts, theme: Theme = Theme.AUTO) -> str:
    canvas = Canvas(kind="name", title=facts.title, description=facts.description, language=LANGUAGE, theme=theme)
    y = _legend(canvas, heading(canvas, "Letters of the name", facts.whose))
    for word in facts.words:
        y = _word(canvas, word, y)
    for number in facts.numbers:
        y = _number(canvas, number, y) + 8
    return canvas.svg(y - 8 + MARGIN)


def _legend(canvas: Canvas, y: float) -> float:
    x = MARGIN + 66
    canvas.rect((x, y), 18, 18, "tint", radius=9, stroke="accent")
    canvas.text((x + 24, y + 14), "vowel", size=13)
    canvas.rect((x + 104, y), 18, 18, "card", radius=4, stroke="line")
    canvas.text((x + 128, y + 14), "consonant", size=13)
    return y + 34


def _word(canvas: Canvas, word: NameWord, y: float) -> float:
    for start in range(0, len(word.letters), _A_ROW):
        for place, letter in enumerate(word.letters[start : start + _A_ROW]):
            _tile(canvas, letter, MARGIN + place * (_TILE + _GAP), y)
        y += _TALL + _GAP
    sums = (("All", word.all_letters), ("Vowels", word.vowels), ("Consonants", word.consonants))
    said = [f"{label} {_chain(chain)}" for label, chain in sums]
    if sum(width_of(each, 12) for each in said) + 2 * _APART > INNER:
        for each in said:
            canvas.text((MARGIN, y + 14), each, "soft")
            y += 18
        return y + 16
    x = float(MARGIN)
    for each in said:
        canvas.text((x, y + 14), each, "soft")
        x += width_of(each, 12) + _APART
    return y + 34


def _chain(chain: tuple[int, ...]) -> str:
    return " = ".join(map(str, chain)) if chain else "none"


def _tile(canvas: Canvas, letter: LetterValue, x: float, y: float) -> None:
    fill, stroke, radius = ("tint", "accent", 14) if letter.is_vowel else ("card", "line", 4)
    canvas.rect((x, y), _TILE, _TALL, fill, radius=radius, stroke=stroke)
    canvas.text((x + _TILE / 2, y + 22), letter.letter, size=18, anchor="middle", bold=True)
    canvas.text((x + _TILE / 2, y + 38), str(letter.value), "soft", size=13, anchor="middle")


def _number(canvas: Canvas, number: NameNumber, y: float) -> float:
    x, width = MARGIN + 64, INNER - 64 - 12
    lines = wrapped(number.calculation or f"The name has no {number.counts}.", 13, width)
    height = 34 + 18 * len(lines)
    canvas.rect((MARGIN, y), INNER, height, "card", radius=10)
    canvas.circle((MARGIN + 33, y + 26), 19, "card", stroke="accent", width=2)
    value = NONE if number.value is None else str(number.value)
    canvas.text((MARGIN + 33, y + 32), value, size=18, anchor="middle", bold=True)
    canvas.text((x, y + 22), number.label, size=15, bold=True)
    canvas.text((WIDTH - MARGIN - 12, y + 22), number.counts, "soft", anchor="end")
    for place, line in enumerate(lines, start=1):
        canvas.text((x, y + 23 + 18 * place), line, size=13)
    return y + height
