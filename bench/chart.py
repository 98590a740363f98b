"""What one numerology chart costs: names and dates in, every number with its trace out, then its plain values.

The limit is what the C parser takes to build the same chart from its JSON: so many objects cannot be had for less.
"""

import json
import statistics
import time
from collections.abc import Callable
from datetime import date

from bench.measure import Measure, measure, rate
from numerology.engine import Chart, chart

ROUNDS = 30
CHARTS = 50
NAME = "Amelia Mary Earhart"
BORN = date(1992, 11, 11)
# Times the limit.
CALCULATED = 4.0
WRITTEN_OUT = 2.0


def whole_charts() -> list[Measure]:
    parsed = a_chart(0).to_json()
    kinds: dict[str, Callable[[int], object]] = {
        "parsed": lambda _: json.loads(parsed),
        "calculated": a_chart,
        "written out": lambda _: ONE.to_dict(),
    }
    samples: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(ROUNDS):
        for kind, one in kinds.items():
            samples[kind].append(microseconds(one))
    limit, calculated, written = (statistics.median(samples[kind]) for kind in kinds)
    return [
        measure(name="numerology chart parsed from JSON", value=limit, unit="µs CPU"),
        measure(
            name="numerology chart, all with traces", value=calculated, unit="µs CPU", limit=limit, goal=CALCULATED
        ),
        measure(name="its plain values", value=written, unit="µs CPU", limit=limit, goal=WRITTEN_OUT),
        rate(name="charts", value=1e6 / calculated, unit="a second", limit=1e6 / limit, goal=1 / CALCULATED),
    ]


def microseconds(one: Callable[[int], object]) -> float:
    started = time.process_time()
    for day in range(CHARTS):
        one(day)
    return (time.process_time() - started) / CHARTS * 1e6


def a_chart(day: int) -> Chart:
    return chart(name=NAME, birth_date=BORN, on_date=date(2026, 1 + day % 12, 1 + day % 28))


ONE = a_chart(0)
