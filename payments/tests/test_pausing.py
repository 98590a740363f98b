"""Paused: no service, no bills, and what was unused counts when it goes on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import Plan
from payments.models import BillingHistory, BillingOperation
from payments.notices.kinds import PAUSED, PAYMENT_FAILED, RESUMED
from payments.services import resume_due
from payments.tasks import resume_paused
from payments.tests.changing import ASKS, DAY, DECLINED, GOOD, MONTH, Subscriber, everything, ours, writes
from payments.tests.delivering import confirm

PAUSE, RESUME, UPDATE = "pause-subscription", "resume-subscription", "update-subscription"


def the_same(subscriber: Subscriber, what: str, **body: Any) -> Any:
    before = everything(subscriber.server), writes(subscriber.server), ours(), subscriber.plan
    answer = subscriber.post(what, **body)
    assert (everything(subscriber.server), writes(subscriber.server), ours(), subscriber.plan) == before
    return answer


def bills(subscriber: Subscriber) -> list[tuple[str, int]]:
    return [(invoice["status"], invoice["total"]) for invoice in subscriber.server.objects("invoice")]


def test_rule_66_paused_there_is_neither_access_nor_a_bill(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.wait(10 * DAY)
    answer = subscriber.post(PAUSE)
    assert (answer.status_code, answer.json()["message"]) == (200, "Your Premium subscription is paused.")
    shown = answer.json()["subscription"]
    assert (shown["status"], shown["resumes_at"]) == ("paused", None)
    assert shown["paused_at"] is not None
    assert subscriber.plan == Plan.FREE
    subscriber.wait(100 * DAY)
    assert (subscriber.row.status, subscriber.plan, len(bills(subscriber))) == ("paused", Plan.FREE, 1)
    assert subscriber.told(PAUSED) == [{"plan": "Premium", "amount": "19.99 USD", "until": ""}]

    resumed = subscriber.post(RESUME)
    assert (resumed.status_code, resumed.json()["subscription"]["status"]) == (200, "active")
    assert resumed.json()["subscription"]["paused_at"] is None
    assert subscriber.plan == Plan.PREMIUM
    [_, (status, total)] = bills(subscriber)
    # A new month, less the twenty days that were paid for and not used.
    assert status == "paid"
    assert 600 < total < 750
    subscriber.bring()
    assert (len(subscriber.told(RESUMED)), subscriber.row.paid_plan) == (1, "premium")


def test_rule_66_collection_that_is_paused_is_no_pause(subscriber: Subscriber) -> None:
    """Somebody in the dashboard keeps bills back: the status stays, and nobody hears of a pause."""
    subscriber.subscribe("premium")
    subscriber.browser.v1.subscriptions.update(subscriber.row.stripe_id, {"pause_collection": {"behavior": "void"}})
    subscriber.bring()
    row = subscriber.row
    assert (row.status, row.paused_at, subscriber.plan) == ("active", None, Plan.PREMIUM)
    assert subscriber.told(PAUSED) == []
    subscriber.wait(MONTH + 8 * DAY)
    # What was not paid gives no access, however active it is.
    assert (subscriber.row.status, subscriber.plan) == ("active", Plan.FREE)
    assert the_same(subscriber, RESUME).status_code == 200


def test_rule_66_a_pause_ends_on_its_day(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    day = datetime.now(UTC) + timedelta(days=20)
    shown = subscriber.post(PAUSE, resumes_at=day.isoformat()).json()
    assert shown["message"] == f"Your Premium subscription is paused until {day.date().isoformat()}."
    assert datetime.fromisoformat(shown["subscription"]["resumes_at"]) == day.replace(microsecond=0)
    subscriber.bring()
    assert subscriber.told(PAUSED)[0]["until"] == day.date().isoformat()
    assert resume_due() == 0
    subscriber.wait(21 * DAY)
    assert resume_due() == 1
    assert (subscriber.row.status, subscriber.row.resumes_at, subscriber.plan) == ("active", None, Plan.PREMIUM)
    assert resume_due() == 0


def test_rule_66_a_resumption_must_be_paid_first(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.wait(15 * DAY)
    subscriber.post(PAUSE)
    subscriber.wait(40 * DAY)
    subscriber.use_card(DECLINED)
    answer = subscriber.post(RESUME)
    assert (answer.status_code, answer.json()["code"]) == (402, "card_declined")
    assert (subscriber.row.status, subscriber.plan) == ("paused", Plan.FREE)
    assert bills(subscriber)[-1][0] == "void"
    subscriber.bring()
    assert subscriber.row.status == "paused"
    subscriber.use_card(GOOD)
    assert subscriber.post(RESUME).json()["subscription"]["status"] == "active"


def test_rule_66_a_resumption_that_must_be_confirmed_waits(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.wait(15 * DAY)
    subscriber.post(PAUSE)
    subscriber.wait(40 * DAY)
    subscriber.use_card(ASKS)
    answer = subscriber.post(RESUME).json()
    assert answer["message"] == "Confirm the payment to resume your subscription."
    assert answer["subscription"]["status"] == "paused"
    assert subscriber.plan == Plan.FREE
    confirm(subscriber.browser, answer["client_secret"], GOOD)
    subscriber.bring()
    assert (subscriber.row.status, subscriber.plan) == ("active", Plan.PREMIUM)


def test_a_pause_without_a_card_asks_for_one(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.wait(15 * DAY)
    subscriber.post(PAUSE)
    for card in subscriber.browser.v1.payment_methods.list({"customer": subscriber.row.customer.stripe_id}).data:
        subscriber.browser.v1.payment_methods.detach(card.id)
    subscriber.wait(40 * DAY)
    answer = subscriber.post(RESUME)
    assert (answer.status_code, answer.json()["code"]) == (402, "payment_method_required")
    assert subscriber.row.status == "paused"


def test_a_day_that_cannot_be_paid_is_tried_once_and_told(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.wait(15 * DAY)
    subscriber.post(PAUSE, resumes_at=(datetime.now(UTC) + timedelta(days=20)).isoformat())
    subscriber.use_card(DECLINED)
    subscriber.wait(21 * DAY)
    assert resume_due() == 0
    asked = len(writes(subscriber.server))
    resume_paused()
    assert len(writes(subscriber.server)) == asked
    assert BillingOperation.objects.filter(kind="resume_subscription").count() == 1
    assert subscriber.row.status == "paused"
    subscriber.bring()
    assert len(subscriber.told(PAYMENT_FAILED)) <= 1


def test_resuming_waits_for_stripe(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.post(PAUSE, resumes_at=(datetime.now(UTC) + timedelta(days=2)).isoformat())
    subscriber.wait(3 * DAY)
    path = f"/v1/subscriptions/{subscriber.row.stripe_id}"
    subscriber.server.faults.api(method="GET", path_prefix=path, close_before=True, times=3)
    assert resume_due() == 0
    assert subscriber.row.status == "paused"


def test_paused_twice_is_paused_until_the_day_named_last(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    first = subscriber.post(PAUSE).json()
    assert the_same(subscriber, PAUSE).json() == first
    day = (datetime.now(UTC) + timedelta(days=20)).replace(microsecond=0)
    later = subscriber.post(PAUSE, resumes_at=day.isoformat()).json()["subscription"]
    assert (later["paused_at"], datetime.fromisoformat(later["resumes_at"])) == (
        first["subscription"]["paused_at"],
        day,
    )
    assert subscriber.post(PAUSE).json()["subscription"]["resumes_at"] is None
    assert len(subscriber.server.events("customer.subscription.paused")) == 1


def test_a_trial_pauses_and_goes_on_as_it_was(subscriber: Subscriber, settings: Settings) -> None:
    settings.STRIPE_TRIAL_DAYS = dict.fromkeys(("basic", "premium", "elite"), 14)
    subscriber.subscribe("premium")
    trial_end = subscriber.row.trial_end
    subscriber.post(PAUSE)
    assert subscriber.plan == Plan.FREE
    subscriber.wait(3 * DAY)
    answer = subscriber.post(RESUME).json()["subscription"]
    assert (answer["status"], subscriber.row.trial_end, subscriber.plan) == ("trialing", trial_end, Plan.PREMIUM)
    assert [total for _, total in bills(subscriber)] == [0]


def test_keeping_is_not_resuming(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.post(PAUSE)
    answer = the_same(subscriber, UPDATE, cancel_at_period_end=False)
    assert (answer.status_code, answer.json()["code"]) == (409, "subscription_paused")


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (("cancel-subscription", {}), "subscription_ending"),
        ((UPDATE, {"plan": "basic"}), "change_scheduled"),
        ((UPDATE, {"plan": "elite"}), "change_pending"),
    ],
)
def test_what_is_about_to_change_cannot_be_paused(
    subscriber: Subscriber, first: tuple[str, dict[str, Any]], code: str
) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(ASKS)
    subscriber.post(first[0], **first[1])
    answer = the_same(subscriber, PAUSE)
    assert (answer.status_code, answer.json()["code"]) == (409, code)


def test_arrears_cannot_be_paused(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(DECLINED)
    subscriber.wait(MONTH)
    answer = the_same(subscriber, PAUSE)
    assert (answer.status_code, answer.json()["code"]) == (409, "subscription_past_due")


def test_a_note_that_is_no_moment_names_no_day(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.post(PAUSE)
    for noted in ("soon", "9" * 30, "-5"):
        subscriber.browser.v1.subscriptions.update(subscriber.row.stripe_id, {"metadata": {"resumes_at": noted}})
        subscriber.bring()
        assert (subscriber.row.status, subscriber.row.resumes_at) == ("paused", None)
    assert BillingHistory.objects.count() == 1
