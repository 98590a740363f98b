"""From what a picture shows to an SVG document: pure functions, without Django."""

from numerology.pictures.drawing.birth_chart import birth_chart
from numerology.pictures.drawing.compatibility import compatibility
from numerology.pictures.drawing.cycles import cycles
from numerology.pictures.drawing.lo_shu import lo_shu
from numerology.pictures.drawing.name import name

__all__ = ["birth_chart", "compatibility", "cycles", "lo_shu", "name"]
