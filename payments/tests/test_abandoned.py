"""Payments that were begun and not made: closed after a day, so that nobody saves them up or pays an old price."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import stripe
from pytest_django import Settings

from accounts.models import User
from dev.local_stripe import LocalStripe
from numerai.common.errors import DomainError
from payments.gateway.connection.breaker import breaker
from payments.models import Payment
from payments.services import create_payment_intent
from payments.services.selling import abandoned, guarding
from payments.tasks import close_abandoned
from payments.tests.delivering import confirm
from payments.tests.selling import KIND, Seller, selling

INTENTS = "/v1/payment_intents"


@pytest.fixture
def seller() -> Iterator[Seller]:
    with selling() as ours:
        yield ours


def begin(user: User, reference: str = "row-1") -> str:
    return create_payment_intent(user=user, kind=KIND, reference=reference).client_secret or ""


def a_day_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are evidence and keep their moments, so the day is made shorter instead."""
    monkeypatch.setattr(abandoned, "OPEN_FOR", timedelta(seconds=-5))


def statuses(server: LocalStripe) -> list[str]:
    return [each["status"] for each in server.objects("payment_intent")]


def test_what_was_begun_a_day_ago_cannot_be_paid_any_more(
    bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = begin(bob)
    close_abandoned()
    assert statuses(local_stripe) == ["requires_payment_method"]
    a_day_later(monkeypatch)
    close_abandoned()
    assert (statuses(local_stripe), Payment.objects.get().status) == (["canceled"], "canceled")
    with pytest.raises(stripe.InvalidRequestError):
        confirm(browser, secret)
    close_abandoned()
    assert seller.paid == []


def test_what_was_paid_meanwhile_is_handed_over(
    bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm(browser, begin(bob))
    a_day_later(monkeypatch)
    close_abandoned()
    assert (Payment.objects.get().status, len(seller.paid)) == ("succeeded", 1)


def test_one_that_cannot_be_closed_holds_up_no_other(
    bob: User, local_stripe: LocalStripe, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        begin(bob, f"row-{number}")
    a_day_later(monkeypatch)
    local_stripe.faults.api(method="POST", path_prefix=INTENTS, status=404)
    close_abandoned()
    assert sorted(statuses(local_stripe)) == ["canceled", "requires_payment_method"]
    local_stripe.faults.api(method="POST", path_prefix=INTENTS, status=500, times=3)
    close_abandoned()
    breaker.close()
    assert sorted(statuses(local_stripe)) == ["canceled", "requires_payment_method"]


def test_no_limit_of_a_day_is_saved_up(
    bob: User, local_stripe: LocalStripe, settings: Settings, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PURCHASE_DAILY_MAX = {"usd": "60.00"}
    monkeypatch.setattr(guarding, "DAY", timedelta(0))
    for number in range(2):
        begin(bob, f"row-{number}")
    with pytest.raises(DomainError) as refused:
        begin(bob, "row-2")
    assert refused.value.code == "daily_limit_reached"
    a_day_later(monkeypatch)
    close_abandoned()
    assert begin(bob, "row-2")
