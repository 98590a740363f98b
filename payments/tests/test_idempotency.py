"""The caller's Idempotency-Key, and what happens when an answer of Stripe's is lost."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import User
from conftest import Api
from dev.local_stripe import LocalStripe
from notifications.models import Notification
from payments.models import BillingOperation, OperationKind, OperationState, Subscription
from payments.notices.kinds import ACTIVATED
from payments.services import get_or_create_stripe_customer, operations
from payments.services.operations import own_key
from payments.signals import subscription_changed
from payments.sync import locks
from payments.sync.locks import person_lock
from payments.tests.delivering import asked, difference
from payments.tests.racing import together

URL = "/api/v1/payments/create-subscription/"
BOUGHT = {"plan": "premium", "payment_method_id": "pm_card_visa"}


def post(client: APIClient, body: dict[str, str], key: str = "") -> Any:
    return client.post(URL, body, headers={"Idempotency-Key": key} if key else {})


def made(server: LocalStripe) -> list[str]:
    return [subscription["status"] for subscription in server.objects("subscription")]


@pytest.mark.parametrize("body", [BOUGHT, {"plan": "premium"}])
def test_rule_32_the_same_key_gives_the_same_answer(
    api: Api, bob: User, local_stripe: LocalStripe, body: dict[str, str]
) -> None:
    first = post(api(bob), body, "key-1")
    before = len(local_stripe.requests)
    second = post(api(bob), body, "key-1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert len(local_stripe.requests) == before
    operation = BillingOperation.objects.get(kind="create_subscription")
    assert asked(local_stripe, "POST", "/v1/subscriptions") == [str(operation.pk)]


def test_rule_32_every_post_carries_the_key_of_an_operation(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    post(api(bob), BOUGHT)
    known = {str(pk) for pk in BillingOperation.objects.values_list("pk", flat=True)}
    keys = [request.idempotency_key or "" for request in local_stripe.requests if request.method == "POST"]
    assert len(keys) == len(set(keys)) == 4
    assert {key.partition(":")[0] for key in keys} == known


def test_a_refusal_is_repeated_too(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    body = BOUGHT | {"payment_method_id": "pm_card_chargeDeclinedInsufficientFunds"}
    first, second = (post(api(bob), body, "key-1") for _ in range(2))
    assert (first.status_code, second.status_code) == (402, 402)
    assert {**first.json(), "request_id": ""} == {**second.json(), "request_id": ""}


def test_rule_33_the_same_key_for_something_else_is_a_422(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    post(api(bob), {"plan": "premium"}, "key-1")
    before = len(local_stripe.requests)
    answer = post(api(bob), {"plan": "elite"}, "key-1")
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"
    assert len(local_stripe.requests) == before


def test_keys_of_two_people_are_different_keys(api: Api, bob: User, charlie: User, local_stripe: LocalStripe) -> None:
    assert post(api(bob), BOUGHT, "key-1").status_code == 201
    assert post(api(charlie), {"plan": "elite"}, "key-1").status_code == 201


@pytest.mark.parametrize("key", ["x" * 256, "clé", "a\tb"])
def test_a_malformed_key_is_a_400(api: Api, bob: User, local_stripe: LocalStripe, key: str) -> None:
    answer = post(api(bob), BOUGHT, key)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert local_stripe.requests == []


def test_a_key_that_is_still_being_used_is_a_409(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    """The first request holds the person's lock; the second one is told at once instead of waiting."""
    request = operations.Request(
        user_id=bob.pk,
        kind=OperationKind.CREATE_SUBSCRIPTION,
        body=BOUGHT,
        params=BOUGHT | {"price_id": "price_test_premium"},
        client_key="key-1",
    )
    clients = [api(bob), api(bob)]
    barrier = Barrier(2)

    def act(number: int) -> Any:
        if number == 0:
            with person_lock(bob.pk, wait_seconds=1):
                operations.start(request)
                barrier.wait(60)
                barrier.wait(60)
                return None
        barrier.wait(60)
        answer = post(clients[1], BOUGHT, "key-1")
        barrier.wait(60)
        return answer

    _, answer = together(2, act)
    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency_key_in_use"
    assert answer["Retry-After"] == "2"
    assert local_stripe.requests == []
    assert post(clients[0], BOUGHT, "key-1").status_code == 201


def test_parallel_requests_with_one_key_share_one_answer(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    clients = [api(bob) for _ in range(4)]
    answers = together(4, lambda number: post(clients[number], BOUGHT, "key-1"))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["subscription_id"] for answer in answers if answer.status_code == 201}) == 1
    assert made(local_stripe) == ["active"]


def test_rule_35_the_sdk_itself_repeats_a_lost_answer(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", close_after_commit=True)
    assert post(api(bob), BOUGHT).status_code == 201
    first, second = asked(local_stripe, "POST", "/v1/subscriptions")
    assert first == second
    assert made(local_stripe) == ["active"]


@pytest.mark.parametrize("key", ["", "key-1"])
def test_rule_35_a_lost_answer_is_asked_for_again_with_the_same_key(
    api: Api, bob: User, local_stripe: LocalStripe, key: str
) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", close_after_commit=True, times=3)
    lost = post(api(bob), BOUGHT, key)
    assert (lost.status_code, lost.json()["code"]) == (503, "payments_unavailable")
    assert int(lost["Retry-After"]) >= 1
    assert BillingOperation.objects.get(kind="create_subscription").state == OperationState.UNKNOWN

    again = post(api(bob), BOUGHT, key)

    assert again.status_code == 201
    assert made(local_stripe) == ["active"]
    assert len(set(asked(local_stripe, "POST", "/v1/subscriptions"))) == 1
    assert not BillingOperation.objects.filter(state=OperationState.UNKNOWN).exists()
    assert Notification.objects.filter(kind=ACTIVATED).count() == 1
    assert difference(local_stripe) == []


def test_a_lost_answer_is_settled_before_something_else_is_bought(
    api: Api, bob: User, local_stripe: LocalStripe
) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", close_after_commit=True, times=3)
    assert post(api(bob), BOUGHT).status_code == 503

    other = post(api(bob), BOUGHT | {"plan": "elite"})

    assert (other.status_code, other.json()["code"]) == (409, "already_subscribed")
    assert made(local_stripe) == ["active"]
    assert Subscription.objects.get().plan == "premium"


def test_rule_36_a_process_that_died_in_between_left_its_operation(
    api: Api, bob: User, local_stripe: LocalStripe
) -> None:
    local_stripe.faults.api(method="GET", path_prefix="/v1/invoices", close_before=True, times=3)
    assert post(api(bob), BOUGHT).status_code == 503
    BillingOperation.objects.filter(kind="create_subscription").update(state=OperationState.RUNNING)
    assert not Subscription.objects.exists()

    assert post(api(bob), BOUGHT).status_code == 201
    assert made(local_stripe) == ["active"]
    assert Subscription.objects.get().status == "active"


def test_rule_37_an_error_that_stripe_remembers_ends_the_operation(
    api: Api, bob: User, local_stripe: LocalStripe
) -> None:
    """Stripe gives a stored 500 to the same key for ever, so the next attempt needs a key of its own."""
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", status=500)
    assert post(api(bob), BOUGHT).status_code == 503
    assert BillingOperation.objects.get(kind="create_subscription").state == OperationState.FAILED

    assert post(api(bob), BOUGHT).status_code == 201
    assert len(set(asked(local_stripe, "POST", "/v1/subscriptions"))) == 2
    assert made(local_stripe) == ["active"]


def test_while_stripe_is_away_nothing_new_is_started(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", close_before=True, times=6)
    assert post(api(bob), BOUGHT).status_code == 503
    assert post(api(bob), BOUGHT | {"plan": "elite"}).status_code == 503
    assert BillingOperation.objects.filter(kind="create_subscription").count() == 1


def test_a_mistake_of_ours_leaves_the_operation_to_be_asked_again(
    api: Api, bob: User, local_stripe: LocalStripe
) -> None:
    def fail(**_: Any) -> None:
        raise ZeroDivisionError

    subscription_changed.connect(fail)
    try:
        with pytest.raises(ZeroDivisionError):
            post(api(bob), BOUGHT)
    finally:
        subscription_changed.disconnect(fail)
    assert BillingOperation.objects.get(kind="create_subscription").state == OperationState.UNKNOWN

    assert post(api(bob), BOUGHT).status_code == 201
    assert made(local_stripe) == ["active"]


def test_a_mirror_that_is_locked_for_long_is_a_503(
    api: Api, bob: User, local_stripe: LocalStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The purchase stands; asking again answers it without buying twice."""
    customer = get_or_create_stripe_customer(bob)
    monkeypatch.setattr(locks, "CUSTOMER_WAIT_SECONDS", 0.1)
    client = api(bob)

    def buy() -> Any:
        try:
            return post(client, BOUGHT)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, locks.customer_lock(customer.stripe_id):
        answer = pool.submit(buy).result(60)
    assert (answer.status_code, answer.json()["code"]) == (503, "payments_unavailable")
    assert post(client, BOUGHT).status_code == 201
    assert made(local_stripe) == ["active"]


def test_a_second_purchase_does_not_hold_its_thread_for_long(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    clients = [api(bob)]

    def buy(_: int) -> Any:
        return post(clients[0], BOUGHT)

    with person_lock(bob.pk, wait_seconds=1):
        started = time.monotonic()
        [answer] = together(1, buy)
        waited = time.monotonic() - started
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (409, "purchase_in_progress", "2")
    assert waited < locks.CUSTOMER_WAIT_SECONDS
    assert local_stripe.requests == []


def test_no_caller_can_take_a_key_of_the_product(local_stripe: LocalStripe, api: Api, bob: User) -> None:
    key = own_key("second", "pi_1")
    headers = {"Idempotency-Key": key.encode().decode("latin-1")}

    response = api(bob).post("/api/v1/payments/create-subscription/", {"plan": "basic"}, headers=headers)

    assert response.status_code == 400
    assert not BillingOperation.objects.exists()
    assert own_key("second", "pi_1") == key != own_key("second", "pi_2")
