"""Which answers of Stripe are asked for again, by whom, and with which key."""

from typing import Any

import pytest
import stripe

from accounts.models import User
from conftest import Api
from dev.local_stripe import LocalStripe
from payments import gateway
from payments.gateway import CardDeclined, ObjectMissing, StripeMisconfigured, StripeUnavailable
from payments.models import BillingOperation, OperationState, Subscription
from payments.tests.delivering import asked

URL = "/api/v1/payments/create-subscription/"
BOUGHT = {"plan": "premium", "payment_method_id": "pm_card_visa"}
PURCHASES, CUSTOMERS = "/v1/subscriptions", "/v1/customers"


def post(api: Api, user: User, body: dict[str, Any], key: str = "key-1") -> Any:
    return api(user).post(URL, body, headers={"Idempotency-Key": key})


def create_customer(key: str = "one") -> gateway.CustomerView:
    return gateway.create_customer(key=key, email="bob@example.com", name="Bob", user_id="u")


@pytest.mark.parametrize("status", [409, 429])
def test_rule_38_what_stripe_did_not_carry_out_may_be_asked_for_with_the_same_key(
    api: Api, bob: User, local_stripe: LocalStripe, status: int
) -> None:
    times = 3 if status == 409 else 1
    local_stripe.faults.api(method="POST", path_prefix=PURCHASES, status=status, times=times)
    answer = post(api, bob, BOUGHT)
    assert (answer.status_code, answer.json()["code"]) == (503, "payments_unavailable")
    assert not Subscription.objects.exists()

    assert post(api, bob, BOUGHT).status_code == 201
    assert [each["status"] for each in local_stripe.objects("subscription")] == ["active"]


def test_rule_38_a_refused_request_leaves_the_key_free(local_stripe: LocalStripe, browser: stripe.StripeClient) -> None:
    """Stripe keeps no answer under a key whose parameters it refused, so others may follow."""
    misspelt: Any = {"nmae": "Bob"}
    with pytest.raises(stripe.InvalidRequestError):
        browser.v1.customers.create(misspelt, {"idempotency_key": "one"})
    create_customer("one")
    assert asked(local_stripe, "POST", CUSTOMERS) == ["one", "one"]
    assert [each["email"] for each in local_stripe.objects("customer")] == ["bob@example.com"]


def test_rule_38_a_key_that_is_in_use_is_waited_for(local_stripe: LocalStripe) -> None:
    local_stripe.faults.api(method="POST", path_prefix=CUSTOMERS, status=409, times=2)
    assert create_customer().id == local_stripe.objects("customer")[0]["id"]
    assert asked(local_stripe, "POST", CUSTOMERS) == ["one"] * 3


def test_a_customer_is_asked_for_without_address_only_when_the_address_is_refused(local_stripe: LocalStripe) -> None:
    local_stripe.faults.api(method="POST", path_prefix=CUSTOMERS, status=400)
    with pytest.raises(StripeMisconfigured):
        create_customer()
    assert asked(local_stripe, "POST", CUSTOMERS) == ["one"]
    assert local_stripe.objects("customer") == []


def test_what_stripe_does_not_find_to_cancel_counts_as_ended_only_if_it_has(
    api: Api, bob: User, local_stripe: LocalStripe
) -> None:
    post(api, bob, BOUGHT)
    [bought] = local_stripe.objects("subscription")
    local_stripe.faults.api(method="DELETE", path_prefix=PURCHASES, status=404)
    with pytest.raises(ObjectMissing):
        gateway.cancel_subscription(bought["id"])
    gateway.cancel_subscription(bought["id"])
    gateway.cancel_subscription(bought["id"])
    assert [each["status"] for each in local_stripe.objects("subscription")] == ["canceled"]


@pytest.mark.parametrize(
    ("status", "headers", "tries"),
    [
        (409, {}, 3),
        (500, {}, 3),
        (503, {}, 3),
        (429, {}, 1),
        (429, {"Stripe-Should-Retry": "true"}, 3),
        (500, {"Stripe-Should-Retry": "false"}, 1),
        (401, {}, 1),
        (402, {}, 1),
        (403, {}, 1),
    ],
)
def test_rule_39_what_the_client_repeats_by_itself_and_always_with_one_key(
    local_stripe: LocalStripe, status: int, headers: dict[str, str], tries: int
) -> None:
    local_stripe.faults.api(
        method="POST", path_prefix=CUSTOMERS, status=status, headers=headers, times=3, remember=False
    )
    with pytest.raises((StripeUnavailable, StripeMisconfigured, CardDeclined)):
        create_customer()
    assert asked(local_stripe, "POST", CUSTOMERS) == ["one"] * tries
    assert local_stripe.objects("customer") == []


def test_rule_39_an_operation_uses_one_key_for_all_its_tries(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    local_stripe.faults.api(method="POST", path_prefix=PURCHASES, status=503, times=5)
    assert post(api, bob, BOUGHT).status_code == 503
    assert BillingOperation.objects.get(kind="create_subscription").state == OperationState.UNKNOWN
    assert post(api, bob, BOUGHT).status_code == 201
    operation = BillingOperation.objects.get(kind="create_subscription")
    assert asked(local_stripe, "POST", PURCHASES) == [str(operation.pk)] * 6
