"""What a picture says and looks like, read from its markup alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, fromstring

from numerology.pictures.drawing.lettering import width_of

SVG = "{http://www.w3.org/2000/svg}"
# How far letters reach above and below the line that they stand on, of their size.
ABOVE, BELOW = 0.76, 0.22
DARK_RULE = re.compile(r"\.((?:fill|stroke)-[\w-]+)\{(?:fill|stroke):(#[0-9a-f]{6})\}")


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: "Box") -> bool:
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True)
class Written:
    """A text, where it is, and the areas that lie under the middle of it, the uppermost last."""

    text: str
    size: float
    box: Box
    mark: Element
    under: tuple[Element, ...]


def parsed(document: str) -> Element:
    return fromstring(document)  # noqa: S314 - our own


def number(mark: Element, name: str) -> float:
    return float(mark.get(name, "0"))


def viewed(root: Element) -> Box:
    left, top, width, height = map(float, root.get("viewBox", "").split())
    return Box(left, top, left + width, top + height)


def box_of(mark: Element) -> Box:
    if mark.tag == f"{SVG}circle":
        x, y, radius = (number(mark, name) for name in ("cx", "cy", "r"))
        return Box(x - radius, y - radius, x + radius, y + radius)
    x, y = number(mark, "x"), number(mark, "y")
    if mark.tag == f"{SVG}rect":
        return Box(x, y, x + number(mark, "width"), y + number(mark, "height"))
    size = number(mark, "font-size")
    width = width_of(mark.text or "", size, bold=mark.get("font-weight") == "700")
    left = {"middle": x - width / 2, "end": x - width}.get(mark.get("text-anchor", "start"), x)
    return Box(left, y - ABOVE * size, left + width, y + BELOW * size)


def written(root: Element) -> Iterator[Written]:
    areas: list[Element] = []
    for mark in root:
        if mark.tag in {f"{SVG}rect", f"{SVG}circle"}:
            areas.append(mark)
        elif mark.tag == f"{SVG}text":
            box = box_of(mark)
            x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
            middle = Box(x, y, x, y)
            under = tuple(area for area in areas if box_of(area).holds(middle))
            yield Written(mark.text or "", number(mark, "font-size"), box, mark, under)


def texts(root: Element) -> list[str]:
    return [each.text for each in written(root)]


def in_the_dark(root: Element) -> dict[str, str]:
    """The colours that the style sheet gives to classes where darkness is preferred."""
    style = root.find(f"{SVG}style")
    assert style is not None
    _, _, rules = (style.text or "").partition("@media(prefers-color-scheme:dark)")
    return dict(DARK_RULE.findall(rules))


def contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
