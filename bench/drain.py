"""Emptying the inbox: one worker process, a local Stripe that it asks about each object, a queue that is full."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import django
from django.conf import settings
from django.core.management import call_command
from rich.progress import Progress

from bench.measure import Measure, measure
from bench.requests import a_person
from dev.local_stripe import LocalStripe
from dev.services import ROOT

PEOPLE = 20
PATIENCE_SECONDS = 3600.0


def one_worker_drains(events: int) -> list[Measure]:
    """How long one worker needs for so many events of ``PEOPLE`` subscribers; most make it ask Stripe."""
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    with LocalStripe(prices=settings.STRIPE_PRICE_IDS) as stripe:
        settings.STRIPE_API_BASE = stripe.url
        queue(subscribers(stripe), events)
        with a_worker(stripe):
            seconds = drained(events)
    return [
        measure(name=f"one worker drains {events} events", value=seconds, unit="s"),
        measure(name="one worker handles", value=events / seconds, unit="a second"),
    ]


def subscribers(stripe: LocalStripe) -> list[dict[str, Any]]:
    """What Stripe has to tell about people who have just bought; their own purchases are forgotten."""
    from payments.services import create_subscription

    for _ in range(PEOPLE):
        create_subscription(user=a_person(), plan="premium", payment_method_id="pm_card_visa")
    return stripe.events()


def queue(originals: list[dict[str, Any]], events: int) -> None:
    from payments.models import WebhookEvent
    from payments.webhooks.inbox import store_event
    from payments.webhooks.verification import read_event

    _forget_the_past(WebhookEvent)
    for number in range(events):
        text = json.dumps(originals[number % len(originals)] | {"id": f"evt_{uuid4().hex}"})
        store_event(read_event(text))


def _forget_the_past(inbox: Any) -> None:
    """What other measurements left in the queue and in the inbox is none of this one's work."""
    from numerai.common.redis import connection

    connection().delete("celery")
    inbox.objects.exclude(state__in=["processed", "ignored"]).update(
        state="parked", next_attempt_at=None, lease_until=None
    )


def drained(events: int) -> float:
    """Seconds from the first event that was handled to the last, swept meanwhile as beat would."""
    from payments.models import WebhookEvent
    from payments.webhooks.inbox import sweep_webhook_events

    waiting = WebhookEvent.objects.filter(state__in=["pending", "processing", "failed"])
    started, deadline = 0.0, time.monotonic() + PATIENCE_SECONDS
    next_sweep = time.monotonic() + settings.SWEEP_SECONDS
    with Progress(transient=True) as progress:
        task = progress.add_task("drain", total=events)
        while left := waiting.count():
            if left < events and not started:
                started = time.monotonic()
            if time.monotonic() > deadline:
                raise RuntimeError(f"{left} events are left.")
            if time.monotonic() > next_sweep:
                sweep_webhook_events()
                next_sweep += settings.SWEEP_SECONDS
            progress.update(task, completed=events - left)
            time.sleep(0.1)
    return time.monotonic() - started


@contextmanager
def a_worker(stripe: LocalStripe) -> Iterator[None]:
    command = (sys.executable, "-m", "celery", "-A", "numerai", "worker", "--concurrency", "1", "--loglevel", "ERROR")
    process = subprocess.Popen(
        (*command, "--without-gossip", "--without-mingle", "--without-heartbeat"),
        cwd=ROOT,
        env=os.environ | {"STRIPE_PORT": str(urlsplit(stripe.url).port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)
