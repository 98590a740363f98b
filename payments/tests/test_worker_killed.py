"""A real Celery worker, killed with SIGKILL in the middle of an event."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import stripe

from accounts.models import User
from dev.local_stripe import LocalStripe
from notifications.models import Notification
from numerai.common import clock
from payments.models import (
    BillingHistory,
    BillingOperation,
    EventState,
    OperationState,
    Payment,
    Subscription,
    WebhookEvent,
)
from payments.notices.kinds import ACTIVATED, RECEIPT
from payments.services import create_subscription
from payments.services.settling import CERTAIN_AFTER
from payments.tasks import sweep_operations, sweep_webhook_events
from payments.tests.delivering import Deliver, confirm, difference, wait_until
from payments.tests.processes import ROOT, environment_of

LEASE_SECONDS = 1


@contextmanager
def a_worker(server: LocalStripe) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker process on this test's database, broker and Stripe."""
    environment = environment_of(server, JOB_LEASE_SECONDS=str(LEASE_SECONDS))
    command = [sys.executable, "-m", "celery", "-A", "numerai", "worker", "--pool", "solo", "--loglevel", "ERROR"]
    options = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    process = subprocess.Popen([*command, *options], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)


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
        wait_until(lambda: not local_stripe.faults.configure({})["api"], seconds=120)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(60)
    row = WebhookEvent.objects.get()
    assert (row.state, row.attempts) == (EventState.PROCESSING, 1)
    assert Subscription.objects.get().status == "incomplete"

    with a_worker(local_stripe):
        wait_until(lambda: row.lease_until is not None and row.lease_until < clock.now() - timedelta(milliseconds=1))
        sweep_webhook_events()
        wait_until(lambda: WebhookEvent.objects.get().state == EventState.PROCESSED, seconds=120)

    assert WebhookEvent.objects.get().attempts == 2
    assert Subscription.objects.get().status == "active"
    assert BillingHistory.objects.count() == 1
    assert sorted(Notification.objects.values_list("kind", flat=True)) == [RECEIPT, ACTIVATED]
    assert difference(local_stripe) == []


BUYS = """
import django
django.setup()
from accounts.models import User
from payments.notices.kinds import ACTIVATED, RECEIPT
from payments.services import create_subscription
create_subscription(user=User.objects.get(email="bob@example.com"), plan="premium", payment_method_id="pm_card_visa")
"""


@pytest.mark.serial
def test_rule_36_what_a_killed_process_had_bought_is_found(local_stripe: LocalStripe, bob: User) -> None:
    """Stripe has made the subscription and taken the money; the process dies before a row of ours tells of it."""
    local_stripe.faults.api(method="GET", path_prefix="/v1/invoices/", delay_ms=9000)
    buyer = subprocess.Popen([sys.executable, "-c", BUYS], cwd=ROOT, env=environment_of(local_stripe))
    wait_until(lambda: not local_stripe.faults.configure({})["api"], seconds=120)
    os.kill(buyer.pid, signal.SIGKILL)
    buyer.wait(60)
    operation = BillingOperation.objects.get(kind="create_subscription")
    assert (operation.state, Subscription.objects.exists()) == (OperationState.RUNNING, False)
    assert [each["status"] for each in local_stripe.objects("subscription")] == ["active"]

    long_ago = clock.now() - CERTAIN_AFTER - timedelta(seconds=1)
    BillingOperation.objects.filter(pk=operation.pk).update(created_at=long_ago, asked_at=long_ago)
    sweep_operations()

    operation.refresh_from_db()
    bob.refresh_from_db()
    assert (operation.state, bob.plan) == (OperationState.SUCCEEDED, "premium")
    assert (Subscription.objects.get().status, Payment.objects.get().status) == ("active", "succeeded")
    assert len(local_stripe.objects("subscription")) == 1
    assert difference(local_stripe) == []
