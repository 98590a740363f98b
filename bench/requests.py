"""CPU per request of the API's busiest endpoints, as a ratio to a bare Django view on the same server."""

import hashlib
import hmac
import json
import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

import django
from django.conf import settings
from django.core.management import call_command
from rich.progress import track

from bench.measure import Measure, measure
from bench.server import Call, Server, serving
from numerai.common import clock

if TYPE_CHECKING:
    from accounts.models import User

ROUNDS = 15
CALLS = 150
READ_GOAL = 1.6
CHART_GOAL = 1.8
WEBHOOK_GOAL = 2.5
BARE = "bare view, one indexed SELECT"

CallMaker = Callable[[], Call]


def requests_against_the_bare_view() -> list[Measure]:
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    makers = call_makers()
    with serving() as server:
        samples = sample(server, makers)
    limit = statistics.fmean(samples[BARE])
    measures = [measure(name=BARE, value=limit, unit="µs CPU")]
    for name, (_, goal) in makers.items():
        if name != BARE:
            value = statistics.fmean(samples[name])
            measures.append(measure(name=name, value=value, unit="µs CPU", limit=limit, goal=goal))
    return measures


def sample(server: Server, makers: dict[str, tuple[CallMaker, float | None]]) -> dict[str, list[float]]:
    """CPU microseconds a call, by endpoint; they take turns, so that a noisy moment meets them all, and the first round
    only warms up. Summed over all rounds the kernel's 10 ms of CPU accounting are far below a percent."""
    samples: dict[str, list[float]] = {name: [] for name in makers}
    for _ in track(range(ROUNDS + 1), description="requests", transient=True):
        for name, (make, _goal) in makers.items():
            samples[name].append(server.cpu_microseconds([make() for _ in range(CALLS)]))
    return {name: values[1:] for name, values in samples.items()}


def call_makers() -> dict[str, tuple[CallMaker, float | None]]:
    from accounts.sessions import open_session

    user = a_person()
    headers = {"Authorization": f"Bearer {open_session(user=user).access_token}"}

    def get(path: str) -> CallMaker:
        return lambda: Call("GET", path, headers)

    return {
        BARE: (get(f"/bench/bare/{user.pk}/"), None),
        "GET users/profile/": (get("/api/v1/users/profile/"), READ_GOAL),
        "GET notifications/unread-count/": (get("/api/v1/notifications/unread-count/"), READ_GOAL),
        "GET notifications/": (get("/api/v1/notifications/"), READ_GOAL),
        "GET numerology/birth-chart/": (get("/api/v1/numerology/birth-chart/"), CHART_GOAL),
        "POST payments/webhook/": (webhook_call, WEBHOOK_GOAL),
    }


def a_person() -> "User":
    """A subscriber with a full profile and a page and a half of notifications."""
    from accounts.models import User
    from notifications.services import notify

    user = User.objects.create_user(
        email=f"{uuid4().hex}@example.com", full_name="Ada Byron King", plan="premium", email_verified_at=clock.now()
    )
    user.profile.date_of_birth = date(1985, 3, 17)
    user.profile.save()
    for number in range(30):
        notify(
            user=user,
            kind="payments.subscription_activated",
            context={"plan": "Premium", "amount": "19.99", "currency": "USD"},
            dedupe_key=f"bench-{number}",
        )
    return user


def webhook_call() -> Call:
    """A signed event of 4 kB that the inbox has not seen."""
    event = {
        "id": f"evt_{uuid4().hex}",
        "object": "event",
        "type": "invoice.paid",
        "livemode": False,
        "created": int(time.time()),
        "api_version": "2026-10-28.endive",
        "data": {
            "object": {"id": f"in_{uuid4().hex}", "object": "invoice", "customer": "cus_x", "padding": "x" * 3700}
        },
    }
    body = json.dumps(event).encode()
    moment = int(time.time())
    secret = settings.STRIPE_WEBHOOK_SECRETS[0].encode()
    signature = hmac.new(secret, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={moment},v1={signature}", "Content-Type": "application/json"}
    return Call("POST", "/api/v1/payments/webhook/", headers, body)
