"""Do two ways through the code cost the same? Counted, which no busy machine disturbs, and by the clock.

By the clock nothing is decided that noise could decide: a look takes its samples in turns, so that whatever else the
machine does falls on all sides, and one look at which they are close is enough. A hash that is missing or computed
twice is half of the time or more, at every look.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from accounts.tests.hashing import CountingHasher
from numerai.tests.queues import waiting

ROUNDS, LOOKS = 20, 6
CLOSE = 0.25
# What is waited for counts for a caller, what is computed tells best on a busy machine: argon2 computes in threads.
CLOCKS: dict[str, Callable[[], float]] = {"process": time.process_time, "wall": time.perf_counter}

Act = Callable[[], None]
Samples = dict[str, dict[str, list[float]]]


@dataclass(frozen=True)
class Work:
    """What an answer cost: each statement waits for the database, each commit for the disk."""

    statements: int
    commits: int
    hashes: int
    messages: int


def work_of(act: Act) -> Work:
    """Counts hashes under ``hashing.PATH`` alone, and commits in tests with ``transaction=True``."""
    hashes, messages = len(CountingHasher.hashed), waiting()
    with CaptureQueriesContext(database) as caught:
        act()
    return Work(
        statements=len(caught),
        commits=sum(each["sql"] == "COMMIT" for each in caught.captured_queries),
        hashes=len(CountingHasher.hashed) - hashes,
        messages=waiting() - messages,
    )


def nothing() -> None:
    """What most acts need before each of them."""


def assert_as_long(acts: Mapping[str, Act], *, prepare: Act = nothing, rounds: int = ROUNDS) -> None:
    """All ``acts`` take about as long, by each clock at one look of several; ``prepare`` runs before each round."""
    for act in acts.values():
        prepare()
        act()
    seen: list[dict[str, float]] = []
    while not all(any(look[clock] < CLOSE for look in seen) for clock in CLOCKS):
        assert len(seen) < LOOKS, f"They differ: {seen}"
        seen.append({clock: spread(took) for clock, took in samples_of(acts, prepare, rounds).items()})


def samples_of(acts: Mapping[str, Act], prepare: Act, rounds: int) -> Samples:
    """By clock and act; each round begins with another act, for whoever comes second may find things warm."""
    took: Samples = {clock: {name: [] for name in acts} for clock in CLOCKS}
    names = list(acts)
    for number in range(rounds):
        prepare()
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            started = {clock: read() for clock, read in CLOCKS.items()}
            acts[name]()
            for clock, read in CLOCKS.items():
                took[clock][name].append(read() - started[clock])
    return took


def spread(took: Mapping[str, list[float]]) -> float:
    """By how much of the slowest act the fastest is faster: of median, lower quartile and shortest the closest, for a
    real difference is in all of them, a busy neighbour seldom."""
    measures: tuple[Callable[[list[float]], float], ...] = (statistics.median, _lower_quartile, min)
    return min(1 - min(map(measure, took.values())) / max(map(measure, took.values())) for measure in measures)


def _lower_quartile(times: list[float]) -> float:
    return statistics.quantiles(times, n=4)[0]
