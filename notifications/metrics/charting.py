"""The figures of the last two weeks, as operators look at them."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from notifications.metrics import queue, totals
from notifications.metrics.totals import FAILED, Count
from notifications.vocabulary import ChannelName
from numerai.common import clock

DAYS = 14
COLOURS = ("#9333ea", "#0891b2", "#ca8a04", "#16a34a", "#dc2626", "#64748b", "#db2777", "#2563eb")
GREY = "#9ca3af"
# Options of Chart.js. The admin's own hide the legend, the scale, and a day that stands alone.
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
LINES = COMMON | {
    "scales": {"x": ACROSS, "y": {"max": 100, "grid": {}, "ticks": {"color": GREY}}},
    "elements": {"line": {"borderWidth": 2}, "point": {"radius": 2}},
}
BARS = COMMON | {
    "maxBarThickness": 28,
    "scales": {
        "x": ACROSS | {"stacked": True},
        "y": {"stacked": True, "beginAtZero": True, "grid": {}, "ticks": {"color": GREY, "precision": 0}},
    },
}


@dataclass(frozen=True, slots=True)
class Figures:
    """``rates`` and ``failures`` are the data of a chart as JSON, ``lines`` and ``bars`` its options; ``queues`` are
    rows of a table."""

    rates: str
    failures: str
    queues: dict[str, Any]
    lines: str = json.dumps(LINES)
    bars: str = json.dumps(BARS)


def figures() -> Figures:
    now = clock.now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    counts = totals.counted_by_day(days[0])
    return Figures(_rates(days, counts), _failures(days, counts), _queues())


def _rates(days: list[datetime], counts: list[Count]) -> str:
    """In percent, a line for each channel that leaves the house and was used."""
    lines = {}
    for channel in ChannelName.values:
        rates = [totals.rate(channel, [count for count in counts if count.day == day]) for day in days]
        if channel != ChannelName.IN_APP and any(rate is not None for rate in rates):
            lines[channel] = [None if rate is None else round(100 * rate, 1) for rate in rates]
    return _chart(days, lines)


def _failures(days: list[datetime], counts: list[Count]) -> str:
    """A bar for each reason."""
    failed = [count for count in counts if count.status in FAILED]
    bars = {
        reason: [
            sum(count.deliveries for count in failed if (count.day, count.reason) == (day, reason)) for day in days
        ]
        for reason in sorted({count.reason for count in failed})
    }
    return _chart(days, bars)


def _queues() -> dict[str, Any]:
    rows = [[found.channel, found.waiting, found.due, f"{found.age_p95:.0f} s"] for found in queue.queues()]
    return {"headers": ["Channel", "Waiting", "Due", "95 % of them for at most"], "rows": rows}


def _chart(days: list[datetime], series: dict[str, list[Any]]) -> str:
    datasets = [
        {"label": name, "data": values, "borderColor": COLOURS[number % 8], "backgroundColor": COLOURS[number % 8]}
        for number, (name, values) in enumerate(series.items())
    ]
    return json.dumps({"labels": [f"{day:%b %d}" for day in days], "datasets": datasets})
