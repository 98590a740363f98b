"""What random lives have brought to light, each told once more and small."""

import stripe

from accounts.models import User
from dev.local_stripe import LocalStripe
from payments.models import Subscription
from payments.services import (
    create_subscription,
    get_customer_payment_methods,
    remove_payment_method,
    set_default_payment_method,
)


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
