"""Somebody is erased: Stripe ends everything first, and the books stay without them."""

import os
import signal
import subprocess
import sys

import pytest

from accounts.leaving import working
from accounts.models import Deletion, DeletionState, User
from accounts.tests.leaving import ask, erase, make_due
from conftest import Api
from dev.local_stripe import LocalStripe
from numerai.common import clock
from payments.models import BillingOperation, Payment, StripeCustomer, Subscription
from payments.services import create_subscription
from payments.services.settling import CERTAIN_AFTER
from payments.tests.delivering import wait_until
from payments.tests.processes import ROOT, environment_of


def again(deletion: Deletion) -> DeletionState | None:
    """The next try, its pause over, and old enough for Stripe's silence to mean something."""
    BillingOperation.objects.filter(asked_at__isnull=False).update(asked_at=clock.now() - CERTAIN_AFTER)
    Deletion.objects.update(next_attempt_at=clock.now(), lease_until=None)
    return working.work(deletion.pk)


def test_the_books_stay_without_the_person(api: Api, local_stripe: LocalStripe, bob: User) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    deletion = ask(api, bob)
    working.work(deletion.pk)
    assert [each["cancel_at_period_end"] for each in local_stripe.objects("subscription")] == [True]
    erase(deletion)
    assert [each["status"] for each in local_stripe.objects("subscription")] == ["canceled"]
    for model in (Payment, Subscription, StripeCustomer):
        [row] = model._default_manager.all()
        assert row.user_id is None
    deletion.refresh_from_db()
    assert deletion.report["payments"]["payments"] == 1


def test_while_stripe_is_away_nobody_is_forgotten(api: Api, local_stripe: LocalStripe, bob: User) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    deletion = ask(api, bob)
    make_due(deletion)
    local_stripe.faults.api(method="GET", path_prefix="/v1/subscriptions", close_before=True, times=3)
    assert working.work(deletion.pk) == DeletionState.ERASING
    deletion.refresh_from_db()
    assert deletion.last_error == "payments_unavailable"
    local_stripe.faults.clear()
    assert again(deletion) == DeletionState.DONE
    assert [each["status"] for each in local_stripe.objects("subscription")] == ["canceled"]


WORKS = """
import sys, django
django.setup()
from uuid import UUID
from accounts.leaving import working
working.work(UUID(sys.argv[1]))
"""


@pytest.mark.serial
def test_a_worker_that_is_killed_is_followed_by_another(api: Api, local_stripe: LocalStripe, bob: User) -> None:
    """Killed for real, while Stripe takes its time to answer that the subscription has ended."""
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    deletion = ask(api, bob)
    make_due(deletion)
    local_stripe.faults.api(method="DELETE", path_prefix="/v1/subscriptions", delay_ms=9000)
    environment = environment_of(local_stripe, JOB_LEASE_SECONDS="1")
    worker = subprocess.Popen([sys.executable, "-c", WORKS, str(deletion.pk)], cwd=ROOT, env=environment)
    wait_until(lambda: not local_stripe.faults.configure({})["api"], seconds=120)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(60)
    deletion.refresh_from_db()
    bob.refresh_from_db()
    assert (deletion.state, deletion.attempts, bob.email) == (DeletionState.ERASING, 1, "bob@example.com")
    assert again(deletion) == DeletionState.DONE
    assert [each["status"] for each in local_stripe.objects("subscription")] == ["canceled"]
