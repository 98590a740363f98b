"""Charts for operators: data and options of Chart.js, and the same as a table for whom a picture says nothing."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

COLOURS = ("#9333ea", "#0891b2", "#ca8a04", "#16a34a", "#dc2626", "#64748b", "#db2777", "#2563eb")
# Readable on white and on black.
GREY = "#9ca3af"
# Of Chart.js. The admin's own hide the legend, the scale, and a day that stands alone.
COMMON: dict[str, Any] = {
    "animation": False,
    "maintainAspectRatio": False,
    "interaction": {"mode": "index", "intersect": False},
    "plugins": {
        "legend": {
            "position": "bottom",
            "labels": {"color": GREY, "usePointStyle": True, "pointStyle": "circle", "boxWidth": 7, "boxHeight": 7},
        }
    },
}
ACROSS: dict[str, Any] = {"grid": {"display": False}, "ticks": {"color": GREY}}
BARS = COMMON | {
    "maxBarThickness": 28,
    "scales": {
        "x": ACROSS | {"stacked": True},
        "y": {"stacked": True, "beginAtZero": True, "grid": {}, "ticks": {"color": GREY, "precision": 0}},
    },
}


def data(labels: Sequence[str], series: Mapping[str, Sequence[Any]]) -> str:
    """JSON of ``series``, each with a value for every one of ``labels``."""
    datasets = [
        {"label": name, "data": list(values), "borderColor": colour, "backgroundColor": colour}
        for number, (name, values) in enumerate(series.items())
        for colour in [COLOURS[number % len(COLOURS)]]
    ]
    return json.dumps({"labels": list(labels), "datasets": datasets})


def table(first: str, labels: Sequence[str], series: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """The same, a row for each of ``labels``, for the admin's table; ``first`` is over the labels."""
    rows = [[label, *values] for label, *values in zip(labels, *series.values(), strict=True)]
    return {"headers": [first, *series], "rows": rows}
