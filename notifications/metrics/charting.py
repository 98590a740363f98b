"""The figures of the last two weeks, as operators look at them."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from notifications.metrics import queue, totals
from notifications.metrics.totals import FAILED, Count
from notifications.vocabulary import ChannelName
from numerai.common import clock
from numerai.common.admin.charting import ACROSS, BARS, COMMON, GREY, data

DAYS = 14
LINES = COMMON | {
    "scales": {"x": ACROSS, "y": {"max": 100, "grid": {}, "ticks": {"color": GREY}}},
    "elements": {"line": {"borderWidth": 2}, "point": {"radius": 2}},
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
    return data([f"{day:%b %d}" for day in days], series)
