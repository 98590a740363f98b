"""Banks that ask, take back, warn and decide: the book, what was bought, and operators follow."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import stripe
from django.db import transaction
from pytest_django import Settings
from structlog.testing import capture_logs

from accounts.models import Plan, User
from dev.local_stripe import LocalStripe
from notifications.models import Notification
from numerai.common import clock
from payments import gateway, sync
from payments.models import (
    BillingOperation,
    Dispute,
    EventState,
    Fulfilment,
    Payment,
    Refund,
    Subscription,
    WebhookEvent,
)
from payments.services import create_refund, handle_webhook_event
from payments.sync.customers import CustomerNotOurs
from payments.sync.locks import person_lock
from payments.sync.reversals.disputes import write_dispute
from payments.tests.delivering import Deliver, asked, forget
from payments.tests.paying import balance, buy, entries, hear, subscribe
from payments.tests.racing import together
from payments.tests.selling import Seller, selling


@pytest.fixture(autouse=True)
def seller() -> Iterator[Seller]:
    with selling() as found:
        yield found


@pytest.fixture
def payment(local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User) -> Payment:
    return buy(browser, bob)


def told_operators() -> list[str]:
    told = Notification.objects.filter(recipient__is_staff=True).order_by("pk")
    return [kind.removeprefix("payments.operator_") for kind in told.values_list("kind", flat=True)]


def put(server: LocalStripe, **changes: object) -> None:
    """Change the only dispute behind everybody's back."""
    with server.world.transaction():
        [found] = server.world.all("dispute")
        server.world.put("dispute", found | changes)


def test_rule_81_a_chargeback_is_kept_with_its_deadline_and_suspends_what_was_bought(
    local_stripe: LocalStripe, deliver: Deliver, payment: Payment, seller: Seller
) -> None:
    dispute = local_stripe.dispute(payment.stripe_id, reason="product_not_received")
    assert hear(local_stripe, deliver, "charge.dispute.") == [EventState.PROCESSED] * 2

    row = Dispute.objects.get()
    payment.refresh_from_db()
    assert (row.stripe_id, row.status, row.reason, row.amount, row.withdrawn) == (
        dispute["id"],
        "needs_response",
        "product_not_received",
        1000,
        1000,
    )
    assert row.evidence_due_by is not None
    assert row.evidence_due_by - row.stripe_created_at == timedelta(days=10)
    assert (row.is_inquiry, row.is_charge_refundable, row.closed_at) == (False, False, None)
    assert payment.fulfilment == Fulfilment.REVERSED
    assert [each.is_fully_refunded for each in seller.refunded] == [True]
    assert payment.amount_refunded == 0
    assert told_operators() == ["dispute_opened"]
    told = Notification.objects.get(kind="payments.operator_dispute_opened")
    assert told.data["answer_by"] == row.evidence_due_by.date().isoformat()
    assert told.action_url == f"https://dashboard.stripe.com/test/disputes/{dispute['id']}"


def test_rule_81_an_inquiry_takes_nothing_and_can_be_refunded(
    local_stripe: LocalStripe, deliver: Deliver, payment: Payment, seller: Seller, operator: User
) -> None:
    local_stripe.dispute(payment.stripe_id, status="warning_needs_response")
    hear(local_stripe, deliver, "charge.dispute.")
    row = Dispute.objects.get()
    payment.refresh_from_db()
    assert (row.is_inquiry, row.is_charge_refundable, row.withdrawn) == (True, True, 0)
    assert (payment.fulfilment, seller.refunded) == (Fulfilment.FULFILLED, [])
    assert "No money has been taken" in Notification.objects.get(kind="payments.operator_dispute_opened").message

    create_refund(payment=payment, actor=operator)
    local_stripe.close_dispute(row.stripe_id, "warning_closed")
    hear(local_stripe, deliver, "charge.dispute.closed")
    row.refresh_from_db()
    assert (row.status, row.closed_at is not None) == ("warning_closed", True)
    assert told_operators() == ["dispute_opened", "dispute_closed"]
    assert balance(payment) == 0


def test_rule_81_an_inquiry_that_grows_is_told_again(
    local_stripe: LocalStripe, deliver: Deliver, payment: Payment
) -> None:
    dispute = local_stripe.dispute(payment.stripe_id, status="warning_needs_response")
    hear(local_stripe, deliver, "charge.dispute.")
    put(local_stripe, status="warning_closed")
    sync.sync_dispute(dispute["id"])
    put(local_stripe, status="needs_response")
    sync.sync_dispute(dispute["id"])
    payment.refresh_from_db()
    assert (payment.fulfilment, Dispute.objects.get().closed_at) == (Fulfilment.REVERSED, None)
    put(local_stripe, status="lost")
    sync.sync_dispute(dispute["id"])
    put(local_stripe, status="appeal_needs_response")
    with capture_logs() as logs:
        sync.sync_dispute(dispute["id"])
    assert told_operators() == [
        "dispute_opened",
        "dispute_closed",
        "dispute_opened",
        "dispute_closed",
        "dispute_opened",
    ]
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == []


def test_rule_81_a_dispute_without_a_deadline(local_stripe: LocalStripe, payment: Payment) -> None:
    dispute = local_stripe.dispute(payment.stripe_id)
    view = replace(gateway.fetch_dispute(dispute["id"]), evidence_due_by=None)
    with transaction.atomic():
        assert write_dispute(view, payment).evidence_due_by is None
    assert "Evidence" not in Notification.objects.get(kind="payments.operator_dispute_opened").message


def test_rule_81_every_dispute_of_a_charge_decides_and_is_looked_at_afresh(
    local_stripe: LocalStripe, payment: Payment, operator: User
) -> None:
    """Our row says that it cannot be refunded; that was so until its refund failed."""
    first = local_stripe.dispute(payment.stripe_id, status="warning_needs_response")
    second = local_stripe.dispute(payment.stripe_id, status="warning_needs_response")
    for dispute in (first, second):
        sync.sync_dispute(dispute["id"])
    Dispute.objects.update(is_charge_refundable=False)
    create_refund(payment=payment, amount=400, actor=operator)
    local_stripe.escalate_dispute(second["id"])
    sync.sync_dispute(second["id"])
    with pytest.raises(gateway.ChargeDisputed):
        create_refund(payment=payment, amount=400, actor=operator)
    assert len(asked(local_stripe, "POST", "/v1/refunds")) == 1


def test_access_stays_while_a_dispute_is_open_if_the_settings_say_so(
    local_stripe: LocalStripe, settings: Settings, payment: Payment, seller: Seller
) -> None:
    settings.DISPUTE_SUSPENDS_ACCESS = False
    dispute = local_stripe.dispute(payment.stripe_id)
    sync.sync_dispute(dispute["id"])
    payment.refresh_from_db()
    assert (payment.fulfilment, seller.refunded) == (Fulfilment.FULFILLED, [])
    local_stripe.close_dispute(dispute["id"], "lost")
    sync.sync_dispute(dispute["id"])
    payment.refresh_from_db()
    assert (payment.fulfilment, len(seller.refunded)) == (Fulfilment.REVERSED, 1)


def test_a_disputed_subscription_is_left_to_operators(
    local_stripe: LocalStripe, deliver: Deliver, bob: User, operator: User
) -> None:
    payment = subscribe(bob)
    local_stripe.dispute(payment.stripe_id)
    hear(local_stripe, deliver, "charge.dispute.")
    bob.refresh_from_db()
    assert (bob.subscription_plan, Subscription.objects.get().status) == (Plan.BASIC, "active")
    assert told_operators() == ["dispute_opened"]


def test_rule_82_a_dispute_that_is_won_brings_money_and_access_back_once(
    local_stripe: LocalStripe, deliver: Deliver, payment: Payment, seller: Seller
) -> None:
    dispute = local_stripe.dispute(payment.stripe_id)
    hear(local_stripe, deliver, "charge.dispute.")
    assert balance(payment) == 0
    local_stripe.close_dispute(dispute["id"], "won")
    for copy in range(3):
        for event in local_stripe.events():
            if event["type"].startswith("charge.dispute."):
                deliver(event | {"id": f"{event['id']}_{copy}"})
    hear(local_stripe, deliver, "nothing")

    payment.refresh_from_db()
    row = Dispute.objects.get()
    assert entries(payment) == [("payment", 1000), ("dispute_withdrawn", -1000), ("dispute_reinstated", 1000)]
    assert (row.status, row.withdrawn, payment.fulfilment) == ("won", 0, Fulfilment.FULFILLED)
    assert (len(seller.paid), len(seller.refunded)) == (2, 1)
    assert told_operators() == ["dispute_opened", "dispute_closed"]
    assert Notification.objects.get(kind="payments.operator_dispute_closed").data["status"] == "won"


def test_rule_82_a_dispute_that_is_lost_books_the_loss_once(
    local_stripe: LocalStripe, deliver: Deliver, payment: Payment, operator: User
) -> None:
    dispute = local_stripe.dispute(payment.stripe_id, amount=400)
    local_stripe.close_dispute(dispute["id"], "lost")
    events = [event for event in local_stripe.events() if event["type"].startswith("charge.dispute.")]
    random.Random(1).shuffle(events)
    for event in events:
        deliver(event)
    hear(local_stripe, deliver, "nothing")
    payment.refresh_from_db()
    assert entries(payment) == [("payment", 1000), ("dispute_withdrawn", -400)]
    assert (Dispute.objects.get().status, payment.fulfilment) == ("lost", Fulfilment.FULFILLED)
    assert told_operators() == ["dispute_closed"]


def test_rule_82_a_dispute_that_was_prevented_leaves_everything(
    local_stripe: LocalStripe, deliver: Deliver, payment: Payment
) -> None:
    dispute = local_stripe.dispute(payment.stripe_id, status="warning_needs_response")
    local_stripe.close_dispute(dispute["id"], "prevented")
    hear(local_stripe, deliver, "charge.dispute.")
    payment.refresh_from_db()
    assert (Dispute.objects.get().status, payment.fulfilment, balance(payment)) == (
        "prevented",
        Fulfilment.FULFILLED,
        1000,
    )
    assert told_operators() == ["dispute_closed"]


def test_rule_82_what_was_decided_is_not_opened_again(
    local_stripe: LocalStripe, deliver: Deliver, payment: Payment
) -> None:
    dispute = local_stripe.dispute(payment.stripe_id)
    local_stripe.close_dispute(dispute["id"], "lost")
    for event in reversed(local_stripe.events()):
        if event["type"].startswith("charge.dispute."):
            deliver(event)
            hear(local_stripe, deliver, "nothing")
            assert Dispute.objects.get().status == "lost"
    put(local_stripe, status="needs_response")
    with capture_logs() as logs:
        sync.sync_dispute(dispute["id"])
    assert Dispute.objects.get().status == "lost"
    assert "dispute_would_reopen" in [entry["event"] for entry in logs]


def test_a_word_that_this_release_does_not_know_is_kept_and_reported(
    local_stripe: LocalStripe, payment: Payment
) -> None:
    dispute = local_stripe.dispute(payment.stripe_id)
    put(local_stripe, status="hibernating")
    with capture_logs() as logs:
        sync.sync_dispute(dispute["id"])
    assert Dispute.objects.get().status == "hibernating"
    assert "unknown_dispute_status" in [entry["event"] for entry in logs]


def test_a_balance_in_another_currency_is_booked_in_that_of_the_dispute(
    local_stripe: LocalStripe, payment: Payment
) -> None:
    dispute = local_stripe.dispute(payment.stripe_id, amount=400)
    local_stripe.close_dispute(dispute["id"], "won")
    with local_stripe.world.transaction():
        for moved in local_stripe.world.all("balance_transaction"):
            if moved["source"] == dispute["id"]:
                local_stripe.world.put(
                    "balance_transaction", moved | {"currency": "eur", "amount": moved["amount"] * 3}
                )
    sync.sync_dispute(dispute["id"])
    assert entries(payment) == [("payment", 1000), ("dispute_withdrawn", -400), ("dispute_reinstated", 400)]


def test_a_dispute_in_another_currency_is_about_all_of_the_payment(local_stripe: LocalStripe, payment: Payment) -> None:
    dispute = local_stripe.dispute(payment.stripe_id, amount=400)
    put(local_stripe, currency="eur")
    sync.sync_dispute(dispute["id"])
    payment.refresh_from_db()
    assert payment.fulfilment == Fulfilment.REVERSED


def test_a_wrong_idea_of_the_payment_is_corrected(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, payment: Payment
) -> None:
    other = buy(browser, bob, reference="row 2")
    dispute = local_stripe.dispute(payment.stripe_id)
    assert sync.sync_dispute(dispute["id"], payment_id=other.stripe_id).payment == payment
    warning = local_stripe.warn_of_fraud(payment.stripe_id)
    assert sync.sync_fraud_warning(warning["id"], payment_id=other.stripe_id)[0] == payment
    other.refresh_from_db()
    assert (other.fulfilment, other.fraud_warning_id) == (Fulfilment.FULFILLED, "")


def test_a_dispute_before_we_heard_of_its_payment(
    local_stripe: LocalStripe, deliver: Deliver, payment: Payment, seller: Seller
) -> None:
    forget(Payment)
    local_stripe.dispute(payment.stripe_id)
    assert set(hear(local_stripe, deliver, "charge.dispute.")) == {EventState.PROCESSED}
    found = Payment.objects.get()
    assert (found.stripe_id, found.fulfilment, balance(found)) == (payment.stripe_id, Fulfilment.REVERSED, 0)


def test_a_dispute_of_what_is_not_ours_is_ignored(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, payment: Payment
) -> None:
    intent = browser.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "customer": payment.customer.stripe_id,
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    dispute = local_stripe.dispute(intent.id)
    assert set(hear(local_stripe, deliver, "charge.dispute.")) == {EventState.IGNORED}
    with pytest.raises(CustomerNotOurs):
        sync.sync_dispute(dispute["id"])


def test_a_warning_of_fraud_is_told_and_left_to_operators(
    local_stripe: LocalStripe, deliver: Deliver, payment: Payment
) -> None:
    warning = local_stripe.warn_of_fraud(payment.stripe_id)
    assert hear(local_stripe, deliver, "radar.") == [EventState.PROCESSED]
    payment.refresh_from_db()
    assert payment.fraud_warning_id == warning["id"]
    assert told_operators() == ["fraud_warning"]
    assert not Refund.objects.exists()


def test_rule_83_a_warning_of_fraud_gives_back_once(
    local_stripe: LocalStripe, deliver: Deliver, settings: Settings, payment: Payment
) -> None:
    settings.FRAUD_WARNING_REFUNDS = True
    local_stripe.warn_of_fraud(payment.stripe_id)
    [event] = local_stripe.events("radar.early_fraud_warning.created")
    for copy in range(3):
        deliver(event | {"id": f"evt_{copy}"})
        hear(local_stripe, deliver, "nothing")
    refund = Refund.objects.get()
    assert (refund.amount, refund.origin, refund.reason) == (1000, "policy", "fraudulent")
    assert len(local_stripe.objects("refund")) == 1
    assert told_operators() == ["fraud_warning"]


def test_rule_83_a_dispute_after_the_refund_books_no_second_loss(
    local_stripe: LocalStripe, deliver: Deliver, settings: Settings, payment: Payment, seller: Seller
) -> None:
    settings.FRAUD_WARNING_REFUNDS = True
    local_stripe.warn_of_fraud(payment.stripe_id)
    hear(local_stripe, deliver, "radar.")
    dispute = local_stripe.dispute(payment.stripe_id)
    hear(local_stripe, deliver, "charge.dispute.", "charge.refunded", "refund.")
    local_stripe.close_dispute(dispute["id"], "lost")
    hear(local_stripe, deliver, "charge.dispute.")
    assert balance(payment) == 0
    assert len(seller.refunded) == 1
    assert Dispute.objects.get().withdrawn == 0


def test_rule_83_a_refusal_is_not_tried_again_and_an_outage_is(
    local_stripe: LocalStripe,
    browser: stripe.StripeClient,
    deliver: Deliver,
    settings: Settings,
    bob: User,
    payment: Payment,
) -> None:
    settings.FRAUD_WARNING_REFUNDS = True
    local_stripe.warn_of_fraud(payment.stripe_id)
    local_stripe.faults.api(method="POST", path_prefix="/v1/refunds", status=500)
    assert hear(local_stripe, deliver, "radar.") == [EventState.FAILED]
    second = buy(browser, bob, reference="row 2")
    Payment.objects.filter(pk=second.pk).update(amount_refunded=1000)
    local_stripe.warn_of_fraud(second.stripe_id)
    with capture_logs() as logs:
        assert hear(local_stripe, deliver, "radar.") == [EventState.PROCESSED]
    assert [entry["why"] for entry in logs if entry["event"] == "fraud_not_refunded"] == ["charge_already_refunded"]
    assert not BillingOperation.objects.filter(kind="create_refund", state="running").exists()


def test_rule_83_a_warning_waits_for_its_turn_while_the_person_is_busy(
    local_stripe: LocalStripe,
    deliver: Deliver,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    bob: User,
    payment: Payment,
) -> None:
    settings.FRAUD_WARNING_REFUNDS = True
    monkeypatch.setattr("payments.services.operations.PATIENCE_SECONDS", 0.01)
    local_stripe.warn_of_fraud(payment.stripe_id)
    with person_lock(bob.pk, wait_seconds=1):
        assert together(1, lambda _: hear(local_stripe, deliver, "radar.")) == [[EventState.FAILED]]
    WebhookEvent.objects.update(next_attempt_at=clock.now())
    assert handle_webhook_event(WebhookEvent.objects.get(type__startswith="radar.").pk) == EventState.PROCESSED
    assert Refund.objects.get().amount == 1000


def test_rule_83_a_card_that_is_not_theirs_keeps_nobody_subscribed(
    local_stripe: LocalStripe, deliver: Deliver, settings: Settings, bob: User
) -> None:
    settings.FRAUD_WARNING_REFUNDS = True
    local_stripe.warn_of_fraud(subscribe(bob).stripe_id)
    assert hear(local_stripe, deliver, "radar.") == [EventState.PROCESSED]
    bob.refresh_from_db()
    assert (Refund.objects.get().amount, Subscription.objects.get().status) == (999, "canceled")
    assert bob.subscription_plan == Plan.FREE


def test_rule_83_what_is_disputed_or_nobodys_is_left(
    local_stripe: LocalStripe, deliver: Deliver, settings: Settings, payment: Payment
) -> None:
    settings.FRAUD_WARNING_REFUNDS = True
    local_stripe.dispute(payment.stripe_id)
    local_stripe.warn_of_fraud(payment.stripe_id)
    assert hear(local_stripe, deliver, "radar.") == [EventState.PROCESSED]
    assert not Refund.objects.exists()
    assert asked(local_stripe, "POST", "/v1/refunds") == []
