"""What one numerology chart costs: name and date in, nine numbers with their traces out."""

import statistics
import time
from datetime import date

from bench.measure import Measure, measure
from numerology.engine import chart

ROUNDS = 30
CHARTS = 200
NAME = "Amelia Mary Earhart"
BORN = date(1992, 11, 11)


def nine_numbers() -> list[Measure]:
    samples = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for day in range(CHARTS):
            chart(name=NAME, birth_date=BORN, on_date=date(2026, 1 + day % 12, 1 + day % 28))
        samples.append((time.process_time() - started) / CHARTS * 1e6)
    return [measure(name="numerology chart, nine numbers", value=statistics.median(samples), unit="µs CPU")]
