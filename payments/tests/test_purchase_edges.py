"""Refusals and lost answers in the middle of a purchase, and what the same Idempotency-Key says afterwards."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe
from rest_framework.test import APIClient

from accounts.models import User
from conftest import Api
from dev.local_stripe import LocalStripe
from numerai.common import clock
from numerai.common.errors import NotAuthenticated
from payments import gateway, sync
from payments.models import BillingOperation, OperationState, Subscription
from payments.services import create_subscription, get_or_create_stripe_customer
from payments.services.settling import CERTAIN_AFTER
from payments.sync import locks
from payments.tasks import sweep_operations
from payments.tests.delivering import asked, wait_until
from payments.tests.racing import together

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


def busy(user: User, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> Any:
    """What ``act`` answers while somebody else is at work on the person's customer."""
    customer = get_or_create_stripe_customer(user)
    monkeypatch.setattr(locks, "CUSTOMER_WAIT_SECONDS", 0.05)
    with locks.customer_lock(customer.stripe_id, wait_seconds=5):
        return together(1, lambda _: act())[0]


def test_an_earlier_purchase_that_cannot_be_looked_at_now_is_waited_for(
    api: Api, bob: User, local_stripe: LocalStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", close_after_commit=True, times=3)
    client = api(bob)
    assert post(client, BOUGHT).status_code == 503
    answer = busy(bob, monkeypatch, lambda: post(client, BOUGHT | {"plan": "elite"}))
    assert (answer.status_code, answer.json()["code"]) == (503, "payments_unavailable")
    assert len(local_stripe.objects("subscription")) == 1


def test_an_earlier_purchase_that_our_key_cannot_see_stops_the_next(
    api: Api, bob: User, local_stripe: LocalStripe
) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", close_after_commit=True, times=3)
    assert post(api(bob), BOUGHT).status_code == 503
    local_stripe.faults.api(method="GET", path_prefix="/v1/subscriptions", status=401)
    answer = post(api(bob), BOUGHT | {"plan": "elite"})
    assert (answer.status_code, answer.json()["code"]) == (503, "payments_misconfigured")
    assert len(local_stripe.objects("subscription")) == 1


def test_a_subscription_that_cannot_be_mirrored_now_is_a_503(
    api: Api, bob: User, local_stripe: LocalStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_subscription(user=bob, plan="basic", payment_method_id="pm_card_visa")
    client = api(bob)
    answer = busy(bob, monkeypatch, lambda: post(client, BOUGHT))
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


def test_a_purchase_without_an_invoice_is_mirrored_by_itself(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", close_after_commit=True, times=3)
    assert post(api(bob), BOUGHT, "key-1").status_code == 503
    with local_stripe.world.transaction():
        [found] = local_stripe.world.all("subscription")
        local_stripe.world.put("subscription", found | {"latest_invoice": None})
    assert post(api(bob), BOUGHT, "key-1").json()["status"] == "active"


def test_a_saved_card_that_goes_during_the_purchase_is_a_400(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    customer = get_or_create_stripe_customer(bob).stripe_id
    card = browser.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", delay_ms=2000)
    client = api(bob)

    def act(number: int) -> Any:
        if number == 0:
            return post(client, BOUGHT | {"payment_method_id": card})
        wait_until(lambda: not local_stripe.faults.configure({})["api"])
        return browser.v1.payment_methods.detach(card)

    answer, _ = together(2, act)
    assert (answer.status_code, answer.json()["code"]) == (400, "payment_method_invalid")
    assert local_stripe.objects("subscription") == []


def test_an_open_bill_that_stripe_has_lost_is_our_trouble(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    create_subscription(user=bob, plan="elite")
    with local_stripe.world.transaction():
        [found] = local_stripe.world.all("subscription")
        local_stripe.world.put("subscription", found | {"latest_invoice": "in_lost"})
    answer = post(api(bob), BOUGHT)
    assert (answer.status_code, answer.json()["code"]) == (503, "payments_misconfigured")
    assert [each["status"] for each in local_stripe.objects("subscription")] == ["incomplete"]


def test_a_customer_that_is_there_is_left_alone(bob: User, local_stripe: LocalStripe) -> None:
    row = get_or_create_stripe_customer(bob)
    sync.sync_customer(row.stripe_id)
    row.refresh_from_db()
    assert row.deleted_at is None
    with pytest.raises(gateway.ObjectMissing):
        sync.sync_customer("cus_of_nobody")


def test_what_the_gateway_is_told_of_cards_and_bills_that_are_none(
    local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    loose = browser.v1.payment_methods.retrieve("pm_card_visa").id
    gateway.forget_payment_method(key="one", payment_method_id=loose)
    with pytest.raises(gateway.ObjectMissing):
        gateway.forget_payment_method(key="two", payment_method_id="pm_unknown")
    with pytest.raises(gateway.ObjectMissing):
        gateway.pay_invoice(key="three", invoice_id="in_unknown", payment_method_id=loose)
