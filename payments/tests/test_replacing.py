"""An unpaid subscription is replaced while its page is still open in another tab."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import stripe
from django.db import connection
from rest_framework.test import APIClient
from structlog.testing import capture_logs

from accounts.models import Plan, User
from conftest import Api
from dev.local_stripe import LocalStripe
from payments import gateway
from payments.models import BillingOperation, StripeCustomer
from payments.services import create_subscription
from payments.services.replacing import give_up_unpaid
from payments.tests.delivering import asked, confirm, difference, wait_until

URL = "/api/v1/payments/create-subscription/"
ELITE = {"plan": "elite", "payment_method_id": "pm_card_visa"}


def received(server: LocalStripe) -> list[tuple[int, str]]:
    intents = server.objects("payment_intent")
    return [(each["amount"], each["status"]) for each in intents if each["status"] == "succeeded"]


def statuses(server: LocalStripe) -> list[str]:
    return [each["status"] for each in server.objects("subscription")]


def replace_while(client: APIClient, server: LocalStripe, meanwhile: Callable[[], object]) -> Any:
    """Ask for another plan; once Stripe has got the request that is delayed, let something else happen."""

    def replace() -> Any:
        try:
            return client.post(URL, ELITE)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(replace)
        wait_until(lambda: not server.faults.configure({})["api"])
        meanwhile()
        return answer.result(60)


def test_a_payment_that_was_quicker_is_the_one_that_counts(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    secret = create_subscription(user=bob, plan="premium").client_secret or ""
    local_stripe.faults.api(method="POST", path_prefix="/v1/invoices", delay_ms=2000)

    answer = replace_while(api(bob), local_stripe, lambda: confirm(browser, secret))

    assert (answer.status_code, answer.json()["code"]) == (409, "already_subscribed")
    assert received(local_stripe) == [(1999, "succeeded")]
    assert statuses(local_stripe) == ["active"]
    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.PREMIUM
    assert difference(local_stripe) == []


def test_what_was_voided_cannot_be_paid_any_more(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    secret = create_subscription(user=bob, plan="premium").client_secret or ""
    local_stripe.faults.api(method="DELETE", path_prefix="/v1/subscriptions", delay_ms=2000)
    refused: list[str] = []

    def pay() -> None:
        try:
            confirm(browser, secret)
        except stripe.InvalidRequestError as error:
            refused.append(error.code or "")

    assert replace_while(api(bob), local_stripe, pay).status_code == 201
    assert refused == ["payment_intent_unexpected_state"]
    assert received(local_stripe) == [(2999, "succeeded")]
    assert statuses(local_stripe) == ["incomplete_expired", "active"]


def test_a_bill_that_is_found_paid_after_the_end_stops_the_purchase(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    """The bill was voided by somebody, yet Stripe calls it paid when the subscription has ended: no guess is made."""
    create_subscription(user=bob, plan="premium")
    [invoice] = local_stripe.objects("invoice")
    browser.v1.invoices.void_invoice(invoice["id"])
    local_stripe.faults.api(method="DELETE", path_prefix="/v1/subscriptions", delay_ms=2000)

    def pay() -> None:
        with local_stripe.world.transaction():
            [found] = local_stripe.world.all("invoice")
            moved = found["status_transitions"] | {"paid_at": local_stripe.now()}
            local_stripe.world.put(
                "invoice", found | {"status": "paid", "amount_paid": 1999, "status_transitions": moved}
            )

    with capture_logs() as logs:
        answer = replace_while(api(bob), local_stripe, pay)
    assert (answer.status_code, answer.json()["code"]) == (409, "purchase_in_progress")
    assert "contact us" in answer.json()["detail"]
    assert [entry["log_level"] for entry in logs if entry["event"] == "paid_while_replaced"] == ["error"]
    assert statuses(local_stripe) == ["incomplete_expired"]


def test_one_that_has_no_bill_is_only_ended(local_stripe: LocalStripe, bob: User) -> None:
    create_subscription(user=bob, plan="basic")
    customer, operation = StripeCustomer.objects.get(), BillingOperation.objects.latest("created_at")
    [unpaid] = gateway.subscriptions_of(customer.stripe_id)

    give_up_unpaid(replace(unpaid, latest_invoice_id=""), operation, customer)

    assert statuses(local_stripe) == ["incomplete_expired"]
    assert asked(local_stripe, "POST", f"/v1/invoices/{unpaid.latest_invoice_id}/void") == []
