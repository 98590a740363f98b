"""Destiny, also called Expression: all letters of the full name."""

from __future__ import annotations

from numerology.engine.from_name.totals import name_total
from numerology.engine.names.letters import LetteredName
from numerology.engine.options import MAINSTREAM, Options
from numerology.engine.result import NumberResult, Position


def destiny(
    name: LetteredName, *, options: Options = MAINSTREAM, position: Position = Position.DESTINY
) -> NumberResult:
    return name_total(name, position=position, options=options)
