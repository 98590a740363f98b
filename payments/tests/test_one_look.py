"""Handling an event costs one look at Stripe, whatever it is about: events come by the thousand."""

import pytest
import stripe

from accounts.models import User
from conftest import make_user
from dev.local_stripe import LocalStripe
from payments.models import BillingHistory, Payment, Subscription, WebhookEvent
from payments.services import (
    cancel_subscription,
    change_plan,
    create_checkout_session,
    create_refund,
    create_subscription,
    handle_webhook_event,
    pause_subscription,
    resume_subscription,
)
from payments.tests.delivering import Deliver
from payments.webhooks.dispatch import HANDLERS

DAY = 86_400
# A payment whose bill is not known here yet has to be asked for its bill first, outside of the lock; and what pays a
# bill names no customer whose lock could be taken, so an unknown bill is asked whose it is.
ALSO_ASKED = {"/v1/invoice_payments"}
NAMES_NO_CUSTOMER = "invoice_payment.paid"
NOT_OF_A_PERSON = ("price.", "product.")


def live(server: LocalStripe, browser: stripe.StripeClient) -> None:
    """A few lives in which nearly everything happens that Stripe tells of."""
    people = iter(make_user(email=f"p{number}@example.com", full_name="Pat Doe", born=None) for number in range(9))
    upgrading, trying, paying, disputed = next(people), next(people), next(people), next(people)
    create_subscription(user=upgrading, plan="basic", payment_method_id="pm_card_visa")
    create_subscription(user=trying, plan="basic")
    create_subscription(user=paying, plan="elite", payment_method_id="pm_card_visa")
    create_subscription(user=disputed, plan="premium", payment_method_id="pm_card_visa")
    change_plan(user=upgrading, plan="premium")
    change_plan(user=paying, plan="basic")
    page = create_checkout_session(user=next(people), plan="basic")
    server.pay_session(page.session_id)
    create_checkout_session(user=next(people), plan="basic")
    server.dispute(_payment_of(disputed).stripe_id)
    server.warn_of_fraud(_payment_of(upgrading).stripe_id)
    create_refund(payment=_payment_of(paying), amount=500, reason="requested_by_customer", actor=paying)
    server.advance(2 * DAY)
    pause_subscription(user=upgrading)
    resume_subscription(user=upgrading)
    _arrears(browser, paying)
    server.advance(65 * DAY)
    cancel_subscription(user=upgrading)
    server.advance(40 * DAY)


def _payment_of(user: User) -> Payment:
    return Payment.objects.filter(user=user, status="succeeded").latest("stripe_created_at")


def _arrears(browser: stripe.StripeClient, user: User) -> None:
    row = Subscription.objects.get(user=user)
    bad = browser.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": row.customer.stripe_id})
    browser.v1.customers.update(row.customer.stripe_id, {"invoice_settings": {"default_payment_method": bad.id}})


@pytest.mark.parametrize("is_in_order", [True, False], ids=["in order", "newest first"])
def test_an_event_costs_one_look(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, is_in_order: bool
) -> None:
    live(local_stripe, browser)
    events = local_stripe.events() if is_in_order else local_stripe.events()[::-1]
    handled = set[str]()
    for event in events:
        if event["type"] not in HANDLERS or event["type"].startswith(NOT_OF_A_PERSON):
            continue
        deliver(event)
        bill = event["data"]["object"].get("invoice", "")
        is_known = event["type"] != NAMES_NO_CUSTOMER or BillingHistory.objects.filter(stripe_id=bill).exists()
        before = len(local_stripe.requests)
        handle_webhook_event(WebhookEvent.objects.get(event_id=event["id"]).pk)
        asked = [each for each in local_stripe.requests[before:] if each.path not in ALSO_ASKED]
        assert {each.method for each in asked} <= {"GET"}, event["type"]
        assert len(asked) <= (1 if is_known else 2), [event["type"], *(each.path for each in asked)]
        handled.add(event["type"])

    assert len(handled) > 25, sorted(handled)
