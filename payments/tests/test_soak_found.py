"""What random lives have brought to light, each told once more and small."""

from datetime import timedelta

import pytest
import stripe

from accounts.models import User
from dev.local_stripe import LocalStripe
from numerai.common import clock
from payments import gateway
from payments.models import BillingOperation, OperationState, Payment, StripeCustomer, Subscription
from payments.reconciling import go_on, start_run
from payments.services import (
    create_payment_intent,
    create_subscription,
    get_customer_payment_methods,
    get_or_create_stripe_customer,
    remove_payment_method,
    set_default_payment_method,
    sweep_operations,
)
from payments.services.operations import KEY_LIFETIME
from payments.tests.delivering import Deliver, confirm, handle_all
from payments.tests.selling import KIND, selling


def test_a_card_is_chosen_although_the_subscription_has_ended_unnoticed(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User
) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    row = Subscription.objects.get()
    old = get_customer_payment_methods(bob)[0].id
    new = browser.v1.payment_methods.attach("pm_card_mastercard", {"customer": row.customer.stripe_id}).id
    browser.v1.subscriptions.update(row.stripe_id, {"default_payment_method": old})
    browser.v1.subscriptions.cancel(row.stripe_id)

    assert set_default_payment_method(user=bob, payment_method_id=new).payment_method_id == new

    row.refresh_from_db()
    assert row.status == "canceled"
    remove_payment_method(user=bob, payment_method_id=new)
    assert [(method.id, method.is_default) for method in get_customer_payment_methods(bob)] == [(old, True)]


@pytest.mark.parametrize("address", ["bob@example.com", ""])
def test_a_customer_of_whom_we_never_heard_is_found_by_its_address(
    local_stripe: LocalStripe, bob: User, address: str
) -> None:
    """Its key has been forgotten by Stripe when the person comes back; without an address nothing can be found."""
    bob.email = address or None
    local_stripe.faults.api(method="POST", path_prefix="/v1/customers", close_after_commit=True, times=3)
    with pytest.raises(gateway.StripeUnavailable):
        get_or_create_stripe_customer(bob)
    long_ago = clock.now() - KEY_LIFETIME - timedelta(hours=1)
    BillingOperation.objects.update(created_at=long_ago, asked_at=long_ago)

    sweep_operations()

    known = StripeCustomer.objects.filter(user=bob).values_list("stripe_id", flat=True)
    assert list(known) == [each["id"] for each in local_stripe.objects("customer") if address]
    assert BillingOperation.objects.get().state == (OperationState.SUCCEEDED if address else OperationState.FAILED)
    get_or_create_stripe_customer(bob)
    assert len(local_stripe.objects("customer")) == (1 if address else 2)


def test_an_event_that_nobody_looks_at_is_no_reason_for_a_difference(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User
) -> None:
    with selling():
        secret = create_payment_intent(user=bob, kind=KIND, reference="row 1").client_secret
        [created] = local_stripe.events("payment_intent.created")
        deliver(created)
        handle_all()
        confirm(browser, secret or "")
        drift = go_on(start_run()).drifts.get(object_type="payment_intent")
    assert (drift.is_repaired, Payment.objects.get().status) == (True, "succeeded")
    assert drift.explanation.startswith(f"No event has told of it since {created['id']} (payment_intent.created)")
