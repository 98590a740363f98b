"""Another plan: what it costs is what the preview showed, and nobody has it before it is paid."""

from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Plan, User
from conftest import Api
from dev.local_stripe import LocalStripe
from notifications.models import Notification
from payments import sync
from payments.models import BillingHistory, BillingOperation, OperationState, Payment, Subscription
from payments.notices.kinds import CHANGE_EXPIRED, PLAN_CHANGED
from payments.services import create_refund
from payments.sync.locks import person_lock
from payments.tests.changing import ASKS, DAY, DECLINED, GOOD, MONTH, Subscriber, everything, ours, writes
from payments.tests.delivering import confirm, handle_all
from payments.tests.racing import together

UPDATE, PREVIEW = "update-subscription", "preview-change"


def nothing_changed(subscriber: Subscriber, **body: Any) -> Any:
    """Asks, and answers what came back, having seen that nothing is different at Stripe or here."""
    before = everything(subscriber.server), writes(subscriber.server), ours(), subscriber.plan
    answer = subscriber.post(UPDATE, **body)
    assert (everything(subscriber.server), writes(subscriber.server), ours(), subscriber.plan) == before
    return answer


def bills(server: LocalStripe) -> list[tuple[str, int]]:
    return [(invoice["status"], invoice["total"]) for invoice in server.objects("invoice")]


def test_a_higher_plan_holds_at_once_and_costs_the_difference(subscriber: Subscriber) -> None:
    subscriber.subscribe("basic")
    subscriber.wait(15 * DAY)
    answer = subscriber.post(UPDATE, plan="elite")

    assert answer.status_code == 200
    assert answer.json()["message"] == "Your plan is now Elite."
    assert answer.json()["client_secret"] is None
    shown = answer.json()["subscription"]
    assert (shown["plan"], shown["status"], shown["pending_plan"], shown["amount"]) == (
        "elite",
        "active",
        None,
        "29.99",
    )
    assert (subscriber.plan, subscriber.price) == (Plan.ELITE, "price_test_elite")
    [_, (status, total)] = bills(subscriber.server)
    assert status == "paid"
    assert 900 < total < 1100
    subscriber.bring()
    assert subscriber.told(PLAN_CHANGED) == [{"plan": "Elite", "amount": "29.99 USD", "former": "Basic"}]


def test_rule_60_the_preview_is_the_bill_to_the_cent(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.wait(11 * DAY + 4321)
    before = everything(subscriber.server), ours()
    preview = subscriber.post(PREVIEW, plan="elite").json()
    assert (everything(subscriber.server), ours()) == before
    assert (preview["plan"], preview["is_immediate"], preview["next_amount"]) == ("elite", True, "29.99")
    subscriber.pass_time(600)

    changed = subscriber.post(UPDATE, plan="elite", proration_date=preview["proration_date"])
    assert changed.status_code == 200
    bill = BillingHistory.objects.latest("created_at")
    assert f"{bill.amount_paid / 100:.2f}" == preview["amount_due"]
    lines = [f"{line['amount'] / 100:.2f}" for line in subscriber.server.objects("invoice")[-1]["lines"]["data"]]
    assert lines == [line["amount"] for line in preview["lines"]]


def test_rule_60_a_preview_of_another_period_is_refused(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.wait(3 * DAY)
    for moment in (datetime.now(UTC) - timedelta(days=9), datetime.now(UTC) + timedelta(days=99)):
        answer = nothing_changed(subscriber, plan="elite", proration_date=moment.isoformat())
        assert (answer.status_code, answer.json()["code"]) == (400, "proration_date_invalid")
        seen = subscriber.post(PREVIEW, plan="elite", proration_date=moment.isoformat())
        assert (seen.status_code, seen.json()["code"]) == (400, "proration_date_invalid")


@pytest.mark.parametrize("days", [1, 26])
def test_nobody_has_a_higher_plan_before_the_day_they_pay_from(subscriber: Subscriber, days: int) -> None:
    subscriber.subscribe("basic")
    subscriber.wait(3 * DAY)
    later = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    answer = nothing_changed(subscriber, plan="elite", proration_date=later)
    assert (answer.status_code, answer.json()["code"]) == (400, "proration_date_invalid")
    assert subscriber.post(PREVIEW, plan="elite", proration_date=later).status_code == 400


def test_the_preview_of_a_lower_plan_shows_the_next_bill(subscriber: Subscriber) -> None:
    subscriber.subscribe("elite")
    subscriber.wait(5 * DAY)
    preview = subscriber.post(PREVIEW, plan="basic").json()
    end = subscriber.row.current_period_end
    assert end is not None
    assert (preview["is_immediate"], preview["amount_due"], preview["next_amount"]) == (False, "0.00", "9.99")
    assert datetime.fromisoformat(preview["takes_effect_at"]) == end
    assert preview["proration_date"] is None
    assert subscriber.post(UPDATE, plan="basic").status_code == 200
    subscriber.wait(MONTH)
    assert f"{BillingHistory.objects.latest('created_at').amount_paid / 100:.2f}" == preview["next_amount"]


def test_what_a_payment_was_for_is_the_plan(subscriber: Subscriber) -> None:
    subscriber.subscribe("basic")
    subscriber.wait(15 * DAY)
    subscriber.post(UPDATE, plan="elite")
    first, second = Payment.objects.order_by("stripe_created_at")
    assert first.invoice is not None
    assert (first.description, second.description) == (first.invoice.description, "Elite plan")
    assert first.description != ""
    create_refund(payment=second, amount=100)
    assert Notification.objects.get(kind="payments.refund_made").data["description"] == "Elite plan"


def test_what_a_payment_was_for_is_on_the_bill_once_the_price_is_not_sold_any_more(
    subscriber: Subscriber, settings: Settings
) -> None:
    subscriber.subscribe("basic")
    subscriber.wait(15 * DAY)
    subscriber.post(UPDATE, plan="elite")
    settings.STRIPE_PRICE_IDS = settings.STRIPE_PRICE_IDS | {"elite": "price_new"}
    row = Payment.objects.latest("stripe_created_at")
    assert row.invoice is not None
    sync.sync_invoice(row.invoice.stripe_id)
    row.refresh_from_db()
    assert row.description == row.invoice.description


def test_the_preview_of_the_present_plan_costs_nothing(subscriber: Subscriber) -> None:
    subscriber.subscribe("elite")
    preview = subscriber.post(PREVIEW, plan="elite").json()
    assert (preview["is_immediate"], preview["amount_due"], preview["next_amount"]) == (True, "0.00", "29.99")


def test_the_preview_of_one_that_is_going_to_end(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.post("cancel-subscription")
    higher = subscriber.post(PREVIEW, plan="elite").json()
    assert (higher["next_amount"], higher["next_payment_at"]) == ("0.00", None)
    lower = subscriber.post(PREVIEW, plan="basic")
    assert (lower.status_code, lower.json()["code"]) == (409, "subscription_ending")


def test_rule_61_a_declined_upgrade_leaves_the_old_plan_and_nothing_behind(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(DECLINED)
    subscriber.wait(4 * DAY)
    answer = subscriber.post(UPDATE, plan="elite")

    assert (answer.status_code, answer.json()["code"]) == (402, "card_declined")
    assert answer.json()["decline_code"] == "generic_decline"
    assert subscriber.theirs["pending_update"] is None
    assert [status for status, _ in bills(subscriber.server)] == ["paid", "void"]
    row = subscriber.row
    assert (row.plan, row.paid_plan, row.pending_plan, row.status) == ("premium", "premium", "", "active")
    assert (subscriber.plan, subscriber.price) == (Plan.PREMIUM, "price_test_premium")
    assert BillingOperation.objects.get(kind="change_plan").state == OperationState.FAILED
    subscriber.bring()
    assert subscriber.plan == Plan.PREMIUM
    assert subscriber.told(PLAN_CHANGED) == []
    subscriber.use_card(GOOD)
    subscriber.wait(MONTH)
    assert (subscriber.plan, subscriber.row.status) == (Plan.PREMIUM, "active")


def test_rule_61_an_upgrade_that_must_be_confirmed_waits(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(ASKS)
    answer = subscriber.post(UPDATE, plan="elite")

    assert answer.status_code == 200
    body = answer.json()
    assert body["message"] == "Confirm the payment to change to Elite."
    assert body["client_secret"].startswith("pi_")
    assert (body["subscription"]["plan"], body["subscription"]["pending_plan"]) == ("premium", "elite")
    assert body["subscription"]["pending_expires_at"] is not None
    subscriber.bring()
    assert subscriber.plan == Plan.PREMIUM
    again = subscriber.post(UPDATE, plan="elite")
    assert again.json()["client_secret"] == body["client_secret"]

    assert confirm(subscriber.browser, body["client_secret"], GOOD) == "succeeded"
    assert subscriber.plan == Plan.PREMIUM
    subscriber.bring()
    assert (subscriber.plan, subscriber.row.pending_plan) == (Plan.ELITE, "")
    assert len(subscriber.told(PLAN_CHANGED)) == 1


def test_rule_61_an_upgrade_nobody_confirms_expires_and_is_told(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(ASKS)
    subscriber.post(UPDATE, plan="elite")
    subscriber.use_card(GOOD)
    subscriber.wait(24 * 3600)
    row = subscriber.row
    assert (row.plan, row.pending_plan, row.pending_expires_at, subscriber.plan) == ("premium", "", None, "premium")
    assert subscriber.told(CHANGE_EXPIRED) == [{"plan": "Premium", "amount": "19.99 USD", "wanted": "Elite"}]
    assert subscriber.post(UPDATE, plan="elite").status_code == 200
    assert subscriber.plan == Plan.ELITE


def test_rule_61_what_somebody_else_changed_is_given_once_it_is_billed_and_paid(subscriber: Subscriber) -> None:
    """In the dashboard or the portal the difference may be left for the next bill."""
    subscriber.subscribe("basic")
    item = subscriber.theirs["items"]["data"][0]["id"]
    subscriber.browser.v1.subscriptions.update(
        subscriber.row.stripe_id,
        {"items": [{"id": item, "price": "price_test_elite"}], "proration_behavior": "create_prorations"},
    )
    subscriber.bring()
    row = subscriber.row
    assert (row.plan, row.paid_plan, subscriber.plan) == ("elite", "basic", Plan.BASIC)
    subscriber.wait(MONTH)
    assert (subscriber.row.paid_plan, subscriber.plan) == ("elite", Plan.ELITE)


def test_rule_62_the_present_plan_is_no_change(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    answer = nothing_changed(subscriber, plan="premium")
    assert (answer.status_code, answer.json()["message"]) == (200, "You are on Premium.")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("past_due", "subscription_past_due"),
        ("unpaid", "subscription_past_due"),
        ("paused", "subscription_paused"),
        ("canceled", "subscription_over"),
        ("incomplete_expired", "subscription_over"),
        ("incomplete", "subscription_incomplete"),
        ("hibernating", "subscription_not_changeable"),
    ],
)
def test_rule_62_only_what_runs_can_be_changed(subscriber: Subscriber, status: str, code: str) -> None:
    subscriber.subscribe("premium")
    with subscriber.server.world.transaction():
        [subscription] = subscriber.server.world.all("subscription")
        subscriber.server.world.put("subscription", subscription | {"status": status})
    sync.sync_subscription(subscription["id"])
    for plan in ("elite", "basic", "premium"):
        answer = nothing_changed(subscriber, plan=plan)
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert subscriber.post(PREVIEW, plan="elite").json()["code"] == code


def test_rule_62_while_a_change_waits_there_is_no_other(subscriber: Subscriber) -> None:
    subscriber.subscribe("basic")
    subscriber.use_card(ASKS)
    subscriber.post(UPDATE, plan="elite")
    answer = nothing_changed(subscriber, plan="premium")
    assert (answer.status_code, answer.json()["code"]) == (409, "change_pending")


def test_rule_62_while_another_request_is_at_work_there_is_no_other(subscriber: Subscriber) -> None:
    subscriber.subscribe("basic")
    held, done = Event(), Event()

    def act(number: int) -> int:
        if number == 1:
            held.wait(60)
            status = subscriber.post(UPDATE, plan="elite").status_code
            done.set()
            return int(status)
        with person_lock(subscriber.user.pk, wait_seconds=1):
            held.set()
            done.wait(60)
        return 0

    assert together(2, act) == [0, 409]
    assert subscriber.price == "price_test_basic"


def test_rule_62_another_currency_is_refused(subscriber: Subscriber) -> None:
    subscriber.subscribe("basic")
    with subscriber.server.world.transaction():
        price = subscriber.server.world.get("price", "price_test_basic")
        subscriber.server.world.put("price", price | {"currency": "eur"})
    subscriber.bring()
    sync.sync_subscription(subscriber.row.stripe_id)
    answer = nothing_changed(subscriber, plan="elite")
    assert (answer.status_code, answer.json()["code"]) == (409, "currency_mismatch")


def test_rule_62_a_price_that_is_not_sold_cannot_be_changed_here(subscriber: Subscriber, settings: Settings) -> None:
    subscriber.subscribe("basic")
    settings.STRIPE_PRICE_IDS = settings.STRIPE_PRICE_IDS | {"basic": "price_new"}
    answer = nothing_changed(subscriber, plan="elite")
    assert (answer.status_code, answer.json()["code"]) == (409, "subscription_not_changeable")


def test_rule_63_a_change_in_a_trial_keeps_the_trial(subscriber: Subscriber, settings: Settings) -> None:
    settings.STRIPE_TRIAL_DAYS = dict.fromkeys(("basic", "premium", "elite"), 14)
    subscriber.subscribe("premium")
    trial_end = subscriber.row.trial_end
    assert trial_end is not None
    for plan in ("elite", "basic"):
        preview = subscriber.post(PREVIEW, plan=plan).json()
        assert (preview["is_immediate"], preview["amount_due"]) == (True, "0.00")
        answer = subscriber.post(UPDATE, plan=plan).json()
        shown = answer["subscription"]
        assert (shown["plan"], shown["status"], shown["scheduled_plan"]) == (plan, "trialing", None)
        assert (subscriber.row.trial_end, subscriber.plan) == (trial_end, plan)
    assert [invoice["total"] for invoice in subscriber.server.objects("invoice")] == [0]
    subscriber.wait(15 * DAY)
    assert (subscriber.row.status, subscriber.plan) == ("active", "basic")
    assert f"{BillingHistory.objects.latest('created_at').amount_paid / 100:.2f}" == preview["next_amount"] == "9.99"


@pytest.mark.parametrize(("asked", "is_ending"), [(None, True), (False, False)])
def test_rule_63_a_cancellation_is_withdrawn_only_when_that_is_asked(
    subscriber: Subscriber, asked: bool | None, is_ending: bool
) -> None:
    subscriber.subscribe("premium")
    subscriber.post("cancel-subscription")
    body: dict[str, Any] = {"plan": "elite"} | ({} if asked is None else {"cancel_at_period_end": asked})
    answer = subscriber.post(UPDATE, **body)
    assert answer.status_code == 200
    shown = answer.json()["subscription"]
    assert (shown["plan"], shown["cancel_at_period_end"], shown["ends_at"] is not None) == (
        "elite",
        is_ending,
        is_ending,
    )


def test_rule_63_a_declined_change_does_not_withdraw_the_cancellation(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.post("cancel-subscription")
    subscriber.use_card(DECLINED)
    assert subscriber.post(UPDATE, plan="elite", cancel_at_period_end=False).status_code == 402
    assert subscriber.row.cancel_at_period_end


def test_rule_63_a_cancellation_on_a_day_of_its_own_is_withdrawn_too(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    day = subscriber.server.now() + 5 * DAY
    subscriber.browser.v1.subscriptions.update(subscriber.row.stripe_id, {"cancel_at": day})
    answer = subscriber.post(UPDATE, plan="elite", cancel_at_period_end=False).json()
    assert (answer["subscription"]["plan"], answer["subscription"]["ends_at"]) == ("elite", None)


def test_rule_64_a_lower_plan_waits_for_the_end_of_the_period(subscriber: Subscriber) -> None:
    subscriber.subscribe("elite")
    end = subscriber.row.current_period_end
    assert end is not None
    subscriber.wait(DAY)
    answer = subscriber.post(UPDATE, plan="basic")

    assert answer.status_code == 200
    assert answer.json()["message"] == f"Your plan changes to Basic on {end.date().isoformat()}."
    shown = answer.json()["subscription"]
    assert (shown["plan"], shown["scheduled_plan"]) == ("elite", "basic")
    assert datetime.fromisoformat(shown["scheduled_at"]) == end
    assert len(bills(subscriber.server)) == 1
    assert subscriber.plan == Plan.ELITE
    subscriber.wait(MONTH)
    row = subscriber.row
    assert (row.plan, row.scheduled_plan, row.scheduled_at, subscriber.plan) == ("basic", "", None, Plan.BASIC)
    assert bills(subscriber.server)[-1] == ("paid", 999)
    subscriber.wait(MONTH)
    assert (subscriber.row.schedule_id, subscriber.plan) == ("", Plan.BASIC)
    assert subscriber.told(PLAN_CHANGED) == [{"plan": "Basic", "amount": "9.99 USD", "former": "Elite"}]


def test_rule_64_the_present_plan_withdraws_it(subscriber: Subscriber) -> None:
    subscriber.subscribe("elite")
    subscriber.post(UPDATE, plan="basic")
    answer = subscriber.post(UPDATE, plan="elite")
    assert answer.json()["message"] == "You stay on Elite."
    assert answer.json()["subscription"]["scheduled_plan"] is None
    assert subscriber.theirs["schedule"] is None
    subscriber.wait(MONTH)
    assert (subscriber.price, subscriber.plan) == ("price_test_elite", Plan.ELITE)


def test_rule_64_another_lower_plan_takes_its_place(subscriber: Subscriber) -> None:
    subscriber.subscribe("elite")
    subscriber.post(UPDATE, plan="basic")
    schedule = subscriber.row.schedule_id
    answer = subscriber.post(UPDATE, plan="premium").json()
    assert (answer["subscription"]["scheduled_plan"], subscriber.row.schedule_id) == ("premium", schedule)
    subscriber.wait(MONTH)
    assert subscriber.plan == Plan.PREMIUM


def test_rule_64_a_higher_plan_takes_its_place_once_it_is_paid(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.post(UPDATE, plan="basic")
    subscriber.use_card(DECLINED)
    assert subscriber.post(UPDATE, plan="elite").status_code == 402
    assert (subscriber.row.scheduled_plan, subscriber.plan) == ("basic", Plan.PREMIUM)
    subscriber.use_card(GOOD)
    assert subscriber.post(UPDATE, plan="elite").status_code == 200
    assert (subscriber.row.scheduled_plan, subscriber.plan) == ("", Plan.ELITE)


@pytest.mark.parametrize("verb", ["release", "cancel"])
def test_rule_64_events_of_schedules_in_any_order_end_as_stripe_has_it(subscriber: Subscriber, verb: str) -> None:
    subscriber.subscribe("elite")
    subscriber.post(UPDATE, plan="basic")
    getattr(subscriber.browser.v1.subscription_schedules, verb)(subscriber.row.schedule_id)
    events = [event for event in subscriber.server.events() if "schedule" in event["type"]]
    assert len(events) >= 3
    for event in reversed(events):
        subscriber.deliver(event)
        handle_all()
        row = subscriber.row
        assert (row.schedule_id, row.scheduled_plan, row.scheduled_at) == ("", "", None)
    assert subscriber.row.status == ("active" if verb == "release" else "canceled")


def test_rule_64_a_lower_plan_of_one_that_is_going_to_end_keeps_it_if_asked(subscriber: Subscriber) -> None:
    subscriber.subscribe("elite")
    subscriber.post("cancel-subscription")
    refused = nothing_changed(subscriber, plan="basic")
    assert (refused.status_code, refused.json()["code"]) == (409, "subscription_ending")
    kept = subscriber.post(UPDATE, plan="basic", cancel_at_period_end=False).json()["subscription"]
    assert (kept["scheduled_plan"], kept["ends_at"]) == ("basic", None)


def test_the_present_plan_gives_up_a_change_that_waits(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(ASKS)
    subscriber.post(UPDATE, plan="elite")
    answer = subscriber.post(UPDATE, plan="premium").json()
    assert (answer["message"], answer["subscription"]["pending_plan"]) == ("You stay on Premium.", None)
    assert bills(subscriber.server)[-1][0] == "void"
    subscriber.bring()
    assert subscriber.told(CHANGE_EXPIRED) == []


@pytest.mark.parametrize("quantity", [0, -1, 1, 2, 1.5, "many", None])
def test_rule_65_a_plan_has_no_quantity(subscriber: Subscriber, quantity: Any) -> None:
    subscriber.subscribe("basic")
    answer = nothing_changed(subscriber, plan="elite", quantity=quantity)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert answer.json()["errors"][0]["field"] == "quantity"
    assert subscriber.post(PREVIEW, plan="elite", quantity=quantity).status_code == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "plan"),
        ({"plan": "gold"}, "plan"),
        ({"plan": "free"}, "plan"),
        ({"plan": None}, "plan"),
        ({"plan": ["elite"]}, "plan"),
        ({"plan": "elite", "proration_date": "soon"}, "proration_date"),
        ({"plan": "elite", "cancel_at_period_end": True}, "cancel_at_period_end"),
        ({"plan": "elite", "cancel_at_period_end": "perhaps"}, "cancel_at_period_end"),
        ({"promotion_code": "TEN", "cancel_at_period_end": True}, "cancel_at_period_end"),
        ({"promotion_code": "TEN", "cancel_at_period_end": False}, "promotion_code"),
        ({"plan": "elite", "promotion_code": "x" * 101}, "promotion_code"),
        ({"cancel_at_period_end": True, "proration_date": "2026-12-01T00:00:00Z"}, "proration_date"),
    ],
)
def test_bad_input_changes_nothing(subscriber: Subscriber, body: dict[str, Any], field: str) -> None:
    subscriber.subscribe("basic")
    answer = nothing_changed(subscriber, **body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert field in [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("what", ["update-subscription", "preview-change"])
def test_whoever_has_no_subscription_is_told(subscriber: Subscriber, api: Api, charlie: User, what: str) -> None:
    subscriber.subscribe("basic")
    before = everything(subscriber.server), writes(subscriber.server)
    answer = api(charlie).post(f"/api/v1/payments/{what}/", {"plan": "elite"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_subscription")
    assert (everything(subscriber.server), writes(subscriber.server)) == before
    assert not BillingOperation.objects.filter(user=charlie).exists()


def test_nobody_changes_anything_without_signing_in(subscriber: Subscriber) -> None:
    for what in ("update-subscription", "preview-change", "cancel-subscription"):
        assert Client().post(f"/api/v1/payments/{what}/", {"plan": "elite"}).status_code == 401


def test_the_same_key_changes_once_and_another_body_is_refused(subscriber: Subscriber) -> None:
    subscriber.subscribe("basic")
    first = subscriber.post(UPDATE, key="k1", plan="premium")
    asked = writes(subscriber.server)
    assert subscriber.post(UPDATE, key="k1", plan="premium").json() == first.json()
    assert writes(subscriber.server) == asked
    other = nothing_changed(subscriber, key="k1", plan="elite")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_declined_change_is_declined_again_under_its_key_and_asked_anew_under_another(
    subscriber: Subscriber,
) -> None:
    subscriber.subscribe("basic")
    subscriber.use_card(DECLINED)
    assert subscriber.post(UPDATE, key="k1", plan="premium").status_code == 402
    subscriber.use_card(GOOD)
    assert subscriber.post(UPDATE, key="k1", plan="premium").status_code == 402
    assert subscriber.post(UPDATE, key="k2", plan="premium").status_code == 200


def test_somebody_without_a_card_is_asked_for_one(subscriber: Subscriber) -> None:
    subscriber.subscribe("basic")
    row = subscriber.row
    for card in subscriber.browser.v1.payment_methods.list({"customer": row.customer.stripe_id}).data:
        subscriber.browser.v1.payment_methods.detach(card.id)
    answer = subscriber.post(UPDATE, plan="elite")
    assert (answer.status_code, answer.json()["code"]) == (402, "payment_method_required")
    assert (subscriber.price, subscriber.plan) == ("price_test_basic", Plan.BASIC)
    assert Subscription.objects.get().pending_plan == ""
