"""A real Celery worker, killed with SIGKILL in the middle of an event."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import stripe
from django.conf import settings as django_settings
from django.db import connection

from accounts.models import User
from dev.local_stripe import LocalStripe
from notifications.models import Notification
from numerai.common import clock
from payments.models import BillingHistory, EventState, Subscription, WebhookEvent
from payments.services import create_subscription
from payments.tasks import sweep_webhook_events
from payments.tests.delivering import Deliver, confirm, difference, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
LEASE_SECONDS = 1


@contextmanager
def a_worker(server: LocalStripe) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker process on this test's database, broker and Stripe."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "numerai.settings.development",
        "DATABASE_URL": database.geturl(),
        "REDIS_URL": django_settings.REDIS_URL,
        "STRIPE_PORT": str(urlsplit(server.url).port),
        "STRIPE_SECRET_KEY": "sk_test_local",
        "JOB_LEASE_SECONDS": str(LEASE_SECONDS),
        **{f"STRIPE_PRICE_ID_{plan.upper()}": price for plan, price in django_settings.STRIPE_PRICE_IDS.items()},
    }
    command = [sys.executable, "-m", "celery", "-A", "numerai", "worker", "--pool", "solo", "--loglevel", "ERROR"]
    options = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    process = subprocess.Popen([*command, *options], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


@pytest.mark.serial
def test_rule_28_an_event_whose_worker_was_killed_is_handled_once(
    local_stripe: LocalStripe, deliver: Deliver, browser: stripe.StripeClient, bob: User
) -> None:
    secret = create_subscription(user=bob, plan="premium").client_secret
    assert secret is not None
    confirm(browser, secret)
    local_stripe.faults.api(method="GET", path_prefix="/v1/invoices/", delay_ms=9000)
    deliver(local_stripe.events("invoice.paid")[0])
    with a_worker(local_stripe) as worker:
        wait_until(lambda: not local_stripe.faults.configure({})["api"], seconds=40)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(10)
    row = WebhookEvent.objects.get()
    assert (row.state, row.attempts) == (EventState.PROCESSING, 1)
    assert Subscription.objects.get().status == "incomplete"

    with a_worker(local_stripe):
        wait_until(lambda: row.lease_until is not None and row.lease_until < clock.now() - timedelta(milliseconds=1))
        sweep_webhook_events()
        wait_until(lambda: WebhookEvent.objects.get().state == EventState.PROCESSED, seconds=40)

    assert WebhookEvent.objects.get().attempts == 2
    assert Subscription.objects.get().status == "active"
    assert (BillingHistory.objects.count(), Notification.objects.count()) == (1, 1)
    assert difference(local_stripe) == []
