"""Taking events in: signed, 4 kB each, through the real HTTP view into PostgreSQL, against a bare view with one INSERT.

One server process with one thread and one client, so a rate is what one thread of the server can take.
"""

import statistics
from uuid import uuid4

import django
from django.core.management import call_command
from django.db import connection
from rich.progress import track

from bench.measure import Measure, measure, rate
from bench.requests import webhook_call
from bench.server import Call, Server, serving
from dev.services import free_port

ROUNDS = 15
CALLS = 150
GOAL = 0.5
BARE = "bare view, one INSERT"
TAKEN = "POST payments/webhook/"
NO_BROKER = "POST payments/webhook/, broker down"
TABLE = """
CREATE TABLE IF NOT EXISTS bench_inbox (
    id uuid PRIMARY KEY, event_id varchar(255) UNIQUE, payload jsonb NOT NULL, received_at timestamptz NOT NULL
)
"""

Samples = dict[str, list[list[float]]]


def events_against_one_insert() -> list[Measure]:
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    with serving() as server, serving({"REDIS_URL": nowhere}) as cut_off:
        samples = sample(server, cut_off)
    limit = per_second(samples[BARE])
    measures = [measure(name=f"{BARE}: events", value=limit, unit="a second")]
    for name in (TAKEN, NO_BROKER):
        taken = per_second(samples[name])
        measures.append(rate(name=f"{name}: events", value=taken, unit="a second", limit=limit, goal=GOAL))
    slowest = {name: p99(samples[name]) * 1000 for name in samples}
    measures.append(measure(name=f"{BARE}: p99", value=slowest[BARE], unit="ms"))
    return measures + [
        measure(name=f"{name}: p99", value=slowest[name], unit="ms", limit=slowest[BARE]) for name in (TAKEN, NO_BROKER)
    ]


def sample(server: Server, cut_off: Server) -> Samples:
    """The seconds of each call, by endpoint and round; they take turns, and the first round only warms up."""
    turns = {BARE: (server, insert_call), TAKEN: (server, webhook_call), NO_BROKER: (cut_off, webhook_call)}
    samples: Samples = {name: [] for name in turns}
    for _ in track(range(ROUNDS + 1), description="events", transient=True):
        for name, (to, make) in turns.items():
            samples[name].append(to.seconds([make() for _ in range(CALLS)]))
    return {name: rounds[1:] for name, rounds in samples.items()}


def per_second(rounds: list[list[float]]) -> float:
    return statistics.median(len(seconds) / sum(seconds) for seconds in rounds)


def p99(rounds: list[list[float]]) -> float:
    return statistics.quantiles([second for seconds in rounds for second in seconds], n=100)[98]


def insert_call() -> Call:
    """The same event, stored without looking at it."""
    event = webhook_call()
    return Call("POST", "/bench/insert/", {"X-Event": f"evt_{uuid4().hex}", **event.headers}, event.body)
