"""What one may have once is paid for twice when what went back has come back. Operators hear of it and decide."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe
from django.test import Client
from django.urls import reverse
from structlog.testing import capture_logs

from accounts.models import User
from dev.local_stripe import LocalStripe
from notifications import kinds
from notifications.models import Notification
from notifications.wording import context_for, render
from notifications.wording.checking import faults
from payments.models import Fulfilment, Payment, Refund
from payments.notices.kinds import OPERATOR_BOUGHT_TWICE
from payments.purchasables import Limits
from payments.selectors.purchases import bought_too_often
from payments.services import create_payment_intent, create_refund
from payments.services.selling.guarding import PurchaseLimitReached
from payments.tests.delivering import Deliver, confirm
from payments.tests.selling import KIND, Seller, news, selling

GOOD = "pm_card_visa"
Return = Callable[[LocalStripe, Deliver, Payment], None]


@pytest.fixture
def seller() -> Iterator[Seller]:
    with selling(Limits(per_person=1)) as ours:
        yield ours


def buy(user: User, **card: str) -> Any:
    return create_payment_intent(user=user, kind=KIND, reference="row-1", **card)


def bought(user: User) -> Payment:
    return Payment.objects.get(pk=buy(user, payment_method_id=GOOD).payment_id)


def go_back(server: LocalStripe, deliver: Deliver, payment: Payment) -> None:
    create_refund(payment=payment)


def refund_fails(server: LocalStripe, deliver: Deliver, payment: Payment) -> None:
    server.settle_refund(Refund.objects.get(payment=payment).stripe_id, "failed")
    news(server, deliver, "refund.failed")


def be_disputed(server: LocalStripe, deliver: Deliver, payment: Payment) -> None:
    server.dispute(payment.stripe_id)
    news(server, deliver, "charge.dispute.created")


def dispute_is_won(server: LocalStripe, deliver: Deliver, payment: Payment) -> None:
    server.close_dispute(payment.disputes.get().stripe_id, "won")
    news(server, deliver, "charge.dispute.closed")


def held() -> list[Payment]:
    return list(Payment.objects.filter(fulfilment=Fulfilment.FULFILLED).order_by("created_at"))


def told(operator: User) -> list[dict[str, Any]]:
    rows = Notification.objects.filter(recipient=operator, kind=OPERATOR_BOUGHT_TWICE)
    return list(rows.order_by("pk").values_list("data", flat=True))


@pytest.mark.parametrize(
    ("leaves", "returns"),
    [(go_back, refund_fails), (be_disputed, dispute_is_won)],
    ids=["the refund failed", "the dispute was won"],
)
def test_what_came_back_after_it_was_bought_again_is_told_to_operators(
    local_stripe: LocalStripe,
    deliver: Deliver,
    bob: User,
    operator: User,
    seller: Seller,
    leaves: Return,
    returns: Return,
) -> None:
    first = bought(bob)
    leaves(local_stripe, deliver, first)
    second = bought(bob)
    assert (held(), told(operator), list(bought_too_often())) == ([second], [], [])

    with capture_logs() as logs:
        returns(local_stripe, deliver, first)

    assert held() == [first, second]
    assert [purchase.payment_id for purchase in seller.paid] == [first.pk, second.pk, first.pk]
    [said] = told(operator)
    assert (said["payment"], said["times"], said["most"]) == (first.stripe_id, 2, 1)
    assert (said["amount"], said["description"]) == ("25.00 USD", "A ticket for row-1")
    [noted] = [entry for entry in logs if entry["event"] == "bought_twice"]
    assert (noted["log_level"], noted["payment"], noted["times"]) == ("warning", first.stripe_id, 2)
    assert set(bought_too_often()) == {first, second}
    with pytest.raises(PurchaseLimitReached):
        bought(bob)

    create_refund(payment=second)
    assert (held(), list(bought_too_often())) == ([first], [])
    assert [purchase.payment_id for purchase in seller.refunded] == [first.pk, second.pk]
    assert len(told(operator)) == 1


def test_what_came_back_while_the_other_was_being_paid_is_told_once_that_is_paid(
    local_stripe: LocalStripe,
    browser: stripe.StripeClient,
    deliver: Deliver,
    bob: User,
    operator: User,
    seller: Seller,
) -> None:
    first = bought(bob)
    create_refund(payment=first)
    waiting = buy(bob)
    refund_fails(local_stripe, deliver, first)
    assert (held(), told(operator)) == ([first], [])

    confirm(browser, waiting.client_secret or "")
    news(local_stripe, deliver, "payment_intent.succeeded")

    assert [each.stripe_id for each in held()] == [first.stripe_id, waiting.payment_intent_id]
    assert [said["payment"] for said in told(operator)] == [waiting.payment_intent_id]


@pytest.mark.parametrize("limits", [Limits(), Limits(per_person=2)], ids=["no limit", "a limit of two"])
def test_as_often_as_one_may_is_nobodys_concern(
    local_stripe: LocalStripe, deliver: Deliver, bob: User, operator: User, limits: Limits
) -> None:
    with selling(limits):
        first = bought(bob)
        create_refund(payment=first)
        bought(bob)
        refund_fails(local_stripe, deliver, first)
        assert (len(held()), told(operator), list(bought_too_often())) == (2, [], [])


def test_two_people_may_have_the_same_thing(
    local_stripe: LocalStripe, bob: User, alice: User, operator: User, seller: Seller
) -> None:
    bought(bob)
    bought(alice)
    assert (len(held()), told(operator), list(bought_too_often())) == (2, [], [])


def test_nobody_is_left_to_ask_about_somebody_erased(
    local_stripe: LocalStripe, deliver: Deliver, bob: User, operator: User, seller: Seller
) -> None:
    first = bought(bob)
    create_refund(payment=first)
    bought(bob)
    Payment.objects.update(user=None)
    refund_fails(local_stripe, deliver, first)
    assert (len(held()), told(operator), list(bought_too_often())) == (2, [], [])


def test_both_payments_wait_for_an_operator_on_the_first_page(
    local_stripe: LocalStripe, deliver: Deliver, client: Client, bob: User, operator: User, seller: Seller
) -> None:
    client.force_login(operator)
    assert client.get(reverse("admin:index")).context["findings"] == []
    first = bought(bob)
    create_refund(payment=first)
    second = bought(bob)
    refund_fails(local_stripe, deliver, first)

    [found] = client.get(reverse("admin:index")).context["findings"]

    assert (found.words, found.count, found.colour) == ("Payments for what one has too often", 2, "danger")
    listing = client.get(found.url).context["cl"]
    assert set(listing.queryset) == {first, second}
    assert listing.has_active_filters


def test_its_words_can_be_rendered(bob: User) -> None:
    kind = kinds.get(OPERATOR_BOUGHT_TWICE)
    assert faults(kind) == []
    data = {"description": "1 x <Elite>", "amount": "25.00 USD", "payment": "pi_1", "times": 2, "most": 1}
    rendered = render(kind, "email", "en", context_for(recipient=bob, data=data, action_url="/x"))
    for part in (rendered["text"], rendered["html"]):
        assert "25.00 USD" in part
        assert "2 times, and one may have it 1 time." in part
    assert "<Elite>" not in rendered["html"]
