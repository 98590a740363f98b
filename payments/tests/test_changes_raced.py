"""The page pays, in another tab, what is just being given up."""

import pytest
from pytest_django import Settings

from accounts.models import Plan
from numerai.common.throttling import hit
from payments.tests.changing import ASKS, DAY, DECLINED, GOOD, Subscriber
from payments.tests.delivering import confirm
from payments.views.changes import PREVIEWS
from payments.views.subscriptions import PURCHASES

UPDATE, CANCEL, RESUME, PAUSE = (f"{verb}-subscription" for verb in ("update", "cancel", "resume", "pause"))


def delay_void(subscriber: Subscriber) -> None:
    subscriber.server.faults.api(method="POST", path_prefix="/v1/invoices", delay_ms=2000)


def pay(subscriber: Subscriber) -> None:
    invoice = subscriber.theirs["latest_invoice"]
    subscriber.browser.v1.invoices.pay(invoice, {"payment_method": GOOD})


def test_a_first_payment_that_was_quicker_is_cancelled_like_any_other(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium", card="")
    delay_void(subscriber)
    answer = subscriber.post_while(lambda: pay(subscriber), CANCEL)
    assert answer.status_code == 200
    shown = answer.json()["subscription"]
    assert (shown["status"], shown["cancel_at_period_end"], subscriber.plan) == ("active", True, Plan.PREMIUM)


def test_a_change_that_was_paid_while_it_was_withdrawn_holds(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(ASKS)
    secret = subscriber.post(UPDATE, plan="elite").json()["client_secret"]
    delay_void(subscriber)
    answer = subscriber.post_while(lambda: confirm(subscriber.browser, secret, GOOD), UPDATE, plan="premium")
    assert (answer.status_code, answer.json()["message"]) == (200, "You are on Elite.")
    assert (subscriber.price, subscriber.plan) == ("price_test_elite", Plan.ELITE)


def test_a_change_that_was_paid_while_it_was_cancelled_is_asked_about_again(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(ASKS)
    secret = subscriber.post(UPDATE, plan="elite").json()["client_secret"]
    delay_void(subscriber)
    answer = subscriber.post_while(lambda: confirm(subscriber.browser, secret, GOOD), CANCEL)
    assert (answer.status_code, answer.json()["code"]) == (409, "purchase_in_progress")
    again = subscriber.post(CANCEL).json()["subscription"]
    assert (again["plan"], again["cancel_at_period_end"]) == ("elite", True)


def test_a_declined_change_that_was_paid_otherwise_holds(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.use_card(DECLINED)
    delay_void(subscriber)
    answer = subscriber.post_while(lambda: pay(subscriber), UPDATE, plan="elite")
    assert (answer.status_code, answer.json()["message"]) == (200, "Your plan is now Elite.")
    assert subscriber.plan == Plan.ELITE


def test_a_declined_resumption_that_was_paid_otherwise_holds(subscriber: Subscriber) -> None:
    subscriber.subscribe("premium")
    subscriber.wait(15 * DAY)
    subscriber.post(PAUSE)
    subscriber.use_card(DECLINED)
    delay_void(subscriber)
    answer = subscriber.post_while(lambda: pay(subscriber), RESUME)
    assert (answer.status_code, answer.json()["subscription"]["status"]) == (200, "active")
    assert subscriber.plan == Plan.PREMIUM


@pytest.mark.parametrize("what", [UPDATE, CANCEL, RESUME, PAUSE, "preview-change"])
def test_there_are_only_so_many_an_hour(subscriber: Subscriber, settings: Settings, what: str) -> None:
    settings.RATE_LIMIT_ENABLED = True
    limit = PREVIEWS if what == "preview-change" else PURCHASES
    for _ in range(limit.times):
        hit(limit, str(subscriber.user.pk))
    asked = len(subscriber.server.requests)
    answer = subscriber.post(what, plan="elite")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert len(subscriber.server.requests) == asked
