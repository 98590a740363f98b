"""A picture under construction: well formed whatever is written into it, and readable without its style sheet."""

from hashlib import sha256
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, tostring  # nosec B405 - written here, never parsed

from numerology.pictures.characters import drawable, legal
from numerology.pictures.drawing.lettering import runs_rightwards
from numerology.pictures.drawing.palette import COLOURS, DARK, Theme

# In user units. A picture that is shown 360 pixels wide has one pixel to the unit.
WIDTH, MARGIN = 360, 16
INNER = WIDTH - 2 * MARGIN
SMALLEST = 12
# Stands where there is no number.
NONE = "\u2013"
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif"

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]


class Canvas:
    """Everything is placed in absolute user units; colours are names of the palette.

    A colour is an attribute, and in the theme that follows the device also a rule for darkness. Ids and rules carry a
    name of this picture alone, so that several can stand in one page.
    """

    def __init__(self, *, kind: str, title: str, description: str, language: str, theme: Theme) -> None:
        self._theme = theme
        self._colours = COLOURS[theme]
        self._title, self._description, self._language = legal(title), legal(description), language
        self._id = f"{kind}-{sha256(self._description.encode()).hexdigest()[:12]}"
        self._marks: list[Element] = []
        self._rules: set[tuple[str, str]] = set()

    def rect(
        self, corner: Point, width: float, height: float, fill: str, *, radius: float = 0, stroke: str = ""
    ) -> Element:
        x, y = corner
        mark = self._mark("rect", fill=fill, stroke=stroke, x=x, y=y, width=width, height=height)
        if radius:
            mark.set("rx", _plain(radius))
        return mark

    def outlined(self, mark: Element, stroke: str, *, dashes: str) -> None:
        mark.attrib.update({"stroke": self._colours[stroke], "stroke-dasharray": dashes})
        mark.set("class", f"{mark.get('class')} stroke-{stroke}")
        self._rules.add(("stroke", stroke))

    def circle(self, middle: Point, radius: float, fill: str, *, stroke: str = "", width: float = 1) -> None:
        x, y = middle
        mark = self._mark("circle", fill=fill, stroke=stroke, cx=x, cy=y, r=radius)
        if stroke:
            mark.set("stroke-width", _plain(width))

    def path(self, data: str, stroke: str, width: float, *, dashes: str = "") -> None:
        """A line that is drawn and not filled."""
        mark = self._mark("path", fill="", stroke=stroke)
        mark.attrib.update({"d": data, "fill": "none", "stroke-width": _plain(width), "stroke-linecap": "round"})
        if dashes:
            mark.attrib.update({"stroke-dasharray": dashes, "stroke-linecap": "butt"})

    def line(self, start: Point, end: Point, stroke: str, width: float = 1) -> None:
        points = " L".join(f"{_plain(x)} {_plain(y)}" for x, y in (start, end))
        self.path(f"M{points}", stroke, width)

    def text(
        self,
        place: Point,
        content: str,
        ink: str = "ink",
        *,
        size: float = SMALLEST,
        anchor: Anchor = "start",
        bold: bool = False,
        halo: str = "",
    ) -> None:
        """``place`` is on the line that letters stand on; ``halo`` the colour that keeps lines behind the letters away.

        An empty text draws nothing.
        """
        content = drawable(content)
        if not content:
            return
        x, y = place
        mark = self._mark("text", fill=ink, stroke=halo, x=x, y=y)
        mark.set("font-size", _plain(size))
        if anchor != "start":
            mark.set("text-anchor", anchor)
        if bold:
            mark.set("font-weight", "700")
        if halo:
            mark.attrib.update({"stroke-width": "5", "stroke-linejoin": "round", "paint-order": "stroke"})
        if not runs_rightwards(content):
            mark.attrib.update({"direction": "rtl", "unicode-bidi": "isolate"})
        mark.text = content

    def svg(self, height: float) -> str:
        """The whole picture, ``height`` units high."""
        root = Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "id": self._id,
                "viewBox": f"0 0 {WIDTH} {_plain(height)}",
                "width": "100%",
                "role": "img",
                "aria-labelledby": f"{self._id}-title {self._id}-desc",
                "lang": self._language,
                "xml:lang": self._language,
                "font-family": FONTS,
            },
        )
        SubElement(root, "title", {"id": f"{self._id}-title"}).text = self._title
        SubElement(root, "desc", {"id": f"{self._id}-desc"}).text = self._description
        marks, self._marks = self._marks, []
        page = self.rect((0, 0), WIDTH, height, "page", radius=12)
        SubElement(root, "style").text = self._style()
        root.extend([page, *marks])
        return tostring(root, encoding="unicode")

    def _mark(self, kind: str, *, fill: str, stroke: str, **numbers: float) -> Element:
        mark = Element(kind, {name: _plain(number) for name, number in numbers.items()})
        classes = []
        for paint, colour in (("fill", fill), ("stroke", stroke)):
            if colour:
                mark.set(paint, self._colours[colour])
                self._rules.add((paint, colour))
                classes.append(f"{paint}-{colour}")
        mark.set("class", " ".join(classes))
        self._marks.append(mark)
        return mark

    def _style(self) -> str:
        size = f"#{self._id}{{height:auto}}"
        if self._theme is not Theme.AUTO:
            return size
        rules = (f"#{self._id} .{paint}-{name}{{{paint}:{DARK[name]}}}" for paint, name in sorted(self._rules))
        return f"{size}@media(prefers-color-scheme:dark){{{''.join(rules)}}}"


def _plain(number: float) -> str:
    """At most two decimals, and none that say nothing."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
