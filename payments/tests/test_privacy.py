"""What leaves with a person, and what stays of their money without them."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe
from django.db import connection, transaction

from accounts.models import User
from dev.local_stripe import LocalStripe
from numerai.common import clock, privacy
from payments import sync
from payments.models import (
    BillingHistory,
    BillingOperation,
    Dispute,
    Payment,
    Refund,
    StripeCustomer,
    Subscription,
    WebhookEvent,
)
from payments.privacy import StillSubscribed, erase, export
from payments.tests.delivering import Deliver, an_event, wait_until
from payments.tests.factories import paid_subscription
from payments.tests.paying import buy
from payments.tests.selling import selling

pytestmark = pytest.mark.django_db


def test_the_app_is_in_the_registry() -> None:
    assert "payments" in [holding.app for holding in privacy.holdings()]


def test_the_export_is_plain_json_about_one_person(alice: User, bob: User) -> None:
    paid_subscription(alice)
    paid_subscription(bob)
    told = json.loads(json.dumps(export(alice.pk)))
    assert {name: len(rows) for name, rows in told.items() if rows} == {
        "subscriptions": 1,
        "invoices": 1,
        "payments": 1,
        "stripe_customers": 1,
    }
    assert told["subscriptions"][0]["plan"] == "premium"
    assert told["invoices"][0]["amount"] == "19.99"
    assert told["payments"][0]["status"] == "succeeded"


def test_the_export_of_nothing_is_empty(bob: User) -> None:
    told = export(bob.pk)
    assert "payments" in told
    assert not any(told.values())


def test_erasure_keeps_the_books_without_the_person(alice: User, bob: User, deliver: Deliver) -> None:
    paid_subscription(alice)
    paid_subscription(bob)
    customer = StripeCustomer.objects.get(user=alice).stripe_id
    invoice = {
        "id": "in_1",
        "object": "invoice",
        "customer": customer,
        "customer_email": "alice@example.com",
        "customer_name": "Alice Marie Johnson",
    }
    deliver(an_event(data={"object": invoice}))
    deliver(an_event(id="evt_2", data={"object": {"id": "in_2", "object": "invoice", "note": "nobody's"}}))
    Subscription.objects.filter(user=alice).update(status="canceled")
    BillingOperation.objects.create(
        user=alice,
        kind="create_customer",
        livemode=False,
        client_key="k",
        fingerprint="x",
        params={"email": "alice@example.com"},
    )

    assert {name: rows for name, rows in erase(alice.pk).items() if rows} == {
        "webhook_events": 1,
        "operations": 1,
        "payments": 1,
        "invoices": 1,
        "subscriptions": 1,
        "customers": 1,
    }

    for model in (Payment, BillingHistory, Subscription, StripeCustomer):
        assert model._default_manager.count() == 2
        assert model._default_manager.filter(user=bob).count() == 1
    kept = WebhookEvent.objects.get(event_id="evt_1")
    assert kept.payload == {"data": {"object": {"id": "in_1", "object": "invoice", "customer": customer}}}
    assert WebhookEvent.objects.get(event_id="evt_2").payload["data"]["object"]["note"] == "nobody's"
    operation = BillingOperation.objects.get()
    assert (operation.user_id, operation.params, operation.client_key) == (None, {}, "")


def test_erasing_twice_changes_nothing_more(alice: User) -> None:
    paid_subscription(alice, status="canceled")
    erase(alice.pk)
    assert set(erase(alice.pk).values()) == {0}


@pytest.mark.parametrize("status", ["active", "trialing", "past_due", "unpaid", "paused", "incomplete"])
def test_nobody_is_erased_who_may_still_be_charged(alice: User, status: str) -> None:
    row = paid_subscription(alice, status=status)
    with pytest.raises(StillSubscribed):
        erase(alice.pk)
    row.refresh_from_db()
    assert row.user_id == alice.pk


@pytest.mark.parametrize("kind", ["create_subscription", "create_payment", "create_checkout", "create_refund"])
def test_nobody_is_erased_while_it_is_not_clear_what_was_moved(alice: User, kind: str) -> None:
    BillingOperation.objects.create(user=alice, kind=kind, livemode=False, fingerprint="x", state="unknown")
    with pytest.raises(StillSubscribed):
        erase(alice.pk)


def test_a_customer_that_may_appear_keeps_nobody_from_being_erased(alice: User) -> None:
    BillingOperation.objects.create(user=alice, kind="create_customer", livemode=False, fingerprint="x")
    assert erase(alice.pk)["operations"] == 1


def test_erasure_reaches_the_evidence_in_events_of_disputes_and_refunds(
    alice: User, bob: User, deliver: Deliver
) -> None:
    """Neither kind names a customer."""
    for person, initial in ((alice, "a"), (bob, "b")):
        paid_subscription(person, status="canceled")
        payment = Payment.objects.get(user=person)
        moved = {
            "payment": payment,
            "livemode": False,
            "amount": 1,
            "currency": "usd",
            "stripe_created_at": clock.now(),
        }
        Refund.objects.create(stripe_id=f"re_{initial}", status="succeeded", **moved)
        Dispute.objects.create(stripe_id=f"dp_{initial}", status="lost", charge_id="ch_1", reason="fraudulent", **moved)
        for kind in ("re", "dp"):
            about = {"id": f"{kind}_{initial}", "charge": "ch_1", "evidence": {"customer_email_address": person.email}}
            deliver(an_event(id=f"evt_{kind}_{initial}", data={"object": about}))

    assert erase(alice.pk)["webhook_events"] == 2

    kept = dict(WebhookEvent.objects.values_list("event_id", "payload"))
    assert kept["evt_dp_a"] == {"data": {"object": {"id": "dp_a", "charge": "ch_1"}}}
    assert str(alice.email) not in str(kept)
    assert str(kept).count(str(bob.email)) == 2


@pytest.mark.django_db(transaction=True)
def test_news_that_comes_during_an_erasure_links_nobody_again(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User
) -> None:
    with selling():
        payment = buy(browser, bob)
        Payment.objects.update(failure_code="not heard of yet")
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                erase(bob.pk)
                news = pool.submit(_look_at, payment)
                wait_until(_somebody_waits)
            news.result(60)
    payment.refresh_from_db()
    assert (payment.user_id, payment.customer.user_id, payment.failure_code) == (None, None, "")


def _look_at(payment: Payment) -> None:
    try:
        sync.sync_payment_intent(payment.stripe_id)
    finally:
        connection.close()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
        return cursor.fetchone() is not None
