"""The figures in the form that Prometheus reads. They are looked up when it asks, so every process tells the same."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from django.db.models import Count as RowCount
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from notifications.metrics import queue, totals
from notifications.metrics.totals import STOPPED, Count
from notifications.models import Broadcast, ProviderHealth
from notifications.vocabulary import BroadcastState, DeliveryStatus
from numerai.common import clock

NAME = "notifications_deliveries"
BY_KIND = ("channel", "kind")


class Figures(Collector):
    def describe(self) -> Iterable[Metric]:
        """Nothing is looked up when it is registered."""
        return ()

    def collect(self) -> Iterator[Metric]:
        counts = totals.counted()
        yield from _flow(counts)
        yield _by_reason("failed", "Deliveries that were given up, by reason.", counts, (DeliveryStatus.FAILED,))
        yield _by_reason("skipped", "Deliveries that were not to be sent, by reason.", counts, STOPPED)
        yield from _queues()
        yield from _providers()
        yield _broadcasts()


def text() -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures())
    return generate_latest(registry)


def _flow(counts: list[Count]) -> Iterator[Metric]:
    figures: dict[str, tuple[str, Callable[[Count], int]]] = {
        "attempted": ("Deliveries that were tried.", lambda count: count.attempted),
        "accepted": ("Deliveries that a provider took.", lambda count: count.accepted),
        "confirmed": (
            "Deliveries that are known to have arrived.",
            lambda count: count.deliveries if count.status == DeliveryStatus.DELIVERED else 0,
        ),
        "bounced": (
            "Deliveries that came back.",
            lambda count: count.deliveries if count.status == DeliveryStatus.BOUNCED else 0,
        ),
    }
    for name, (words, figure) in figures.items():
        sums: Counter[tuple[str, str]] = Counter()
        for count in counts:
            sums[count.channel, count.kind] += figure(count)
        family = CounterMetricFamily(f"{NAME}_{name}", words, labels=BY_KIND)
        for labels, number in sums.items():
            family.add_metric(labels, number)
        yield family


def _by_reason(name: str, words: str, counts: list[Count], statuses: tuple[str, ...]) -> Metric:
    sums: Counter[tuple[str, str, str]] = Counter()
    for count in counts:
        if count.status in statuses:
            sums[count.channel, count.kind, count.reason] += count.deliveries
    family = CounterMetricFamily(f"{NAME}_{name}", words, labels=(*BY_KIND, "reason"))
    for labels, number in sums.items():
        family.add_metric(labels, number)
    return family


def _queues() -> Iterator[Metric]:
    waiting = GaugeMetricFamily(f"{NAME}_waiting", "Deliveries that have not left yet.", labels=["channel"])
    due = GaugeMetricFamily(f"{NAME}_due", "Deliveries that should have left.", labels=["channel"])
    age = GaugeMetricFamily(
        f"{NAME}_queue_age_p95_seconds", "For how long 95 % of those have waited at most.", labels=["channel"]
    )
    for found in queue.queues():
        waiting.add_metric([found.channel], found.waiting)
        due.add_metric([found.channel], found.due)
        age.add_metric([found.channel], found.age_p95)
    yield from (waiting, due, age)


def _providers() -> Iterator[Metric]:
    is_open = GaugeMetricFamily(
        "notifications_provider_left_alone", "Whether nothing is sent to it for a while.", labels=["provider"]
    )
    failures = GaugeMetricFamily(
        "notifications_provider_failures", "How often it failed in a row.", labels=["provider"]
    )
    now = clock.now()
    for health in ProviderHealth.objects.order_by("provider"):
        is_open.add_metric([health.provider], float(health.open_until is not None and health.open_until > now))
        failures.add_metric([health.provider], health.failures)
    yield from (is_open, failures)


def _broadcasts() -> Metric:
    family = GaugeMetricFamily("notifications_broadcasts", "Broadcasts that have not ended.", labels=["state"])
    states = (BroadcastState.WAITING, BroadcastState.RUNNING, BroadcastState.FAILED)
    rows = Broadcast.objects.filter(state__in=states).values_list("state").annotate(RowCount("id"))
    found = dict(rows.order_by("state"))
    for state in states:
        family.add_metric([state.value], found.get(state.value, 0))
    return family
