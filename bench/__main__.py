"""``make bench``: prints a table and writes ``.local/bench.json``; ends with 1 when a goal is missed."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial

from bench.measure import Measure
from dev.services import LOCAL, running

RESULTS = LOCAL / "bench.json"
# Whom a broadcast is told to.
PEOPLE = 100_000
# Behind whom what is critical has to leave.
OTHERS = 10_000


def main() -> int:
    arguments = argparse.ArgumentParser(prog="make bench", description=__doc__)
    arguments.add_argument("--events", type=int, default=1000, help="how many events one worker drains")
    arguments.add_argument("--rows", type=int, default=1_000_000, help="how many notifications the centre holds")
    asked = arguments.parse_args()
    with running(LOCAL / "bench", durable=False) as services:
        os.environ |= services.environment | {"DJANGO_SETTINGS_MODULE": "bench.settings"}
        measures = [measure for bench in benches(asked.events, asked.rows) for measure in bench()]
    print_table(measures)
    RESULTS.write_text(json.dumps([asdict(measure) for measure in measures], indent=2) + "\n")
    return 0 if all(measure.ok for measure in measures) else 1


def benches(events: int, rows: int) -> tuple[Callable[[], list[Measure]], ...]:
    from bench.centre import centre_of_many
    from bench.chart import whole_charts
    from bench.drain import one_worker_drains
    from bench.ingest import events_against_one_insert
    from bench.requests import requests_against_the_bare_view
    from bench.sign_ins import people_known_by_their_tokens
    from bench.stream import open_pages
    from bench.telling.broadcast import many_are_told
    from bench.telling.urgent import critical_leaves_first

    return (
        whole_charts,
        requests_against_the_bare_view,
        people_known_by_their_tokens,
        events_against_one_insert,
        partial(one_worker_drains, events),
        open_pages,
        partial(critical_leaves_first, OTHERS),
        partial(centre_of_many, rows),
        partial(many_are_told, PEOPLE),
    )


def print_table(measures: list[Measure]) -> None:
    print(f"{'':44}{'value':>12} {'unit':<10}{'ratio':>7}{'goal':>7}")
    for measure in measures:
        ratio = f"{measure.ratio:.2f}" if measure.ratio is not None else ""
        goal = f"{measure.goal:.2f}" if measure.goal is not None else ""
        verdict = "" if measure.goal is None else ("  ok" if measure.ok else "  MISSED")
        print(f"{measure.name:<44}{measure.value:>12.1f} {measure.unit:<10}{ratio:>7}{goal:>7}{verdict}")


if __name__ == "__main__":
    sys.exit(main())
