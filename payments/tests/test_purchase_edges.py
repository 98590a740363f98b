"""Refusals and lost answers in the middle of a purchase, and what the same Idempotency-Key says afterwards."""

from typing import Any

import pytest
import stripe
from rest_framework.test import APIClient

from accounts.models import User
from conftest import Api
from dev.local_stripe import LocalStripe
from numerai.common import clock
from numerai.common.errors import NotAuthenticated
from payments import sync
from payments.models import BillingOperation, OperationState, Subscription
from payments.services import create_subscription, get_or_create_stripe_customer
from payments.services.settling import CERTAIN_AFTER
from payments.tasks import sweep_operations
from payments.tests.delivering import asked

URL = "/api/v1/payments/create-subscription/"
BOUGHT = {"plan": "premium", "payment_method_id": "pm_card_visa"}


def post(client: APIClient, body: dict[str, Any], key: str = "") -> Any:
    return client.post(URL, body, headers={"Idempotency-Key": key} if key else {})


def purchase(user: User) -> BillingOperation:
    return BillingOperation.objects.filter(user=user, kind="create_subscription").latest("created_at")


def test_who_is_told_to_try_again_may_use_the_same_key(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    """A payment that the bank has not decided yet stands in the way for a moment, not for ever."""
    secret = create_subscription(user=bob, plan="elite").client_secret or ""
    intent = secret.partition("_secret_")[0]
    with local_stripe.world.transaction():
        [found] = local_stripe.world.all("payment_intent")
        local_stripe.world.put("payment_intent", found | {"status": "processing"})
    local_stripe.faults.api(method="POST", path_prefix="/v1/invoices/", status=400)

    answer = post(api(bob), BOUGHT, "key-1")
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (409, "purchase_in_progress", "10")
    with local_stripe.world.transaction():
        local_stripe.world.put("payment_intent", found | {"status": "requires_payment_method"})

    assert post(api(bob), BOUGHT, "key-1").status_code == 201
    assert asked(local_stripe, "POST", f"/v1/payment_intents/{intent}/confirm") == []


def test_a_saved_card_that_is_declined_stays_saved(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    customer = get_or_create_stripe_customer(bob).stripe_id
    card = browser.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer}).id
    answer = post(api(bob), BOUGHT | {"payment_method_id": card})
    assert answer.status_code == 402
    assert [each["customer"] for each in local_stripe.objects("payment_method")] == [customer]


def test_a_refusal_on_the_way_says_nothing_about_the_first_try(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    """The first try is still on its way to Stripe when the second is refused; what it makes later is found."""
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", close_before=True, times=3)
    assert post(api(bob), BOUGHT, "key-1").status_code == 503
    customer = get_or_create_stripe_customer(bob).stripe_id
    card = browser.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    bought = {"customer": customer, "items": [{"price": "price_test_basic"}], "default_payment_method": card}
    by_hand = browser.v1.subscriptions.create(bought)  # type: ignore[arg-type]

    assert post(api(bob), BOUGHT, "key-1").json()["code"] == "already_subscribed"
    assert purchase(bob).state == OperationState.UNKNOWN
    browser.v1.subscriptions.cancel(by_hand.id)
    sync.sync_subscription(by_hand.id)
    late = bought | {"metadata": {"operation_id": str(purchase(bob).pk)}}
    browser.v1.subscriptions.create(late)  # type: ignore[arg-type]
    BillingOperation.objects.update(created_at=clock.now() - CERTAIN_AFTER, asked_at=clock.now() - CERTAIN_AFTER)
    sweep_operations()

    assert purchase(bob).state == OperationState.SUCCEEDED
    assert sorted(Subscription.objects.values_list("status", flat=True)) == ["active", "canceled"]


def test_its_own_purchase_is_found_beside_a_newer_one(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", close_after_commit=True, times=3)
    assert post(api(bob), BOUGHT, "key-1").status_code == 503
    [first] = local_stripe.objects("subscription")
    browser.v1.subscriptions.create(
        {
            "customer": first["customer"],
            "items": [{"price": "price_test_basic"}],
            "default_payment_method": first["default_payment_method"],
        }
    )
    answer = post(api(bob), BOUGHT, "key-1")
    assert (answer.status_code, answer.json()["status"]) == (201, "active")
    assert Subscription.objects.get(stripe_id=first["id"]).plan == "premium"


def test_a_refusal_that_follows_a_lost_request_is_final(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    """Nothing was made by the first try, or Stripe would have answered the second with it."""
    declined = BOUGHT | {"payment_method_id": "pm_card_chargeCustomerFail"}
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", close_before=True, times=3)
    assert post(api(bob), declined, "key-1").status_code == 503
    assert post(api(bob), declined, "key-1").status_code == 402
    assert purchase(bob).state == OperationState.FAILED
    assert post(api(bob), BOUGHT, "key-2").status_code == 201


def test_a_refused_secret_key_says_nothing_about_the_first_try(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", close_after_commit=True, times=3)
    assert post(api(bob), BOUGHT, "key-1").status_code == 503
    local_stripe.faults.api(method="GET", path_prefix="/v1/subscriptions", status=401)
    assert post(api(bob), BOUGHT, "key-1").json()["code"] == "payments_misconfigured"
    assert purchase(bob).state == OperationState.UNKNOWN
    assert post(api(bob), BOUGHT, "key-1").json()["status"] == "active"
    assert len(local_stripe.objects("subscription")) == 1


def test_whose_account_was_closed_meanwhile_buys_nothing(bob: User, local_stripe: LocalStripe) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    with pytest.raises(NotAuthenticated):
        create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    assert local_stripe.requests == []


def test_a_purchase_that_ended_meanwhile_is_not_offered_for_confirmation(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", close_after_commit=True, times=3)
    assert post(api(bob), {"plan": "premium"}, "key-1").status_code == 503
    browser.v1.subscriptions.cancel(local_stripe.objects("subscription")[0]["id"])
    answer = post(api(bob), {"plan": "premium"}, "key-1").json()
    assert (answer["status"], answer["client_secret"], answer["client_secret_type"]) == (
        "incomplete_expired",
        None,
        None,
    )
    assert answer["message"] == "Your Premium subscription has ended. Please start again."
