"""The Lo Shu grid of a birth date."""

from dataclasses import dataclass
from typing import Any

from numerology.engine import Chart
from numerology.engine.grids.lines import Line
from numerology.pictures.characters import isolated
from numerology.pictures.facts.whose import Whose, listed, whose, written


@dataclass(frozen=True, slots=True)
class Cell:
    digit: int
    count: int


@dataclass(frozen=True, slots=True)
class GridLine:
    """``state`` is full, partial or empty; ``name`` the commonest one."""

    key: str
    kind: str
    digits: tuple[int, int, int]
    name: str
    present: int
    state: str


@dataclass(frozen=True, slots=True)
class LoShuFacts:
    """``cells`` are the rows of the grid from the top."""

    title: str
    description: str
    whose: Whose
    fill: str
    cells: tuple[tuple[Cell, ...], ...]
    lines: tuple[GridLine, ...]
    missing: tuple[int, ...]
    repeated: tuple[int, ...]

    def named(self, state: str) -> list[GridLine]:
        return [line for line in self.lines if line.state == state]


def lo_shu(chart: Chart, name: str) -> LoShuFacts:
    grid = chart.lo_shu
    told: dict[str, Any] = {
        "whose": whose(chart, name),
        "fill": grid.fill.value,
        "cells": tuple(tuple(Cell(digit, count) for digit, count in row) for row in grid.cells),
        "lines": tuple(map(_line, grid.lines)),
        "missing": grid.missing,
        "repeated": grid.repeated,
    }
    held = [f"{digit} ({_times(count)})" for digit, count in enumerate(grid.counts, start=1) if count]
    full = [line.name for line in told["lines"] if line.state == "full"]
    return LoShuFacts(
        title=f"Lo Shu grid of {isolated(name)}",
        description=f"The Lo Shu grid of {isolated(name)}, born on {written(chart.birth_date)}, with {listed(held)}. "
        f"Missing: {listed(list(map(str, grid.missing)))}. Full lines: {listed(full)}.",
        **told,
    )


def _line(line: Line) -> GridLine:
    return GridLine(
        key=line.definition.key,
        kind=line.definition.kind.value,
        digits=line.definition.digits,
        name=line.definition.names[0],
        present=line.present,
        state=line.state.value,
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
