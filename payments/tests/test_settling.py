"""Purchases whose answer never came: looked for, never asked for again, and settled even when nobody comes back."""

import time
from datetime import timedelta
from typing import Any

import pytest
import stripe
from pytest_django import Settings
from rest_framework.test import APIClient
from structlog.testing import capture_logs

from accounts.models import Plan, User
from conftest import Api
from dev.local_stripe import LocalStripe
from dev.services import free_port
from numerai.common import clock
from payments.gateway import StripeUnavailable
from payments.gateway.connection.breaker import breaker
from payments.models import BillingOperation, OperationState, StripeCustomer, Subscription
from payments.services import create_subscription, get_or_create_stripe_customer
from payments.services.operations import KEY_LIFETIME, succeed
from payments.services.settling import CERTAIN_AFTER, SWEPT_AFTER, _sweep, customers_of
from payments.signals import subscription_changed
from payments.sync.locks import person_lock
from payments.tasks import sweep_operations
from payments.tests.delivering import asked, difference, wait_until
from payments.tests.factories import stripe_customer
from payments.tests.racing import together

URL = "/api/v1/payments/create-subscription/"
BOUGHT = {"plan": "elite", "payment_method_id": "pm_card_visa"}
PURCHASES = "/v1/subscriptions"


def post(client: APIClient, body: dict[str, str], key: str = "") -> Any:
    return client.post(URL, body, headers={"Idempotency-Key": key} if key else {})


def prices(server: LocalStripe) -> list[str]:
    return [each["items"]["data"][0]["price"]["id"] for each in server.objects("subscription")]


def never_received(server: LocalStripe) -> None:
    server.faults.api(method="POST", path_prefix=PURCHASES, close_before=True, times=3)


def answer_lost(server: LocalStripe) -> None:
    server.faults.api(method="POST", path_prefix=PURCHASES, close_after_commit=True, times=3)


def age(by: timedelta) -> None:
    for operation in BillingOperation.objects.all():
        operation.created_at -= by
        operation.asked_at = operation.asked_at and operation.asked_at - by
        operation.save()


def purchase() -> BillingOperation:
    return BillingOperation.objects.filter(kind="create_subscription").earliest("created_at")


def states() -> list[str]:
    return list(BillingOperation.objects.filter(kind="create_subscription").values_list("state", flat=True))


@pytest.mark.parametrize("passed", [CERTAIN_AFTER, timedelta(days=60)])
def test_a_purchase_that_was_given_up_is_never_made_later(
    api: Api, bob: User, local_stripe: LocalStripe, passed: timedelta
) -> None:
    never_received(local_stripe)
    assert post(api(bob), BOUGHT).status_code == 503
    assert purchase().state == OperationState.UNKNOWN
    age(passed)

    answer = post(api(bob), {"plan": "basic", "payment_method_id": "pm_card_mastercard"})

    assert (answer.status_code, prices(local_stripe)) == (201, ["price_test_basic"])
    assert purchase().state == OperationState.FAILED
    assert [each["amount"] for each in local_stripe.objects("payment_intent")] == [999]


def test_a_purchase_that_may_still_appear_is_waited_for(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    never_received(local_stripe)
    post(api(bob), BOUGHT)
    answer = post(api(bob), {"plan": "basic"})
    assert answer.status_code == 503
    assert 100 < int(answer["Retry-After"]) <= 120
    assert purchase().state == OperationState.UNKNOWN
    assert len(set(asked(local_stripe, "POST", PURCHASES))) == 1


def test_the_same_key_asks_again_at_once(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    never_received(local_stripe)
    assert post(api(bob), BOUGHT, "key-1").status_code == 503
    assert post(api(bob), BOUGHT, "key-1").status_code == 201
    assert len(set(asked(local_stripe, "POST", PURCHASES))) == 1


def test_a_key_that_stripe_has_forgotten_is_not_used_again(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    never_received(local_stripe)
    assert post(api(bob), BOUGHT, "key-1").status_code == 503
    age(KEY_LIFETIME)
    assert post(api(bob), BOUGHT, "key-1").status_code == 201
    assert len(set(asked(local_stripe, "POST", PURCHASES))) == 2
    assert purchase().state == OperationState.FAILED


def test_an_old_purchase_that_was_made_answers_its_key(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    answer_lost(local_stripe)
    assert post(api(bob), BOUGHT, "key-1").status_code == 503
    age(KEY_LIFETIME)
    answer = post(api(bob), BOUGHT, "key-1")
    assert (answer.status_code, answer.json()["status"]) == (201, "active")
    assert BillingOperation.objects.filter(kind="create_subscription").count() == 1
    assert prices(local_stripe) == ["price_test_elite"]


@pytest.mark.parametrize("how", ["refused", "breaker", "customer"])
def test_what_was_never_sent_is_over_at_once(
    api: Api, bob: User, local_stripe: LocalStripe, settings: Settings, how: str
) -> None:
    if how == "refused":
        get_or_create_stripe_customer(bob)
        settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
    elif how == "breaker":
        breaker._open_until = time.monotonic() + 60
    else:
        local_stripe.faults.api(method="POST", path_prefix="/v1/customers", close_before=True, times=3)
    assert post(api(bob), BOUGHT, "key-1").status_code == 503
    assert purchase().state == OperationState.FAILED
    breaker.close()
    settings.STRIPE_API_BASE = local_stripe.url

    assert post(api(bob), {"plan": "basic"}).status_code == 201
    assert prices(local_stripe) == ["price_test_basic"]


def test_a_503_does_not_use_up_the_callers_key(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    local_stripe.faults.api(method="POST", path_prefix=PURCHASES, status=500)
    assert post(api(bob), BOUGHT, "key-1").status_code == 503
    assert post(api(bob), BOUGHT, "key-1").status_code == 201


def test_a_try_that_was_sent_is_remembered_when_the_last_was_not(
    bob: User, settings: Settings, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first try is carried out and its answer is lost; the next ones find nobody listening."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 1.0)
    with LocalStripe(prices={"elite": "price_test_elite"}) as server:
        settings.STRIPE_API_BASE = server.url
        get_or_create_stripe_customer(bob)
        server.faults.api(method="POST", path_prefix=PURCHASES, close_after_commit=True)

        def act(number: int) -> None:
            if number == 0:
                with pytest.raises(StripeUnavailable) as failed:
                    create_subscription(user=bob, plan="elite")
                assert failed.value.was_sent
            else:
                wait_until(lambda: bool(server.objects("subscription")))
                server.stop()

        together(2, act)
    assert purchase().state == OperationState.UNKNOWN


def test_an_operation_of_the_other_mode_is_left_alone(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    other = BillingOperation.objects.create(
        user=bob, kind="create_subscription", livemode=True, fingerprint="x", params={}, asked_at=clock.now()
    )
    age(SWEPT_AFTER)
    sweep_operations()
    assert post(api(bob), {"plan": "basic"}).status_code == 201
    other.refresh_from_db()
    assert other.state == OperationState.RUNNING


def test_a_paid_purchase_that_nobody_asks_about_is_found_by_the_sweep(
    api: Api, bob: User, local_stripe: LocalStripe
) -> None:
    local_stripe.faults.api(method="GET", path_prefix="/v1/invoices", close_before=True, times=3)
    assert post(api(bob), BOUGHT).status_code == 503
    sweep_operations()
    assert not Subscription.objects.exists()
    age(SWEPT_AFTER)

    sweep_operations()

    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.ELITE
    assert purchase().state == OperationState.SUCCEEDED
    assert difference(local_stripe) == []


def test_the_sweep_ends_what_made_nothing_and_asks_for_nothing(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    never_received(local_stripe)
    post(api(bob), BOUGHT)
    age(SWEPT_AFTER)
    sweep_operations()
    assert purchase().state == OperationState.UNKNOWN
    age(CERTAIN_AFTER)
    before = len(asked(local_stripe, "POST", PURCHASES))
    sweep_operations()
    assert purchase().state == OperationState.FAILED
    assert len(asked(local_stripe, "POST", PURCHASES)) == before


def test_the_sweep_ends_a_customer_that_was_never_made(bob: User, local_stripe: LocalStripe) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/customers", close_before=True, times=3)
    with pytest.raises(Exception, match="unavailable"):
        get_or_create_stripe_customer(bob)
    age(SWEPT_AFTER)
    sweep_operations()
    assert BillingOperation.objects.get().state == OperationState.UNKNOWN
    age(KEY_LIFETIME)
    sweep_operations()
    assert BillingOperation.objects.get().state == OperationState.FAILED
    get_or_create_stripe_customer(bob)
    assert len(set(asked(local_stripe, "POST", "/v1/customers"))) == 2


def test_the_sweep_finds_a_customer_that_was_made(bob: User, local_stripe: LocalStripe) -> None:
    customer = get_or_create_stripe_customer(bob)
    BillingOperation.objects.update(state=OperationState.RUNNING, result=None, finished_at=None)
    age(SWEPT_AFTER)
    sweep_operations()
    assert BillingOperation.objects.get().result == {"customer": customer.stripe_id}


def test_the_sweep_leaves_what_is_being_worked_on(bob: User, local_stripe: LocalStripe) -> None:
    BillingOperation.objects.create(user=bob, kind="create_subscription", livemode=False, fingerprint="x")
    age(SWEPT_AFTER)
    with person_lock(bob.pk, wait_seconds=1):
        together(1, lambda number: sweep_operations())
    assert purchase().state == OperationState.RUNNING
    sweep_operations()
    assert purchase().state == OperationState.FAILED


def test_the_sweep_does_not_look_for_what_was_never_asked_for(bob: User, local_stripe: LocalStripe) -> None:
    get_or_create_stripe_customer(bob)
    BillingOperation.objects.create(user=bob, kind="create_subscription", livemode=False, fingerprint="x")
    age(SWEPT_AFTER)
    before = len(local_stripe.requests)
    sweep_operations()
    assert purchase().state == OperationState.FAILED
    assert len(local_stripe.requests) == before


def test_the_sweep_stops_while_stripe_is_away(api: Api, bob: User, alice: User, local_stripe: LocalStripe) -> None:
    """Stripe is asked about one of two, not about each in turn."""
    for person in (bob, alice):
        never_received(local_stripe)
        assert post(api(person), BOUGHT).status_code == 503
        breaker.close()
    age(CERTAIN_AFTER)
    local_stripe.faults.api(method="GET", path_prefix=PURCHASES, status=500, times=3)
    sweep_operations()
    assert set(states()) == {OperationState.UNKNOWN}
    breaker.close()
    sweep_operations()
    assert set(states()) == {OperationState.FAILED}


def test_the_sweep_ends_what_a_customer_of_another_account_can_not_have_bought(
    bob: User, local_stripe: LocalStripe
) -> None:
    old = stripe_customer(bob, stripe_id="cus_of_another_account")
    local_stripe.faults.api(method="GET", path_prefix=PURCHASES, status=404)
    BillingOperation.objects.create(
        user=bob, kind="create_subscription", livemode=False, fingerprint="x", asked_at=clock.now()
    )
    age(CERTAIN_AFTER)
    sweep_operations()
    old.refresh_from_db()
    assert (purchase().state, old.deleted_at is None) == (OperationState.FAILED, False)


def test_the_sweep_leaves_the_answer_that_came_while_it_waited(bob: User, local_stripe: LocalStripe) -> None:
    row = BillingOperation.objects.create(user=bob, kind="create_subscription", livemode=False, fingerprint="x")
    age(SWEPT_AFTER)
    seen = purchase()
    succeed(row, {"subscription_id": "sub_1"})
    assert _sweep(seen)
    assert purchase().result == {"subscription_id": "sub_1"}


def test_what_somebody_erased_wanted_is_not_looked_for_among_other_erased_people(
    bob: User, local_stripe: LocalStripe
) -> None:
    row = get_or_create_stripe_customer(bob)
    StripeCustomer.objects.filter(pk=row.pk).update(user=None)
    left = BillingOperation(kind="create_subscription", livemode=False, fingerprint="x")
    assert customers_of(left) == []


def test_a_customer_of_another_account_is_replaced(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    old = stripe_customer(bob, stripe_id="cus_of_another_account")
    client = api(bob)
    with capture_logs() as logs:
        assert post(client, {"plan": "basic"}).status_code == 503
    assert "stripe_customer_missing" in [entry["event"] for entry in logs]
    old.refresh_from_db()
    assert old.deleted_at is not None
    assert post(client, {"plan": "basic"}).status_code == 201


def test_an_operation_that_cannot_be_settled_blocks_nobody(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    """Whatever fails while it is written down fails every time, until somebody mends it."""
    local_stripe.faults.api(method="GET", path_prefix="/v1/invoices", close_before=True, times=3)
    assert post(api(bob), {"plan": "elite"}).status_code == 503
    age(SWEPT_AFTER)

    def fail(**_: Any) -> None:
        raise ZeroDivisionError

    subscription_changed.connect(fail)
    try:
        with capture_logs() as logs:
            sweep_operations()
            with pytest.raises(ZeroDivisionError):
                post(api(bob), {"plan": "basic"})
    finally:
        subscription_changed.disconnect(fail)
    assert [entry["event"] for entry in logs].count("operation_not_settled") == 2
    assert purchase().state == OperationState.UNKNOWN
    assert post(api(bob), {"plan": "basic"}).status_code == 201
    assert purchase().state == OperationState.SUCCEEDED


@pytest.mark.parametrize("body", [{"plan": "premium"}, BOUGHT])
def test_an_expired_subscription_in_the_list_is_no_subscription(
    api: Api, bob: User, local_stripe: LocalStripe, body: dict[str, str]
) -> None:
    create_subscription(user=bob, plan="premium")
    local_stripe.advance(24 * 3600)
    assert [each["status"] for each in local_stripe.objects("subscription")] == ["incomplete_expired"]
    assert post(api(bob), body).status_code == 201
