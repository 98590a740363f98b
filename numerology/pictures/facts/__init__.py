"""What each picture shows, as plain values: the JSON beside it, and all that the drawing knows."""

from numerology.pictures.facts.birth_chart import birth_chart
from numerology.pictures.facts.compatibility import compatibility
from numerology.pictures.facts.cycles import cycles
from numerology.pictures.facts.lo_shu import lo_shu
from numerology.pictures.facts.name import name

__all__ = ["birth_chart", "compatibility", "cycles", "lo_shu", "name"]
