"""Who may buy how much, what is held back for an operator, and which amounts no one is ever asked for."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import stripe
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from conftest import Api
from dev.local_stripe import LocalStripe
from dev.local_stripe.resources.catalogue import CURRENCIES
from dev.local_stripe.resources.catalogue import minimum_charge as theirs
from notifications.models import Notification
from numerai.common.errors import DomainError, NotFound
from payments.models import CheckoutSession, Payment, PurchaseReview, ReviewState
from payments.money import MAXIMUM_CHARGE, MINIMUM_CHARGES, is_chargeable, minimum_charge
from payments.purchasables import Limits, Price
from payments.services import (
    approve_purchase,
    create_checkout_session,
    create_payment_intent,
    create_refund,
    refuse_purchase,
)
from payments.services.selling import guarding
from payments.services.selling.reviews import ReviewDecided
from payments.tests.delivering import Deliver, asked, confirm
from payments.tests.racing import together
from payments.tests.selling import KIND, Seller, news, selling, told

URL = "/api/v1/payments/create-payment/"
INTENTS = "/v1/payment_intents"


@pytest.fixture
def seller() -> Iterator[Seller]:
    with selling() as ours:
        yield ours


def buy(user: User, reference: str = "row-1", card: str = "pm_card_visa") -> str:
    """The status of the payment, or the code of the refusal."""
    try:
        return create_payment_intent(user=user, kind=KIND, reference=reference, payment_method_id=card).status
    except DomainError as refusal:
        return refusal.code


def post(client: APIClient, reference: str = "row-1", **more: str) -> Any:
    return client.post(URL, {"kind": KIND, "reference": reference} | more)


def test_one_may_have_a_thing_as_often_as_the_seller_says(bob: User, alice: User, local_stripe: LocalStripe) -> None:
    with selling(Limits(per_person=1)) as seller:
        assert [buy(bob), buy(bob)] == ["succeeded", "purchase_limit_reached"]
        assert [buy(bob, "row-2"), buy(alice)] == ["succeeded", "succeeded"]
        create_refund(payment=Payment.objects.get(user=bob, reference="row-1"))
        assert buy(bob) == "succeeded"
        assert len(seller.paid) == 4


def test_what_is_being_paid_counts_and_what_was_refused_does_not(bob: User, local_stripe: LocalStripe) -> None:
    with selling(Limits(per_person=1)):
        assert buy(bob, card="pm_card_chargeDeclined") == "card_declined"
        assert buy(bob, card="pm_local_slow") == "processing"
        assert buy(bob) == "purchase_limit_reached"


def test_a_payment_that_is_being_made_in_another_tab_is_waited_for(
    bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, seller: Seller
) -> None:
    waiting = create_payment_intent(user=bob, kind=KIND, reference="row-1")
    assert confirm(browser, waiting.client_secret or "", "pm_local_slow") == "processing"
    assert buy(bob) == "purchase_in_progress"


def test_two_tabs_that_pay_at_once_pay_once(bob: User, local_stripe: LocalStripe) -> None:
    with selling(Limits(per_person=1)) as seller:
        answers = together(6, lambda number: buy(bob))
        assert answers.count("succeeded") == 1
        assert set(answers) <= {"succeeded", "purchase_limit_reached", "purchase_in_progress"}
        assert len(seller.paid) == 1


def test_the_day_has_a_limit_that_no_race_passes(
    bob: User, alice: User, local_stripe: LocalStripe, settings: Settings, seller: Seller
) -> None:
    settings.PURCHASE_DAILY_MAX = {"usd": "60.00"}
    answers = together(5, lambda number: buy(bob, f"row-{number}"))
    assert answers.count("succeeded") <= 2
    # Whoever was told to wait for the others asks again.
    answers += [buy(bob, f"row-{number}b") for number in range(3)]
    assert answers.count("succeeded") == 2
    assert buy(bob, "row-9") == "daily_limit_reached"
    assert buy(alice) == "succeeded"
    create_refund(payment=Payment.objects.filter(user=bob, status="succeeded")[0])
    assert buy(bob, "row-9") == "succeeded"


def test_yesterday_does_not_count_and_what_may_still_be_paid_does(
    api: Api, bob: User, local_stripe: LocalStripe, settings: Settings, monkeypatch: pytest.MonkeyPatch, seller: Seller
) -> None:
    settings.PURCHASE_DAILY_MAX = {"usd": "60.00"}
    create_payment_intent(user=bob, kind=KIND, reference="row-1")
    create_checkout_session(user=bob, kind=KIND, reference="row-2")
    answer = post(api(bob), "row-3")
    assert (answer.status_code, answer.json()["code"]) == (409, "daily_limit_reached")
    assert answer.json()["maximum"] == "60.00 USD"
    assert (Payment.objects.count(), CheckoutSession.objects.count()) == (1, 1)
    # The rows are evidence and keep their moments, so the day is made shorter instead.
    monkeypatch.setattr(guarding, "DAY", timedelta(0))
    assert post(api(bob), "row-3").status_code == 201


def test_a_currency_without_a_limit_is_not_sold_in(
    bob: User, local_stripe: LocalStripe, settings: Settings, seller: Seller
) -> None:
    settings.PURCHASE_DAILY_MAX = {"eur": "60.00"}
    assert buy(bob) == "payments_misconfigured"
    assert local_stripe.objects("payment_intent") == []


@pytest.mark.parametrize("cause", ["purchases", "declines", "subscriptions"])
def test_a_flood_is_held_back_and_operators_are_told(
    api: Api, bob: User, operator: User, local_stripe: LocalStripe, settings: Settings, seller: Seller, cause: str
) -> None:
    settings.PURCHASE_REVIEW_AFTER, settings.PURCHASE_REVIEW_AFTER_DECLINES = 3, 2
    client = api(bob)
    if cause == "purchases":
        assert [buy(bob, f"row-{number}") for number in range(3)] == ["succeeded"] * 3
    elif cause == "declines":
        assert [buy(bob, card="pm_card_chargeDeclined") for _ in range(2)] == ["card_declined"] * 2
    else:
        for _ in range(2):
            body = {"plan": "basic", "payment_method_id": "pm_card_chargeDeclined"}
            assert client.post("/api/v1/payments/create-subscription/", body).status_code == 402
    before = len(asked(local_stripe, "POST", INTENTS))

    answers = [post(client, "row-9") for _ in range(2)]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "purchase_under_review")] * 2
    assert len(asked(local_stripe, "POST", INTENTS)) == before
    review = PurchaseReview.objects.get()
    assert (review.reference, review.amount, review.state) == ("row-9", 2500, ReviewState.OPEN)
    assert review.why.endswith("in 60 minutes")
    assert told(operator) == ["payments.review_wanted"]


def test_a_page_that_tries_many_cards_on_one_payment_is_noticed(
    bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, seller: Seller
) -> None:
    intent = create_payment_intent(user=bob, kind=KIND, reference="row-1").payment_intent_id
    for _ in range(4):
        with pytest.raises(stripe.CardError):
            browser.v1.payment_intents.confirm(intent, {"payment_method": "pm_card_chargeDeclined"})
    assert buy(bob, "row-2") == "succeeded"
    news(local_stripe, deliver, "payment_intent.payment_failed")
    assert buy(bob, "row-3") == "purchase_under_review"


def test_an_approval_lets_the_same_purchase_pass_once(
    bob: User, operator: User, local_stripe: LocalStripe, settings: Settings, seller: Seller
) -> None:
    settings.PURCHASE_REVIEW_AFTER = 0
    assert buy(bob) == "purchase_under_review"
    review = approve_purchase(PurchaseReview.objects.get().pk, operator=operator)
    assert (review.state, review.decided_by_id) == (ReviewState.APPROVED, operator.pk)
    assert Notification.objects.get(recipient=bob).title == "Your purchase can go ahead"

    assert buy(bob, "row-2") == "purchase_under_review"
    assert buy(bob) == "succeeded"
    review.refresh_from_db()
    assert review.state == ReviewState.USED
    assert buy(bob) == "purchase_under_review"


def test_a_refused_purchase_is_not_made(
    bob: User, operator: User, local_stripe: LocalStripe, settings: Settings, seller: Seller
) -> None:
    settings.PURCHASE_REVIEW_AFTER = 0
    assert buy(bob) == "purchase_under_review"
    review = refuse_purchase(PurchaseReview.objects.get().pk, operator=operator)
    assert review.state == ReviewState.REFUSED
    assert Notification.objects.get(recipient=bob).title == "Your purchase was not accepted"
    for decide in (approve_purchase, refuse_purchase):
        with pytest.raises(ReviewDecided):
            decide(review.pk, operator=operator)
        with pytest.raises(NotFound):
            decide(uuid4(), operator=operator)
    assert (seller.paid, local_stripe.objects("payment_intent")) == ([], [])


def test_an_approval_is_not_used_up_by_a_call_that_failed(
    bob: User, operator: User, local_stripe: LocalStripe, settings: Settings, seller: Seller
) -> None:
    settings.PURCHASE_REVIEW_AFTER = 0
    assert buy(bob) == "purchase_under_review"
    approve_purchase(PurchaseReview.objects.get().pk, operator=operator)
    local_stripe.faults.api(method="POST", path_prefix=INTENTS, close_before=True, times=3)
    assert buy(bob) == "payments_unavailable"
    assert PurchaseReview.objects.get().state == ReviewState.APPROVED


def test_an_approval_of_another_price_has_lapsed(
    bob: User, operator: User, local_stripe: LocalStripe, settings: Settings, seller: Seller
) -> None:
    settings.PURCHASE_REVIEW_AFTER = 0
    assert buy(bob) == "purchase_under_review"
    approve_purchase(PurchaseReview.objects.get().pk, operator=operator)
    seller.prices["row-1"] = Price(9900, "usd")
    assert buy(bob) == "purchase_under_review"
    assert set(PurchaseReview.objects.values_list("amount", "state")) == {
        (2500, ReviewState.USED),
        (9900, ReviewState.OPEN),
    }


def test_a_decision_about_somebody_who_is_gone_tells_nobody(
    bob: User, operator: User, local_stripe: LocalStripe, settings: Settings, seller: Seller
) -> None:
    settings.PURCHASE_REVIEW_AFTER = 0
    assert buy(bob) == "purchase_under_review"
    PurchaseReview.objects.update(user=None)
    approve_purchase(PurchaseReview.objects.get().pk, operator=operator)
    assert told(bob) == []


AMOUNTS = [
    (500, "jpy", "500"),
    (500, "usd", "5.00"),
    (5120, "kwd", "5.120"),
    (50000, "isk", "500.00"),
    (500000, "ugx", "5000.00"),
    (99_999_990, "usd", "999999.90"),
]


@pytest.mark.parametrize(("amount", "currency", "shown"), AMOUNTS)
def test_rule_85_the_amount_is_sent_in_minor_units_of_its_currency(
    api: Api,
    bob: User,
    local_stripe: LocalStripe,
    settings: Settings,
    seller: Seller,
    amount: int,
    currency: str,
    shown: str,
) -> None:
    settings.PURCHASE_DAILY_MAX = {currency: shown}
    seller.prices["row-1"] = Price(amount, currency)
    answer = post(api(bob), amount=shown, currency=currency)
    assert (answer.json()["amount"], answer.json()["currency"]) == (shown, currency)
    theirs = local_stripe.objects("payment_intent")[0]
    assert (theirs["amount"], theirs["currency"]) == (amount, currency)
    assert Payment.objects.get().amount == amount


@pytest.mark.parametrize(("amount", "currency"), [(5121, "kwd"), (50010, "isk"), (500050, "ugx")])
def test_rule_85_an_amount_without_coins_is_refused(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller, amount: int, currency: str
) -> None:
    seller.prices["row-1"] = Price(amount, currency)
    answer = post(api(bob))
    assert (answer.status_code, answer.json()["code"]) == (400, "amount_invalid")
    assert local_stripe.requests == []


REFUSED = [
    (49, "usd"),
    (29, "gbp"),
    (49, "jpy"),
    (140, "kwd"),
    (1499, "czk"),
    (0, "usd"),
    (-2500, "usd"),
    (10**8, "usd"),
]


@pytest.mark.parametrize(("amount", "currency"), REFUSED)
def test_rule_86_too_small_too_large_and_negative_are_refused_before_any_call(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller, amount: int, currency: str
) -> None:
    seller.prices["row-1"] = Price(amount, currency)
    answer = post(api(bob))
    assert (answer.status_code, answer.json()["code"]) == (400, "amount_invalid")
    assert (local_stripe.requests, Payment.objects.count()) == ([], 0)


@pytest.mark.parametrize("shown", ["0.49", "-25.00", "1000000.00", "25.001", "9" * 20])
def test_rule_86_an_amount_of_the_page_that_nobody_can_pay_is_a_400(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller, shown: str
) -> None:
    answer = post(api(bob), amount=shown)
    assert (answer.status_code, answer.json()["code"]) == (400, "amount_invalid")
    assert local_stripe.requests == []


@pytest.mark.parametrize(
    ("amount", "code"), [(999, "amount_invalid"), (1000, ""), (2000, ""), (2001, "amount_invalid")]
)
def test_the_seller_may_be_stricter(bob: User, local_stripe: LocalStripe, amount: int, code: str) -> None:
    with selling(Limits(minimum=1000, maximum=2000)) as seller:
        seller.prices["row-1"] = Price(amount, "usd")
        assert buy(bob) == (code or "succeeded")


def test_rule_86_the_smallest_and_largest_charges_are_stripes() -> None:
    """The table is held against the local Stripe's own, which was written apart from it."""
    assert {currency: minimum_charge(currency) for currency in CURRENCIES} == {
        currency: theirs(currency) for currency in CURRENCIES
    }
    assert set(MINIMUM_CHARGES) <= CURRENCIES
    assert is_chargeable(MAXIMUM_CHARGE, "usd")
    assert not is_chargeable(MAXIMUM_CHARGE + 1, "usd")
