"""Changes whose answer never came: found out at Stripe, never made twice, never left half done."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings
from structlog.testing import capture_logs

from numerai.common import clock
from payments.models import BillingOperation, OperationKind, OperationState, Subscription
from payments.services.operations import KEY_LIFETIME
from payments.services.settling import CERTAIN_AFTER, SETTLERS, SWEPT_AFTER
from payments.tasks import sweep_operations
from payments.tests.changing import ASKS, DECLINED, Subscriber, writes

CHANGES: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("change_plan", "update-subscription", {"plan": "elite"}, "POST", "/v1/subscriptions"),
    ("change_plan", "update-subscription", {"plan": "basic"}, "POST", "/v1/subscription_schedules/"),
    ("cancel_subscription", "cancel-subscription", {}, "POST", "/v1/subscriptions"),
    ("cancel_subscription", "cancel-subscription", {"when": "now"}, "DELETE", "/v1/subscriptions"),
    ("pause_subscription", "pause-subscription", {}, "POST", "/v1/subscriptions"),
]
NAMES = ["upgrade", "downgrade", "cancel", "end", "pause"]


def operation(kind: str) -> BillingOperation:
    return BillingOperation.objects.filter(kind=kind).latest("created_at")


def later(subscriber: Subscriber, kind: str) -> BillingOperation:
    """The operation after the sweep that comes once the outcome is certain."""
    subscriber.pass_time(int((CERTAIN_AFTER + SWEPT_AFTER).total_seconds()))
    # The moment of creation is PostgreSQL's business and does not travel.
    BillingOperation.objects.filter(kind=kind).update(created_at=clock.now() - CERTAIN_AFTER - SWEPT_AFTER)
    sweep_operations()
    return operation(kind)


def state_of(subscriber: Subscriber) -> tuple[Any, ...]:
    found = subscriber.theirs
    return found["status"], found["cancel_at_period_end"], found["schedule"], subscriber.price


@pytest.mark.parametrize(("kind", "what", "body", "method", "path"), CHANGES, ids=NAMES)
def test_a_change_that_was_made_though_its_answer_was_lost_is_found(
    subscriber: Subscriber, kind: str, what: str, body: dict[str, Any], method: str, path: str
) -> None:
    subscriber.subscribe("premium")
    subscriber.server.faults.api(method=method, path_prefix=path, close_after_commit=True, times=3)
    answer = subscriber.post(what, **body)
    subscriber.server.faults.clear()
    assert (answer.status_code, operation(kind).state) == (503, OperationState.UNKNOWN)
    made, asked = state_of(subscriber), len(writes(subscriber.server))
    found = later(subscriber, kind)
    assert found.state in (OperationState.SUCCEEDED, OperationState.FAILED)
    assert (state_of(subscriber), len(writes(subscriber.server))) == (made, asked)
    subscriber.bring()
    assert subscriber.post(what, **body).status_code == 200


@pytest.mark.parametrize(("kind", "what", "body", "method", "path"), CHANGES, ids=NAMES)
def test_a_change_that_was_never_made_is_given_up(
    subscriber: Subscriber, kind: str, what: str, body: dict[str, Any], method: str, path: str
) -> None:
    subscriber.subscribe("premium")
    before = state_of(subscriber)
    subscriber.server.faults.api(method=method, path_prefix=path, close_before=True, times=3)
    assert subscriber.post(what, **body).status_code == 503
    subscriber.server.faults.clear()
    early = subscriber.post(what, **body)
    assert early.status_code == 503
    assert 0 < int(early["Retry-After"]) <= 120
    found = later(subscriber, kind)
    assert (found.state, found.result) == (OperationState.FAILED, {"outcome": "nothing_made"})
    assert state_of(subscriber)[::3] == before[::3]
    assert subscriber.post(what, **body).status_code == 200


@pytest.mark.parametrize(("kind", "what", "body", "method", "path"), CHANGES, ids=NAMES)
def test_the_same_key_finishes_what_it_began(
    subscriber: Subscriber, kind: str, what: str, body: dict[str, Any], method: str, path: str
) -> None:
    subscriber.subscribe("premium")
    subscriber.server.faults.api(method=method, path_prefix=path, close_before=True, times=3)
    assert subscriber.post(what, key="k", **body).status_code == 503
    subscriber.server.faults.clear()
    answer = subscriber.post(what, key="k", **body)
    assert answer.status_code == 200
    assert BillingOperation.objects.filter(kind=kind).count() == 1
    assert operation(kind).state == OperationState.SUCCEEDED
    assert subscriber.post(what, key="k", **body).json() == answer.json()


def test_a_resumption_whose_answer_was_lost_is_found(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.post("cancel-subscription")
    subscriber.server.faults.api(method="POST", path_prefix="/v1/subscriptions", close_after_commit=True, times=3)
    assert subscriber.post("resume-subscription").status_code == 503
    subscriber.server.faults.clear()
    found = later(subscriber, "resume_subscription")
    assert found.state == OperationState.SUCCEEDED
    assert subscriber.row.ends_at is None


def test_a_resumption_that_never_was_is_given_up(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.post("cancel-subscription")
    subscriber.server.faults.api(method="POST", path_prefix="/v1/subscriptions", close_before=True, times=3)
    assert subscriber.post("resume-subscription").status_code == 503
    subscriber.server.faults.clear()
    assert later(subscriber, "resume_subscription").state == OperationState.FAILED
    assert subscriber.row.ends_at is not None


def test_a_declined_change_that_could_not_be_undone_is_undone_by_its_key(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(DECLINED)
    subscriber.server.faults.api(method="POST", path_prefix="/v1/invoices", close_before=True, times=3)
    assert subscriber.post("update-subscription", key="k", plan="elite").status_code == 503
    assert subscriber.theirs["pending_update"] is not None
    subscriber.server.faults.clear()
    answer = subscriber.post("update-subscription", key="k", plan="elite")
    assert (answer.status_code, answer.json()["code"]) == (402, "card_declined")
    assert (subscriber.theirs["pending_update"], subscriber.row.pending_plan) == (None, "")


def test_a_change_that_waits_for_its_payment_is_found(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(ASKS)
    subscriber.server.faults.api(method="POST", path_prefix="/v1/subscriptions", close_after_commit=True, times=3)
    assert subscriber.post("update-subscription", plan="elite").status_code == 503
    subscriber.server.faults.clear()
    found = later(subscriber, "change_plan")
    assert (found.state, found.result_of("message")) == (OperationState.SUCCEEDED, "Your plan: Elite.")
    assert subscriber.row.pending_plan == "elite"


def test_an_end_that_was_made_is_finished_with_its_refund(subscriber: Subscriber, settings: Settings) -> None:
    settings.REFUND_UNUSED_TIME = True
    subscriber.subscribe("premium")
    subscriber.server.faults.api(method="POST", path_prefix="/v1/refunds", close_before=True, times=3)
    body = {"when": "now", "refund": True}
    assert subscriber.post("cancel-subscription", key="k", **body).status_code == 503
    assert (subscriber.theirs["status"], subscriber.server.objects("refund")) == ("canceled", [])
    subscriber.server.faults.clear()
    subscriber.pass_time(300)
    assert subscriber.post("cancel-subscription", key="k", **body).status_code == 200
    assert len(subscriber.server.objects("refund")) == 1


def test_what_was_asked_of_nobody_is_given_up(subscriber: Subscriber) -> None:
    for kind in ("change_plan", "cancel_subscription", "resume_subscription", "pause_subscription"):
        left = BillingOperation.objects.create(
            user=subscriber.user, kind=kind, livemode=False, fingerprint="f", params={"plan": "elite"}
        )
        SETTLERS[OperationKind(left.kind)](left)
        assert left.state == OperationState.FAILED
    ownerless = BillingOperation.objects.create(user=None, kind="change_plan", livemode=False, fingerprint="f")
    SETTLERS[OperationKind(ownerless.kind)](ownerless)
    assert ownerless.state == OperationState.FAILED


def test_a_key_that_stripe_has_forgotten_is_not_used_again(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.server.faults.api(method="POST", path_prefix="/v1/subscriptions", close_before=True, times=3)
    assert subscriber.post("update-subscription", key="k", plan="elite").status_code == 503
    subscriber.server.faults.clear()
    long_ago = clock.now() - KEY_LIFETIME - timedelta(hours=1)
    BillingOperation.objects.filter(kind="change_plan").update(created_at=long_ago, asked_at=long_ago)
    assert subscriber.post("update-subscription", key="k", plan="elite").status_code == 200
    assert BillingOperation.objects.filter(kind="change_plan").count() == 2


def test_a_subscription_that_stripe_does_not_know_is_for_operators(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    Subscription.objects.update(stripe_id="sub_of_another_account")
    with capture_logs() as logs:
        answer = subscriber.post("update-subscription", plan="elite")
    assert (answer.status_code, answer.json()["code"]) == (503, "payments_misconfigured")
    assert "subscription_missing_at_stripe" in [entry["event"] for entry in logs]


def test_a_pause_whose_answer_was_lost_is_found(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    path = f"/v1/subscriptions/{subscriber.row.stripe_id}/pause"
    subscriber.server.faults.api(method="POST", path_prefix=path, close_after_commit=True, times=3)
    assert subscriber.post("pause-subscription").status_code == 503
    subscriber.server.faults.clear()
    assert later(subscriber, "pause_subscription").state == OperationState.SUCCEEDED
    assert subscriber.row.status == "paused"


def test_a_change_that_stripe_refuses_is_for_operators(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.server.faults.api(method="POST", path_prefix="/v1/subscriptions", status=400)
    answer = subscriber.post("update-subscription", plan="elite")
    assert (answer.status_code, answer.json()["code"]) == (503, "payments_misconfigured")
    assert (subscriber.price, subscriber.plan) == ("price_test_premium", "premium")


def test_a_price_that_stripe_does_not_know_is_for_operators(subscriber: Subscriber, settings: Settings) -> None:
    subscriber.subscribe("premium")
    settings.STRIPE_PRICE_IDS = settings.STRIPE_PRICE_IDS | {"elite": "price_of_another_account"}
    with capture_logs() as logs:
        answer = subscriber.post("update-subscription", plan="elite")
    assert (answer.status_code, answer.json()["code"]) == (503, "payments_misconfigured")
    assert "object_of_change_missing" in [entry["event"] for entry in logs]
    assert (subscriber.price, subscriber.plan) == ("price_test_premium", "premium")


def test_a_schedule_that_cannot_be_released_is_left(subscriber: Subscriber) -> None:
    subscriber.subscribe("elite")
    subscriber.post("update-subscription", plan="basic")
    path = f"/v1/subscription_schedules/{subscriber.row.schedule_id}/release"
    subscriber.server.faults.api(method="POST", path_prefix=path, status=400)
    assert subscriber.post("update-subscription", plan="elite").status_code == 503
    assert subscriber.theirs["schedule"] == subscriber.row.schedule_id


def test_a_schedule_that_was_released_meanwhile_is_released(subscriber: Subscriber) -> None:
    subscriber.subscribe("elite")
    subscriber.post("update-subscription", plan="basic")
    schedule = subscriber.row.schedule_id
    path = f"/v1/subscription_schedules/{schedule}/release"
    subscriber.server.faults.api(method="POST", path_prefix=path, delay_ms=2000)
    answer = subscriber.post_while(
        lambda: subscriber.browser.v1.subscription_schedules.release(schedule), "update-subscription", plan="elite"
    )
    assert (answer.status_code, answer.json()["subscription"]["scheduled_plan"]) == (200, None)


def test_a_downgrade_of_one_without_a_card_of_its_own(subscriber: Subscriber) -> None:
    subscriber.subscribe("elite")
    row = subscriber.row
    card = subscriber.theirs["default_payment_method"]
    customer = row.customer.stripe_id
    subscriber.browser.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": card}})
    subscriber.browser.v1.subscriptions.update(row.stripe_id, {"default_payment_method": ""})
    assert subscriber.post("update-subscription", plan="basic").json()["subscription"]["scheduled_plan"] == "basic"
