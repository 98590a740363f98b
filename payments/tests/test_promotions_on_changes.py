"""Promotion codes on a subscription that runs, alone or with another plan."""

from typing import Any

import pytest
from pytest_django import Settings

from payments.models import BillingHistory
from payments.tests.changing import ASKS, DAY, DECLINED, GOOD, MONTH, Subscriber, everything, ours, writes
from payments.tests.delivering import confirm

UPDATE = "update-subscription"


@pytest.fixture
def code(subscriber: Subscriber) -> str:
    coupon = subscriber.browser.v1.coupons.create({"percent_off": 20, "duration": "forever"})
    promotion = {"type": "coupon", "coupon": coupon.id}
    made = subscriber.browser.v1.promotion_codes.create({"code": "FIFTH", "promotion": promotion})  # type: ignore[typeddict-item]
    return str(made.code)


def latest(subscriber: Subscriber) -> int:
    subscriber.bring()
    return BillingHistory.objects.latest("created_at").amount_paid


def test_a_code_lowers_the_bills_to_come(subscriber: Subscriber, code: str) -> None:
    subscriber.subscribe("premium")
    answer = subscriber.post(UPDATE, promotion_code=code)
    assert (answer.status_code, answer.json()["subscription"]["plan"]) == (200, "premium")
    assert len(subscriber.server.objects("invoice")) == 1
    assert subscriber.row.promotion_code != ""
    subscriber.wait(MONTH)
    assert latest(subscriber) == 1599


@pytest.mark.parametrize("first", ["alone", "with a plan", "at the start"])
def test_nobody_has_the_same_first_month_free_twice(subscriber: Subscriber, first: str) -> None:
    coupon = subscriber.browser.v1.coupons.create({"percent_off": 100, "duration": "once"})
    promotion = {"type": "coupon", "coupon": coupon.id}
    subscriber.browser.v1.promotion_codes.create({"code": "FREE", "promotion": promotion})  # type: ignore[typeddict-item]
    subscriber.subscribe("premium", **({"promotion_code": "FREE"} if first == "at the start" else {}))
    if first != "at the start":
        body = {"plan": "elite"} if first == "with a plan" else {}
        assert subscriber.post(UPDATE, promotion_code="FREE", **body).status_code == 200
    subscriber.wait(MONTH)
    before = everything(subscriber.server)
    for what, plan in ((UPDATE, {}), (UPDATE, {"plan": "basic"}), ("preview-change", {"plan": "basic"})):
        answer = subscriber.post(what, promotion_code="free", **plan)
        assert (answer.status_code, answer.json()["code"]) == (400, "promotion_code_invalid")
    assert everything(subscriber.server) == before
    subscriber.wait(MONTH)
    assert latest(subscriber) > 0


def test_what_is_unused_of_a_free_month_is_not_given_back(subscriber: Subscriber, settings: Settings) -> None:
    settings.REFUND_UNUSED_TIME = True
    coupon = subscriber.browser.v1.coupons.create({"percent_off": 100, "duration": "once"})
    promotion = {"type": "coupon", "coupon": coupon.id}
    subscriber.browser.v1.promotion_codes.create({"code": "FREE", "promotion": promotion})  # type: ignore[typeddict-item]
    subscriber.subscribe("premium")
    assert subscriber.post(UPDATE, promotion_code="FREE").status_code == 200
    subscriber.wait(MONTH)
    assert latest(subscriber) == 0
    assert subscriber.post("cancel-subscription", when="now", refund=True).status_code == 200
    assert subscriber.server.objects("refund") == []


def test_a_code_for_one_customer_is_theirs_alone(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    coupon = subscriber.browser.v1.coupons.create({"percent_off": 50, "duration": "once"})
    other = subscriber.browser.v1.customers.create({})
    for code, owner in (("MINE", subscriber.row.customer.stripe_id), ("THEIRS", other.id)):
        promotion = {"type": "coupon", "coupon": coupon.id}
        subscriber.browser.v1.promotion_codes.create({"code": code, "promotion": promotion, "customer": owner})  # type: ignore[typeddict-item]
    assert subscriber.post(UPDATE, promotion_code="THEIRS").json()["code"] == "promotion_code_invalid"
    assert subscriber.post(UPDATE, promotion_code="MINE").status_code == 200


def test_a_code_goes_with_a_higher_plan(subscriber: Subscriber, code: str) -> None:
    subscriber.subscribe("premium")
    assert subscriber.post(UPDATE, plan="elite", promotion_code=code).status_code == 200
    assert subscriber.row.promotion_code != ""
    subscriber.wait(MONTH)
    assert latest(subscriber) == 2399


def test_a_preview_knows_the_code(subscriber: Subscriber, code: str) -> None:
    subscriber.subscribe("premium")
    subscriber.wait(10 * DAY)
    preview = subscriber.post("preview-change", plan="elite", promotion_code=code).json()
    assert preview["next_amount"] == "23.99"
    body = {"plan": "elite", "promotion_code": code, "proration_date": preview["proration_date"]}
    assert subscriber.post(UPDATE, **body).status_code == 200
    assert f"{latest(subscriber) / 100:.2f}" == preview["amount_due"]
    wrong = subscriber.post("preview-change", plan="elite", promotion_code="NEVER")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "promotion_code_invalid")


def test_a_code_goes_with_a_lower_plan(subscriber: Subscriber, code: str) -> None:
    subscriber.subscribe("elite")
    shown = subscriber.post(UPDATE, plan="basic", promotion_code=code).json()["subscription"]
    assert (shown["plan"], shown["scheduled_plan"]) == ("elite", "basic")
    subscriber.wait(MONTH)
    assert latest(subscriber) == 799


def test_a_code_waits_with_the_plan_and_goes_with_it(subscriber: Subscriber, code: str) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(DECLINED)
    assert subscriber.post(UPDATE, plan="elite", promotion_code=code).status_code == 402
    assert subscriber.row.promotion_code == ""
    subscriber.use_card(ASKS)
    secret = subscriber.post(UPDATE, plan="elite", promotion_code=code).json()["client_secret"]
    assert subscriber.row.promotion_code == ""
    confirm(subscriber.browser, secret, GOOD)
    subscriber.bring()
    assert (subscriber.row.plan, subscriber.row.promotion_code != "") == ("elite", True)


@pytest.mark.parametrize("body", [{}, {"plan": "elite"}, {"plan": "basic"}])
def test_a_wrong_code_changes_nothing(subscriber: Subscriber, body: dict[str, Any]) -> None:
    subscriber.subscribe("premium")
    before = everything(subscriber.server), writes(subscriber.server), ours()
    answer = subscriber.post(UPDATE, promotion_code="NEVER", **body)
    assert (answer.status_code, answer.json()["code"]) == (400, "promotion_code_invalid")
    assert (everything(subscriber.server), writes(subscriber.server), ours()) == before


def test_a_code_is_not_redeemed_in_arrears(subscriber: Subscriber, code: str) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(DECLINED)
    subscriber.wait(MONTH)
    answer = subscriber.post(UPDATE, promotion_code=code)
    assert (answer.status_code, answer.json()["code"]) == (409, "subscription_past_due")


def test_a_schedule_keeps_card_and_code(subscriber: Subscriber, code: str) -> None:
    subscriber.subscribe("elite")
    card = subscriber.use_card(GOOD)
    subscriber.post(UPDATE, promotion_code=code)
    subscriber.post(UPDATE, plan="basic")
    subscriber.wait(MONTH)
    assert (latest(subscriber), subscriber.row.default_payment_method) == (799, card)


def test_the_same_key_redeems_once(subscriber: Subscriber, code: str) -> None:
    subscriber.subscribe("premium")
    subscriber.server.faults.api(method="POST", path_prefix="/v1/subscriptions", close_before=True, times=3)
    assert subscriber.post(UPDATE, key="k", plan="elite", promotion_code=code).status_code == 503
    subscriber.server.faults.clear()
    # What the code stands for meanwhile does not matter.
    [promotion] = subscriber.server.objects("promotion_code")
    assert subscriber.post(UPDATE, key="k", plan="elite", promotion_code=code).status_code == 200
    assert subscriber.row.promotion_code == promotion["id"]
