"""Handing over and taking back: once for each fact, in the transaction that records it, with one look at Stripe."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import stripe
from django.db import transaction
from structlog.testing import capture_logs

from accounts.models import User
from dev.local_stripe import LocalStripe
from payments import purchasables
from payments.gateway import NetworkCallInsideTransaction, StripeUnavailable, fetch_checkout, fetch_payment_intent
from payments.models import CheckoutSession, Fulfilment, Payment, StripeCustomer, WebhookEvent
from payments.purchasables import Fee, Limits, NotForSale, Price, Purchase
from payments.services import (
    create_checkout_session,
    create_payment_intent,
    create_refund,
    create_subscription,
    get_or_create_stripe_customer,
)
from payments.services.selling.checkouts import look_at_checkout
from payments.signals import payment_refunded, payment_succeeded
from payments.sync import sync_payment_intent, sync_purchase
from payments.sync.fulfilling import fulfil, reverse
from payments.sync.selling.checkouts import write_checkout
from payments.sync.selling.purchases import write_purchase
from payments.tests.delivering import Deliver, confirm, handle_all
from payments.tests.selling import KIND, Seller, gets, selling, told


@pytest.fixture
def seller() -> Iterator[Seller]:
    with selling() as ours:
        yield ours


@pytest.fixture
def heard() -> Iterator[list[tuple[str, Purchase]]]:
    """What the signals said."""
    said: list[tuple[str, Purchase]] = []

    def paid(purchase: Purchase, **_: object) -> None:
        said.append(("paid", purchase))

    def refunded(purchase: Purchase, **_: object) -> None:
        said.append(("refunded", purchase))

    payment_succeeded.connect(paid)
    payment_refunded.connect(refunded)
    yield said
    payment_succeeded.disconnect(paid)
    payment_refunded.disconnect(refunded)


def bought(user: User, reference: str = "row-1") -> Payment:
    made = create_payment_intent(user=user, kind=KIND, reference=reference, payment_method_id="pm_card_visa")
    return Payment.objects.get(pk=made.payment_id)


def test_a_refund_of_all_takes_back_and_of_a_part_does_not(
    bob: User, local_stripe: LocalStripe, seller: Seller, heard: list[tuple[str, Purchase]]
) -> None:
    payment = bought(bob)
    create_refund(payment=payment, amount=1000)
    payment.refresh_from_db()
    assert payment.fulfilment == Fulfilment.FULFILLED
    assert [(each.amount_refunded, each.is_fully_refunded) for each in seller.refunded] == [(1000, False)]
    create_refund(payment=payment)
    payment.refresh_from_db()
    assert payment.fulfilment == Fulfilment.REVERSED
    assert [(each.amount_refunded, each.is_fully_refunded) for each in seller.refunded] == [(1000, False), (2500, True)]
    assert [what for what, _ in heard] == ["paid", "refunded", "refunded"]


def test_each_is_done_once(bob: User, local_stripe: LocalStripe, seller: Seller) -> None:
    payment = bought(bob)
    with transaction.atomic():
        assert not fulfil(payment)
        payment.amount_refunded = 2500
        reverse(payment)
        reverse(payment)
        assert not fulfil(payment)
        assert payment.fulfilment == Fulfilment.REVERSED
    assert (len(seller.paid), len(seller.refunded)) == (1, 1)


def test_a_refund_that_fails_hands_over_again(bob: User, local_stripe: LocalStripe, seller: Seller) -> None:
    payment = bought(bob)
    with transaction.atomic():
        payment.amount_refunded = 2500
        reverse(payment)
        payment.amount_refunded = 0
        reverse(payment)
    assert payment.fulfilment == Fulfilment.FULFILLED
    assert (len(seller.paid), len(seller.refunded)) == (2, 1)


def test_what_was_never_handed_over_is_not_taken_back(bob: User, local_stripe: LocalStripe, seller: Seller) -> None:
    made = create_payment_intent(user=bob, kind=KIND, reference="row-1")
    payment = Payment.objects.get(pk=made.payment_id)
    with transaction.atomic():
        reverse(payment)
    assert (payment.fulfilment, seller.refunded) == (Fulfilment.NONE, [])


def test_a_kind_that_nobody_sells_any_more_is_an_error(bob: User, local_stripe: LocalStripe) -> None:
    with selling():
        made = create_payment_intent(user=bob, kind=KIND, reference="row-1")
    browser = stripe.StripeClient("sk_test_page", base_addresses={"api": local_stripe.url})
    confirm(browser, made.client_secret or "")
    with capture_logs() as logs, pytest.raises(NotForSale):
        sync_payment_intent(made.payment_intent_id)
    assert "paid_for_what_nobody_sells" in [entry["event"] for entry in logs]
    assert Payment.objects.get().status == "requires_payment_method"


def test_a_handler_may_not_call_stripe(bob: User, local_stripe: LocalStripe) -> None:
    def call(purchase: Purchase) -> None:
        fetch_payment_intent("pi_1")

    with selling(on_paid=call), pytest.raises(NetworkCallInsideTransaction):
        bought(bob)


def test_the_bill_of_a_plan_is_a_payment_too(
    bob: User, local_stripe: LocalStripe, heard: list[tuple[str, Purchase]]
) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    payment = Payment.objects.get()
    assert (payment.fulfilment, payment.kind) == (Fulfilment.FULFILLED, "subscription")
    create_refund(payment=payment)
    assert [(what, each.kind) for what, each in heard] == [("paid", "subscription"), ("refunded", "subscription")]


def test_somebody_who_is_gone_is_told_nothing(bob: User, local_stripe: LocalStripe, seller: Seller) -> None:
    made = create_payment_intent(user=bob, kind=KIND, reference="row-1")
    browser = stripe.StripeClient("sk_test_page", base_addresses={"api": local_stripe.url})
    confirm(browser, made.client_secret or "")
    StripeCustomer.objects.update(user=None)
    sync_purchase(made.payment_intent_id)
    assert (seller.paid[0].user_id, told(bob)) == (None, [])


def test_what_is_over_stays_over(bob: User, local_stripe: LocalStripe, seller: Seller) -> None:
    payment = bought(bob)
    owner = payment.customer
    view = fetch_payment_intent(payment.stripe_id)
    with capture_logs() as logs, transaction.atomic():
        write_purchase(replace(view, status="requires_payment_method", paid_at=None), owner)
    assert "payment_would_reopen" in [entry["event"] for entry in logs]
    payment.refresh_from_db()
    assert payment.status == "succeeded"


def test_a_fee_that_was_known_is_not_forgotten(bob: User, local_stripe: LocalStripe, seller: Seller) -> None:
    payment = bought(bob)
    view = fetch_payment_intent(payment.stripe_id)
    with transaction.atomic():
        write_purchase(replace(view, fee=None), payment.customer)
    payment.refresh_from_db()
    assert (payment.stripe_fee, payment.stripe_fee_currency) == (103, "usd")


def test_a_page_that_is_over_stays_over(bob: User, local_stripe: LocalStripe, seller: Seller) -> None:
    made = create_checkout_session(user=bob, kind=KIND, reference="row-1")
    local_stripe.pay_session(made.session_id)
    look_at_checkout(made.session_id)
    page = CheckoutSession.objects.get()
    view = fetch_checkout(made.session_id)
    with capture_logs() as logs, transaction.atomic():
        write_checkout(replace(view, status="open"), page.customer)
    assert "checkout_would_reopen" in [entry["event"] for entry in logs]
    page.refresh_from_db()
    assert page.status == "complete"


def test_an_intent_that_sells_nothing_is_left_alone(
    bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    customer = get_or_create_stripe_customer(bob)
    intent = browser.v1.payment_intents.create({"amount": 500, "currency": "usd", "customer": customer.stripe_id})
    assert sync_payment_intent(intent.id) is None
    assert not Payment.objects.exists()


PURCHASE_EVENTS = ("succeeded", "payment_failed", "processing", "canceled")
PAGE_EVENTS = ("completed", "async_payment_succeeded", "async_payment_failed", "expired")


def happen(user: User, server: LocalStripe, browser: stripe.StripeClient, what: str) -> None:
    made = create_payment_intent(user=user, kind=KIND, reference="row-1")
    cards = {"succeeded": "pm_card_visa", "payment_failed": "pm_local_slowDeclined", "processing": "pm_local_slow"}
    if what == "canceled":
        browser.v1.payment_intents.cancel(made.payment_intent_id)
        return
    confirm(browser, made.client_secret or "", cards[what])
    if what == "payment_failed":
        server.settle_payment(made.payment_intent_id)


def end(server: LocalStripe, page: str, what: str) -> None:
    if what == "expired":
        server.advance(25 * 3600)
    elif what == "completed":
        server.pay_session(page)
    else:
        server.pay_session_slowly(page)
        server.settle_session(page, succeed=what == "async_payment_succeeded")


def looks_for(server: LocalStripe, deliver: Deliver, type_: str) -> list[str]:
    """What is read at Stripe while one event of the type is handled."""
    deliver(server.events(type_)[-1])
    before = len(gets(server))
    handle_all()
    assert WebhookEvent.objects.get().state == "processed"
    return gets(server)[before:]


@pytest.mark.parametrize("what", PURCHASE_EVENTS)
def test_an_event_of_a_purchase_costs_one_look(
    bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, seller: Seller, what: str
) -> None:
    happen(bob, local_stripe, browser, what)
    assert len(looks_for(local_stripe, deliver, f"payment_intent.{what}")) == 1


@pytest.mark.parametrize("what", PAGE_EVENTS)
@pytest.mark.parametrize("sold", ["thing", "plan"])
def test_an_event_of_a_page_costs_one_look(
    bob: User, local_stripe: LocalStripe, deliver: Deliver, seller: Seller, what: str, sold: str
) -> None:
    wanted = {"plan": "premium"} if sold == "plan" else {"kind": KIND, "reference": "row-1"}
    made = create_checkout_session(user=bob, **wanted)
    end(local_stripe, made.session_id, what)
    assert len(looks_for(local_stripe, deliver, f"checkout.session.{what}")) == 1


def test_an_event_of_a_bills_payment_costs_one_look(
    bob: User, local_stripe: LocalStripe, deliver: Deliver, browser: stripe.StripeClient
) -> None:
    """When the bill is known. Whose payment it is has to be asked for first when it is not, outside the lock."""
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    assert len(looks_for(local_stripe, deliver, "payment_intent.succeeded")) == 1
    local_stripe.advance(31 * 24 * 3600)
    deliver(local_stripe.events("payment_intent.succeeded")[-1])
    before = len(gets(local_stripe))
    handle_all()
    listing, inside = gets(local_stripe)[before:]
    assert (listing, inside.rpartition("/")[0]) == ("/v1/invoice_payments", "/v1/invoices")


@pytest.mark.parametrize("kind", ["", "Upper", "subscription", "1st", "x" * 65])
def test_a_kind_needs_a_name(kind: str) -> None:
    offer = replace(Seller().offers(), kind=kind)
    with pytest.raises(ValueError, match="no name"):
        purchasables.register(offer)


def test_a_kind_is_registered_once() -> None:
    with selling():
        assert KIND in purchasables.registered()
        with pytest.raises(ValueError, match="registered already"):
            purchasables.register(replace(Seller().offers(), limits=Limits(per_person=3)))
    assert KIND not in purchasables.registered()


def test_fees_are_rounded_down_and_never_more_than_the_price() -> None:
    assert [Fee(250).of(999), Fee(fixed=30).of(999), Fee(10_000, 1).of(999), Fee().of(999)] == [24, 30, 999, 0]


def test_a_fixed_price_and_description(bob: User, local_stripe: LocalStripe) -> None:
    with selling(price=Price(700, "usd"), description="A ticket"):
        payment = bought(bob)
    assert (payment.amount, payment.description) == (700, "A ticket")


def test_stripe_down_while_looking_changes_nothing(bob: User, local_stripe: LocalStripe, seller: Seller) -> None:
    made = create_payment_intent(user=bob, kind=KIND, reference="row-1")
    before = Payment.objects.values().get()
    local_stripe.faults.api(method="GET", path_prefix="/v1/payment_intents", status=500, times=3)
    with pytest.raises(StripeUnavailable):
        sync_purchase(made.payment_intent_id)
    assert Payment.objects.values().get() == before
