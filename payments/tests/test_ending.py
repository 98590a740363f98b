"""Cancelled, kept after all, ended now: until when there is access, what is collected and what is given back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings
from structlog.testing import capture_logs

from accounts.models import Plan, User
from conftest import Api
from dev.local_stripe.world.storage import Document
from payments import sync
from payments.models import BillingHistory, Refund
from payments.notices.kinds import CANCELLATION_SCHEDULED, ENDED, PAYMENT_FAILED, RESUMED
from payments.tests.changing import ASKS, DAY, DECLINED, GOOD, MONTH, Subscriber, everything, ours, writes
from payments.tests.delivering import asked, confirm

CANCEL, RESUME, UPDATE = "cancel-subscription", "resume-subscription", "update-subscription"


def the_same(subscriber: Subscriber, what: str, **body: Any) -> Any:
    """Asks for something that is so already, or cannot be, and changes nothing at Stripe or here."""
    before = everything(subscriber.server), writes(subscriber.server), ours(), subscriber.plan
    answer = subscriber.post(what, **body)
    assert (everything(subscriber.server), writes(subscriber.server), ours(), subscriber.plan) == before
    return answer


def alter(subscriber: Subscriber, **changes: Any) -> None:
    """Change Stripe's subscription behind everybody's back, and look at it."""
    with subscriber.server.world.transaction():
        subscription = subscriber.server.world.all("subscription")[-1]
        subscriber.server.world.put("subscription", subscription | changes)
    sync.sync_subscription(subscription["id"])
    subscriber.user.refresh_from_db()


def test_rule_55_cancelled_means_access_to_the_last_day(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    end = subscriber.row.current_period_end
    assert end is not None
    answer = subscriber.post(CANCEL, feedback="too_expensive", comment="Back in spring.")

    assert answer.status_code == 200
    assert answer.json()["message"] == f"Your subscription ends on {end.date().isoformat()}."
    shown = answer.json()["subscription"]
    assert (shown["cancel_at_period_end"], datetime.fromisoformat(shown["ends_at"])) == (True, end)
    details = subscriber.theirs["cancellation_details"]
    assert (details["feedback"], details["comment"]) == ("too_expensive", "Back in spring.")
    subscriber.bring()
    assert (subscriber.plan, subscriber.user.plan_until) == (Plan.PREMIUM, end)
    assert subscriber.told(CANCELLATION_SCHEDULED) == [
        {"plan": "Premium", "amount": "19.99 USD", "until": end.date().isoformat()}
    ]
    subscriber.wait(MONTH)
    assert (subscriber.plan, subscriber.row.status) == (Plan.FREE, "canceled")
    assert (len(subscriber.told(ENDED)), BillingHistory.objects.count()) == (1, 1)


@pytest.mark.parametrize("named", ["flag", "day", "both"])
def test_rule_55_either_way_of_cancelling_is_read(subscriber: Subscriber, named: str) -> None:
    """The portal may name a day, the API sets a flag; neither must be overlooked."""
    subscriber.subscribe("premium")
    end = subscriber.row.current_period_end
    assert end is not None
    at, flag = int(end.timestamp()), named != "day"
    alter(subscriber, cancel_at=None if named == "flag" else at, cancel_at_period_end=flag, canceled_at=at - MONTH)
    assert subscriber.row.ends_at == end
    assert subscriber.user.plan_until == end
    kept = subscriber.post(RESUME).json()["subscription"]
    assert (kept["ends_at"], kept["cancel_at_period_end"]) == (None, False)
    assert (subscriber.theirs["cancel_at"], subscriber.theirs["cancel_at_period_end"]) == (None, False)


def with_yearly_item(subscriber: Subscriber) -> tuple[datetime, datetime]:
    """Something else that is billed by the year besides the plan; the ends of both periods."""
    yearly = datetime.now(UTC).replace(microsecond=0) + timedelta(days=365)
    [item] = subscriber.server.world.all("subscription")[-1]["items"]["data"]
    other: Document = item | {"id": "si_yearly", "price": "price_yearly", "current_period_end": int(yearly.timestamp())}
    with subscriber.server.world.transaction():
        price = subscriber.server.world.get("price", "price_test_basic")
        recurring = price["recurring"] | {"interval": "year"}
        subscriber.server.world.put("price", price | {"id": "price_yearly", "recurring": recurring})
    items = subscriber.server.world.all("subscription")[-1]["items"]
    alter(subscriber, items=items | {"data": [other, item]})
    return datetime.fromtimestamp(item["current_period_end"], UTC), yearly


def test_rule_56_access_ends_with_the_plans_own_period(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    monthly, yearly = with_yearly_item(subscriber)
    row = subscriber.row
    assert (row.plan, row.current_period_end, row.paid_through) == ("premium", monthly, monthly)
    alter(subscriber, cancel_at_period_end=True, canceled_at=subscriber.server.now())
    assert subscriber.row.ends_at == yearly
    assert subscriber.user.plan_until == monthly + timedelta(days=7)


@pytest.mark.parametrize("mode", ["min_period_end", "max_period_end"])
def test_rule_56_both_ends_of_the_periods_can_be_the_end(subscriber: Subscriber, mode: str) -> None:
    subscriber.subscribe("premium")
    monthly, yearly = with_yearly_item(subscriber)
    subscriber.browser.v1.subscriptions.update(subscriber.row.stripe_id, {"cancel_at": mode})
    sync.sync_subscription(subscriber.row.stripe_id)
    subscriber.user.refresh_from_db()
    end = monthly if mode == "min_period_end" else yearly
    assert subscriber.row.ends_at == end
    assert subscriber.user.plan_until == min(end, monthly + timedelta(days=7))


def test_rule_57_cancelled_twice_is_cancelled(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    first = subscriber.post(CANCEL).json()
    assert the_same(subscriber, CANCEL, feedback="unused").json() == first
    assert the_same(subscriber, UPDATE, cancel_at_period_end=True).json() == first
    subscriber.post(CANCEL, when="now")
    over = the_same(subscriber, CANCEL)
    assert (over.status_code, over.json()["message"]) == (200, "Your subscription has ended.")
    assert over.json()["subscription"]["status"] == "canceled"
    assert the_same(subscriber, CANCEL, when="now").json() == over.json()


def test_rule_57_cancelled_in_a_trial_ends_with_it_and_costs_nothing(
    subscriber: Subscriber, settings: Settings
) -> None:
    settings.STRIPE_TRIAL_DAYS = dict.fromkeys(("basic", "premium", "elite"), 14)
    subscriber.subscribe("premium")
    trial_end = subscriber.row.trial_end
    answer = subscriber.post(CANCEL).json()["subscription"]
    assert (answer["status"], answer["ends_at"]) == ("trialing", answer["trial_end"])
    subscriber.bring()
    assert (subscriber.plan, subscriber.user.plan_until) == (Plan.PREMIUM, trial_end)
    subscriber.wait(15 * DAY)
    assert (subscriber.row.status, subscriber.plan) == ("canceled", Plan.FREE)
    assert [invoice["amount_paid"] for invoice in subscriber.server.objects("invoice")] == [0]


def test_rule_57_a_cancellation_far_away_is_brought_forward(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    far = subscriber.server.now() + 300 * DAY
    subscriber.browser.v1.subscriptions.update(subscriber.row.stripe_id, {"cancel_at": far})
    answer = subscriber.post(CANCEL).json()["subscription"]
    assert answer["ends_at"] == answer["current_period_end"]


def test_rule_58_ended_now_without_a_refund_makes_no_bill(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.wait(10 * DAY)
    answer = subscriber.post(CANCEL, when="now")
    assert (answer.status_code, answer.json()["message"]) == (200, "Your subscription has ended.")
    assert (subscriber.row.status, subscriber.plan) == ("canceled", Plan.FREE)
    assert [invoice["total"] for invoice in subscriber.server.objects("invoice")] == [1999]
    assert subscriber.server.objects("refund") == []
    assert subscriber.server.objects("customer")[0]["balance"] == 0
    subscriber.wait(2 * MONTH)
    assert len(subscriber.server.objects("invoice")) == 1


def test_rule_58_ended_now_with_a_refund_gives_back_what_the_preview_shows(
    subscriber: Subscriber, settings: Settings
) -> None:
    settings.REFUND_UNUSED_TIME = True
    subscriber.subscribe("premium")
    subscriber.wait(10 * DAY)
    shown = subscriber.browser.v1.invoices.create_preview(
        {"subscription": subscriber.row.stripe_id, "subscription_details": {"cancel_now": True}}
    )
    assert subscriber.post(CANCEL, when="now", refund=True, key="k").status_code == 200
    assert subscriber.post(CANCEL, when="now", refund=True, key="k").status_code == 200
    subscriber.bring()
    [refund] = subscriber.server.objects("refund")
    assert abs(refund["amount"] + shown.total) <= 1
    assert Refund.objects.get().amount == refund["amount"]
    assert len(subscriber.server.objects("invoice")) == 1
    assert subscriber.plan == Plan.FREE


def test_rule_58_nothing_is_given_back_of_a_trial(subscriber: Subscriber, settings: Settings) -> None:
    settings.REFUND_UNUSED_TIME = True
    settings.STRIPE_TRIAL_DAYS = dict.fromkeys(("basic", "premium", "elite"), 14)
    subscriber.subscribe("premium")
    assert subscriber.post(CANCEL, when="now", refund=True).status_code == 200
    assert subscriber.row.status == "canceled"
    assert subscriber.server.objects("refund") == []


def test_a_period_that_credit_has_paid_for_is_not_given_back_to_the_card(
    subscriber: Subscriber, settings: Settings
) -> None:
    settings.REFUND_UNUSED_TIME = True
    subscriber.subscribe("premium")
    customer = subscriber.row.customer.stripe_id
    subscriber.browser.v1.customers.update(customer, {"balance": -5000})
    subscriber.wait(MONTH)
    assert subscriber.server.objects("invoice")[-1]["amount_paid"] == 0
    assert subscriber.post(CANCEL, when="now", refund=True).status_code == 200
    assert subscriber.server.objects("refund") == []


def test_rule_58_nothing_is_given_back_twice(subscriber: Subscriber, settings: Settings) -> None:
    settings.REFUND_UNUSED_TIME = True
    subscriber.subscribe("premium")
    intent = subscriber.server.objects("payment_intent")[0]["id"]
    subscriber.browser.v1.refunds.create({"payment_intent": intent})
    subscriber.bring()
    assert subscriber.post(CANCEL, when="now", refund=True).status_code == 200
    assert len(subscriber.server.objects("refund")) == 1


def test_rule_58_an_end_stands_though_its_refund_is_refused(subscriber: Subscriber, settings: Settings) -> None:
    settings.REFUND_UNUSED_TIME = True
    subscriber.subscribe("premium")
    intent = subscriber.server.objects("payment_intent")[0]["id"]
    # In the dashboard, and its event has not arrived.
    subscriber.browser.v1.refunds.create({"payment_intent": intent})
    with capture_logs() as logs:
        assert subscriber.post(CANCEL, when="now", refund=True).status_code == 200
    assert "unused_time_not_given_back" in [entry["event"] for entry in logs]
    assert (subscriber.row.status, len(subscriber.server.objects("refund"))) == ("canceled", 1)


def test_rule_58_a_refund_that_is_not_offered_changes_nothing(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    answer = the_same(subscriber, CANCEL, when="now", refund=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "refund_not_offered")


def test_rule_58_nobody_is_dunned_after_the_end(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(DECLINED)
    subscriber.wait(MONTH)
    assert (subscriber.row.status, len(subscriber.told(PAYMENT_FAILED))) == ("past_due", 1)
    assert subscriber.post(CANCEL, when="now").status_code == 200
    assert [invoice["status"] for invoice in subscriber.server.objects("invoice")] == ["paid", "void"]
    assert set(BillingHistory.objects.values_list("status", flat=True)) == {"paid", "void"}
    subscriber.wait(2 * MONTH)
    assert len(subscriber.told(PAYMENT_FAILED)) == 1
    assert subscriber.plan == Plan.FREE


def test_one_in_arrears_may_also_end_with_its_period(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(DECLINED)
    subscriber.wait(MONTH)
    answer = subscriber.post(CANCEL).json()["subscription"]
    assert (answer["status"], answer["cancel_at_period_end"]) == ("past_due", True)


@pytest.mark.parametrize("when", ["period_end", "now"])
def test_one_that_was_never_paid_ends_at_once_and_cannot_be_paid_any_more(subscriber: Subscriber, when: str) -> None:
    subscriber.subscribe("premium", card="")
    answer = subscriber.post(CANCEL, when=when).json()
    assert (answer["message"], answer["subscription"]["status"]) == (
        "Your subscription has ended.",
        "incomplete_expired",
    )
    assert [invoice["status"] for invoice in subscriber.server.objects("invoice")] == ["void"]
    subscriber.bring()
    assert subscriber.plan == Plan.FREE


def test_a_pause_ends_with_the_subscription(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.post("pause-subscription")
    answer = subscriber.post(CANCEL).json()["subscription"]
    assert (answer["status"], answer["paused_at"]) == ("canceled", None)


def test_a_scheduled_change_goes_with_the_cancellation(subscriber: Subscriber) -> None:
    subscriber.subscribe("elite")
    subscriber.post(UPDATE, plan="basic")
    body = subscriber.post(CANCEL).json()
    answer = body["subscription"]
    assert (answer["scheduled_plan"], answer["cancel_at_period_end"], answer["plan"]) == (None, True, "elite")
    assert subscriber.theirs["schedule"] is None
    day = answer["ends_at"][:10]
    assert body["message"] == f"Your subscription ends on {day}. The change to Basic is withdrawn."
    resumed = subscriber.post(RESUME).json()
    assert resumed["message"] == (
        "Your Elite subscription goes on. The change to Basic stays withdrawn; choose Basic again if you still want it."
    )
    assert resumed["subscription"]["scheduled_plan"] is None
    # What was said of one cancellation is not said of the next.
    assert subscriber.post(CANCEL).json()["message"] == f"Your subscription ends on {day}."
    assert subscriber.post(RESUME).json()["message"] == "Your Elite subscription goes on."


def test_a_scheduled_change_goes_with_the_end(subscriber: Subscriber) -> None:
    subscriber.subscribe("elite")
    subscriber.post(UPDATE, plan="basic")
    assert subscriber.post(CANCEL, when="now").json()["subscription"]["status"] == "canceled"
    assert subscriber.server.objects("subscription_schedule")[0]["status"] == "released"


@pytest.mark.parametrize("when", ["period_end", "now"])
def test_a_change_that_waits_goes_with_the_cancellation(subscriber: Subscriber, when: str) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(ASKS)
    subscriber.post(UPDATE, plan="elite")
    answer = subscriber.post(CANCEL, when=when).json()["subscription"]
    assert (answer["pending_plan"], answer["plan"]) == (None, "premium")
    assert subscriber.server.objects("invoice")[-1]["status"] == "void"


def test_a_change_that_was_paid_meanwhile_is_seen_before_it_is_cancelled(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(ASKS)
    secret = subscriber.post(UPDATE, plan="elite").json()["client_secret"]
    confirm(subscriber.browser, secret, GOOD)
    answer = subscriber.post(CANCEL).json()["subscription"]
    assert (answer["plan"], answer["cancel_at_period_end"]) == ("elite", True)


def test_rule_59_a_cancellation_is_withdrawn_and_nothing_else(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    before = subscriber.theirs
    subscriber.post(CANCEL)
    subscriber.bring()
    answer = subscriber.post(RESUME)
    assert (answer.status_code, answer.json()["message"]) == (200, "Your Premium subscription goes on.")
    assert answer.json()["subscription"]["ends_at"] is None
    after = subscriber.theirs
    for name in ("billing_cycle_anchor", "trial_end", "status", "items", "latest_invoice", "cancel_at", "schedule"):
        assert after[name] == before[name], name
    subscriber.bring()
    assert len(subscriber.told(RESUMED)) == 1
    assert the_same(subscriber, RESUME).status_code == 200


def test_rule_59_a_trial_stays_the_trial(subscriber: Subscriber, settings: Settings) -> None:
    settings.STRIPE_TRIAL_DAYS = dict.fromkeys(("basic", "premium", "elite"), 14)
    subscriber.subscribe("premium")
    before = subscriber.theirs
    subscriber.post(CANCEL)
    answer = subscriber.post(RESUME).json()["subscription"]
    assert (answer["status"], subscriber.theirs["trial_end"]) == ("trialing", before["trial_end"])
    assert subscriber.theirs["billing_cycle_anchor"] == before["billing_cycle_anchor"]


def test_rule_59_arrears_stay_arrears(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(DECLINED)
    subscriber.wait(MONTH)
    subscriber.post(CANCEL)
    assert subscriber.post(RESUME).json()["subscription"]["status"] == "past_due"
    assert subscriber.row.status == "past_due"


def test_rule_59_after_the_end_there_is_nothing_to_resume(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.post(CANCEL)
    # Its end is news to us.
    subscriber.pass_time(MONTH)
    answer = subscriber.post(RESUME)
    assert (answer.status_code, answer.json()["code"]) == (409, "subscription_over")
    assert subscriber.row.status == "canceled"
    for what in (RESUME, "pause-subscription"):
        assert the_same(subscriber, what).json()["code"] == "subscription_over"
    assert the_same(subscriber, UPDATE, cancel_at_period_end=False).json()["code"] == "subscription_over"


def test_rule_59_before_it_has_begun_there_is_nothing_to_resume(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium", card="")
    answer = the_same(subscriber, RESUME)
    assert (answer.status_code, answer.json()["code"]) == (409, "subscription_incomplete")


def test_cancelling_and_keeping_by_update(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    assert subscriber.post(UPDATE, cancel_at_period_end=True).json()["subscription"]["cancel_at_period_end"]
    kept = subscriber.post(UPDATE, cancel_at_period_end=False).json()["subscription"]
    assert (kept["cancel_at_period_end"], kept["ends_at"]) == (False, None)


@pytest.mark.parametrize(
    ("what", "body", "field"),
    [
        (CANCEL, {"when": "yesterday"}, "when"),
        (CANCEL, {"refund": "perhaps"}, "refund"),
        (CANCEL, {"refund": True}, "refund"),
        (CANCEL, {"feedback": "hated it"}, "feedback"),
        (CANCEL, {"comment": "x" * 501}, "comment"),
        ("pause-subscription", {"resumes_at": "soon"}, "resumes_at"),
        ("pause-subscription", {"resumes_at": "2020-01-01T00:00:00Z"}, "resumes_at"),
        ("pause-subscription", {"resumes_at": "2999-01-01T00:00:00Z"}, "resumes_at"),
    ],
)
def test_bad_input_changes_nothing(subscriber: Subscriber, what: str, body: dict[str, Any], field: str) -> None:
    subscriber.subscribe("basic")
    answer = the_same(subscriber, what, **body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("what", [CANCEL, RESUME, "pause-subscription"])
def test_whoever_has_no_subscription_is_told(subscriber: Subscriber, api: Api, charlie: User, what: str) -> None:
    subscriber.subscribe("basic")
    before = everything(subscriber.server), writes(subscriber.server)
    answer = api(charlie).post(f"/api/v1/payments/{what}/", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_subscription")
    assert (everything(subscriber.server), writes(subscriber.server)) == before


def test_a_long_key_is_refused(subscriber: Subscriber) -> None:
    subscriber.subscribe("basic")
    for what in (CANCEL, RESUME, "pause-subscription", UPDATE):
        answer = subscriber.post(what, key="k" * 256, plan="elite")
        assert answer.status_code == 400
    assert subscriber.row.status == "active"


def test_rule_40_an_end_asked_for_twice_is_an_end(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    path = f"/v1/subscriptions/{subscriber.row.stripe_id}"
    subscriber.server.faults.api(method="DELETE", path_prefix=path, close_after_commit=True, times=1)
    answer = subscriber.post(CANCEL, when="now")
    assert (answer.status_code, answer.json()["subscription"]["status"]) == (200, "canceled")
    assert asked(subscriber.server, "DELETE", path) == ["", ""]
    assert len(subscriber.server.events("customer.subscription.deleted")) == 1
