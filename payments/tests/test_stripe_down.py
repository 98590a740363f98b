"""Stripe away, slow to forgive, or refusing our key: nobody is told that their card was declined."""

import socket
from typing import Any

import pytest
import stripe
from pytest_django import Settings
from structlog.testing import capture_logs

from accounts.models import User
from conftest import Api
from dev.local_stripe import LocalStripe
from dev.services import free_port
from payments import gateway
from payments.gateway.connection import breaker as breaker_module
from payments.gateway.connection.breaker import breaker
from payments.gateway.connection.errors import (
    CardDeclined,
    ObjectMissing,
    PaymentMethodInvalid,
    StripeMisconfigured,
    translate,
)
from payments.gateway.connection.transport import WatchedClient, watching
from payments.models import BillingOperation, OperationState, Subscription

URL = "/api/v1/payments/create-subscription/"


def buy(api: Api, user: User) -> Any:
    return api(user).post(URL, {"plan": "premium", "payment_method_id": "pm_card_visa"})


def assert_unavailable(answer: Any, code: str = "payments_unavailable") -> None:
    assert answer.status_code == 503
    assert answer.json()["code"] == code
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("status", [401, 403])
def test_rule_42_a_key_that_stripe_refuses_is_our_fault(
    api: Api, bob: User, local_stripe: LocalStripe, status: int
) -> None:
    local_stripe.faults.api(method="POST", status=status)
    with capture_logs() as logs:
        assert_unavailable(buy(api, bob), "payments_misconfigured")
    alarms = [entry for entry in logs if entry["event"] == "stripe_refuses_our_key"]
    assert [entry["log_level"] for entry in alarms] == ["error"]
    assert "sk_test" not in str(logs)
    assert BillingOperation.objects.filter(state=OperationState.FAILED).exists()


@pytest.mark.parametrize(("status", "times"), [(500, 1), (502, 3), (503, 3), (429, 1), (409, 3)])
def test_rule_43_a_failing_stripe_is_a_503_with_a_time_to_return(
    api: Api, bob: User, local_stripe: LocalStripe, status: int, times: int
) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/customers", status=status, times=times)
    answer = buy(api, bob)
    assert_unavailable(answer)
    assert int(answer["Retry-After"]) >= 1
    assert buy(api, bob).status_code == 201
    assert len(local_stripe.objects("customer")) == 1


def test_rule_43_nobody_listens(api: Api, bob: User, local_stripe: LocalStripe, settings: Settings) -> None:
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
    answer = buy(api, bob)
    assert_unavailable(answer)
    assert "Retry-After" in answer.headers


def test_a_connection_that_is_never_accepted_has_sent_nothing() -> None:
    """The queue of a listener that accepts nobody is full, so the next handshake is never answered."""
    with socket.socket() as listener, socket.socket() as first:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        first.connect(listener.getsockname())
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1/customers"
        with watching() as sent, pytest.raises(stripe.APIConnectionError):
            WatchedClient(timeout=0.3).request("POST", url, {}, "")
    assert not sent.maybe


def test_rule_43_the_breaker_opens_and_closes(
    api: Api, bob: User, local_stripe: LocalStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker_module, "PAUSE_SECONDS", 600)
    local_stripe.faults.api(method="POST", path_prefix="/v1/customers", status=503, times=15)
    for _ in range(breaker_module.FAILURES):
        assert_unavailable(buy(api, bob))
    before = len(local_stripe.requests)
    refused = buy(api, bob)
    assert_unavailable(refused)
    assert 0 < int(refused["Retry-After"]) <= 600
    assert len(local_stripe.requests) == before

    monkeypatch.setattr(breaker, "_open_until", 0.0)
    assert buy(api, bob).status_code == 201
    assert breaker._failures == 0


def test_a_refusal_is_no_outage(bob: User, local_stripe: LocalStripe) -> None:
    for _ in range(breaker_module.FAILURES + 1):
        with pytest.raises(ObjectMissing):
            gateway.fetch_invoice("in_none")
    breaker.refuse_while_open()


def test_rule_95_a_price_that_stripe_does_not_know_is_not_sold(
    api: Api, bob: User, local_stripe: LocalStripe, settings: Settings
) -> None:
    settings.STRIPE_PRICE_IDS = settings.STRIPE_PRICE_IDS | {"premium": "price_none"}
    with capture_logs() as logs:
        answer = buy(api, bob)
    assert (answer.status_code, answer.json()["code"]) == (404, "plan_not_sold")
    assert "price_missing_at_stripe" in [entry["event"] for entry in logs]


def test_a_request_that_stripe_refuses_is_our_fault(local_stripe: LocalStripe) -> None:
    gateway.create_customer(key="k", email="", name="One", user_id="1")
    with capture_logs() as logs, pytest.raises(StripeMisconfigured):
        gateway.create_customer(key="k", email="", name="Another", user_id="2")
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("stripe_refuses_our_request", "error")]


def test_a_subscription_that_is_over_counts_as_cancelled(
    local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    customer = browser.v1.customers.create({})
    created = browser.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": "price_test_basic"}], "payment_behavior": "default_incomplete"}
    )
    gateway.cancel_subscription(created.id)
    gateway.cancel_subscription(created.id)
    assert gateway.fetch_subscription(created.id).ended_at is not None
    with pytest.raises(ObjectMissing):
        gateway.cancel_subscription("sub_none")


def card_error(code: str, decline_code: str | None) -> stripe.CardError:
    body = {"error": {"type": "card_error", "code": code, "decline_code": decline_code, "message": "secret words"}}
    return stripe.CardError("secret words", None, code, json_body=body, http_status=402)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("reason", ["stolen_card", "lost_card", "fraudulent", "pickup_card"])
def test_a_thief_learns_nothing(reason: str) -> None:
    error = translate(card_error("card_declined", reason))
    assert isinstance(error, CardDeclined)
    assert error.extra == {"decline_code": "generic_decline"}
    assert error.detail == CardDeclined.detail


def test_stripes_own_words_are_not_passed_on() -> None:
    error = translate(card_error("incorrect_cvc", None))
    assert isinstance(error, CardDeclined)
    assert error.extra == {"decline_code": "incorrect_cvc"}
    assert "security code" in error.detail
    assert "secret words" not in error.detail


def test_a_card_in_the_wrong_place_is_the_callers_to_mend() -> None:
    code = "payment_method_unexpected_state"
    error = stripe.InvalidRequestError("No", "customer", code, http_status=400)  # type: ignore[no-untyped-call]
    assert isinstance(translate(error), PaymentMethodInvalid)
