"""Operators see what was given back and disputed, and give back and decide through the same services."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from dev.local_stripe import LocalStripe
from numerai.common import clock
from payments import sync
from payments.admin.deciding import TOLD
from payments.models import Dispute, LedgerEntry, Payment, Refund, RefundRequest, RequestState, Subscription
from payments.services import create_refund, request_refund
from payments.tests.paying import balance, buy, subscribe
from payments.tests.selling import Seller, selling

MODELS = (Refund, RefundRequest, Dispute, LedgerEntry, Payment)


@pytest.fixture(autouse=True)
def seller() -> Iterator[Seller]:
    with selling() as found:
        yield found


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


@pytest.fixture
def payment(local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User) -> Payment:
    return buy(browser, bob)


def page(model: Any, name: str, *arguments: object) -> str:
    return reverse(f"admin:payments_{model._meta.model_name}_{name}", args=arguments)


def messages(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def filled(desk: Client, url: str, **answers: str) -> dict[str, str]:
    """The form as the page shows it, with what the operator fills in."""
    text = desk.get(url).content.decode()
    key = re.search(r'name="key" value="([0-9a-f]+)"', text)
    shown = {"amount": "10.00", "reason": "duplicate"} | ({"key": key.group(1)} if key else {})
    return shown | answers


def test_lists_and_pages_open_and_change_nothing(
    desk: Client, local_stripe: LocalStripe, payment: Payment, operator: User, bob: User
) -> None:
    request_refund(user=bob, payment_id=payment.pk, reason="Why not?", amount=100)
    create_refund(payment=payment, amount=300, actor=operator)
    sync.sync_dispute(local_stripe.dispute(payment.stripe_id)["id"])
    for model in MODELS:
        row = model._default_manager.order_by("pk").first()
        assert row is not None
        assert desk.get(page(model, "changelist")).status_code == 200
        assert desk.get(page(model, "change", row.pk)).status_code == 200
        assert desk.post(page(model, "change", row.pk), {"status": "failed"}).status_code == 403
        assert desk.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert desk.get(page(model, "changelist"), {"q": payment.stripe_id}).context["cl"].result_count >= 1
    text = desk.get(page(Payment, "change", payment.pk)).content.decode()
    for row in (Refund.objects.get(), RefundRequest.objects.get(), Dispute.objects.get()):
        assert page(type(row), "change", row.pk) in text
    assert page(Payment, "refund", payment.pk) in text


def test_a_list_costs_a_fixed_number_of_queries(
    desk: Client, local_stripe: LocalStripe, browser: stripe.StripeClient, payment: Payment, operator: User, bob: User
) -> None:
    def more(row: Payment) -> None:
        request_refund(user=bob, payment_id=row.pk, reason="Why not?", amount=100)
        create_refund(payment=row, amount=300, actor=operator)
        sync.sync_dispute(local_stripe.dispute(row.stripe_id)["id"])

    def counts() -> list[int]:
        found = []
        for model in MODELS:
            with CaptureQueriesContext(connection) as queries:
                desk.get(page(model, "changelist"))
            found.append(len(queries))
        return found

    more(payment)
    counts()
    few = counts()
    more(buy(browser, bob, reference="row 2"))
    assert counts() == few


def test_days_left(desk: Client, local_stripe: LocalStripe, payment: Payment) -> None:
    sync.sync_dispute(local_stripe.dispute(payment.stripe_id)["id"])

    def shown() -> str:
        text = desk.get(page(Dispute, "changelist")).content.decode()
        found = re.search(r"field-days_left[^>]*>\s*([^<]*?)\s*<", text)
        assert found is not None
        return found.group(1)

    for due, status, expected in (
        (clock.now() + timedelta(days=3, hours=1), "needs_response", "3"),
        (clock.now() - timedelta(days=1), "needs_response", "too late"),
        (None, "needs_response", "-"),
        (clock.now() + timedelta(days=3), "won", "-"),
    ):
        Dispute.objects.update(evidence_due_by=due, status=status)
        assert shown() == expected


def test_an_operator_gives_a_part_back_after_a_page_that_asks(
    desk: Client, local_stripe: LocalStripe, payment: Payment, operator: User
) -> None:
    url = page(Payment, "refund", payment.pk)
    asked = desk.get(url)
    assert asked.status_code == 200
    assert "10.00 USD were paid" in asked.content.decode()
    assert "end_subscription" not in asked.content.decode()
    assert not Refund.objects.exists()

    form = filled(desk, url, amount="4.00")
    answer = desk.post(url, form, follow=True)
    assert messages(answer) == ["4.00 USD given back; at Stripe it is succeeded."]
    assert answer.redirect_chain == [(page(Payment, "change", payment.pk), 302)]
    refund = Refund.objects.get()
    assert (refund.amount, refund.origin, refund.reason) == (400, "operator", "duplicate")

    desk.post(url, form)
    assert len(local_stripe.objects("refund")) == 1
    assert balance(payment) == 600


@pytest.mark.parametrize("amount", ["", "x", "-1", "1.005"])
def test_a_wrong_amount_is_asked_for_again(
    desk: Client, local_stripe: LocalStripe, payment: Payment, amount: str
) -> None:
    url = page(Payment, "refund", payment.pk)
    answer = desk.post(url, filled(desk, url, amount=amount))
    assert (answer.status_code, "amount" in answer.context["form"].errors) == (200, True)
    assert local_stripe.objects("refund") == []


def test_a_refusal_is_shown(desk: Client, local_stripe: LocalStripe, payment: Payment) -> None:
    url = page(Payment, "refund", payment.pk)
    answer = desk.post(url, filled(desk, url, amount="11.00"), follow=True)
    assert messages(answer) == ["At most 10.00 USD of this payment can be given back."]
    assert desk.get(page(Payment, "refund", "00000000-0000-0000-0000-000000000000")).status_code == 404


def test_a_subscription_ends_with_its_refund_if_the_operator_says_so(
    desk: Client, local_stripe: LocalStripe, bob: User
) -> None:
    payment = subscribe(bob)
    url = page(Payment, "refund", payment.pk)
    assert "end_subscription" in desk.get(url).content.decode()
    desk.post(url, filled(desk, url, amount="9.99", end_subscription="on"))
    assert Subscription.objects.get().status == "canceled"


def test_an_operator_approves_and_refuses(
    desk: Client, local_stripe: LocalStripe, browser: stripe.StripeClient, payment: Payment, operator: User, bob: User
) -> None:
    first = request_refund(user=bob, payment_id=payment.pk, reason="It rained.")
    approve = page(RefundRequest, "approve", first.pk)
    asked = desk.get(approve).content.decode()
    assert "It rained." in asked
    assert TOLD in asked
    shown = desk.get(page(RefundRequest, "change", first.pk)).content.decode()
    assert all(page(RefundRequest, verb, first.pk) in shown for verb in ("approve", "refuse"))
    answer = desk.post(approve, {}, follow=True)
    assert messages(answer) == ["10.00 USD given back; at Stripe it is succeeded."]
    first.refresh_from_db()
    assert (first.state, first.decided_by) == (RequestState.APPROVED, operator)
    assert messages(desk.post(approve, {}, follow=True)) == ["This request has been decided already."]
    shown = desk.get(page(RefundRequest, "change", first.pk)).content.decode()
    assert not any(page(RefundRequest, verb, first.pk) in shown for verb in ("approve", "refuse"))
    assert "operator@example.com" in re.sub(r"(?s).*field-decider", "", shown)

    second = request_refund(user=bob, payment_id=buy(browser, bob, reference="row 2").pk, reason="It rained.")
    refuse = page(RefundRequest, "refuse", second.pk)
    assert TOLD in desk.get(refuse).content.decode()
    silent = desk.post(refuse, {"answer": " "})
    assert (silent.status_code, "answer" in silent.context["form"].errors) == (200, True)
    answer = desk.post(refuse, {"answer": "It was indoors."}, follow=True)
    assert messages(answer) == ["Refused; the person has been told."]
    second.refresh_from_db()
    assert (second.state, second.answer) == (RequestState.REFUSED, "It was indoors.")
    assert [each["amount"] for each in local_stripe.objects("refund")] == [1000]


def test_what_the_policy_gave_back_was_decided_automatically(
    desk: Client, payment: Payment, bob: User, settings: Settings
) -> None:
    settings.REFUND_AUTO_KINDS = [payment.kind]
    settings.REFUND_AUTO_DAYS = 14
    settings.REFUND_AUTO_MAX = {"usd": "100.00"}
    request = request_refund(user=bob, payment_id=payment.pk, reason="It rained.")
    assert request.state == RequestState.APPROVED
    shown = desk.get(page(RefundRequest, "change", request.pk)).content.decode()
    assert "automatically" in shown
    assert page(RefundRequest, "approve", request.pk) not in shown


def test_looking_is_not_enough_to_decide(
    client: Client, local_stripe: LocalStripe, payment: Payment, bob: User, charlie: User
) -> None:
    request = request_refund(user=bob, payment_id=payment.pk, reason="It rained.")
    charlie.is_staff = True
    charlie.save()
    for codename in ("view_refundrequest", "view_payment"):
        charlie.user_permissions.add(Permission.objects.get(codename=codename))
    client.force_login(charlie)
    urls = [
        page(RefundRequest, "approve", request.pk),
        page(RefundRequest, "refuse", request.pk),
        page(Payment, "refund", payment.pk),
    ]
    for url in urls:
        assert client.get(url).status_code == 403
        assert client.post(url, {"answer": "x", "amount": "1.00", "reason": "duplicate", "key": "k"}).status_code == 403
    assert local_stripe.objects("refund") == []
    for codename in ("decide_refundrequest", "refund_payment"):
        charlie.user_permissions.add(Permission.objects.get(codename=codename))
    for url in urls:
        assert client.get(url).status_code == 200
    client.logout()
    for url in urls:
        assert client.get(url).status_code == 302


def test_rule_77_an_operator_who_got_no_answer_gives_a_part_back_once(
    desk: Client, local_stripe: LocalStripe, payment: Payment
) -> None:
    url = page(Payment, "refund", payment.pk)
    local_stripe.faults.api(method="POST", path_prefix="/v1/refunds", close_after_commit=True, times=3)
    unclear = desk.post(url, filled(desk, url, amount="3.00"))
    assert (unclear.status_code, Refund.objects.count()) == (200, 0)
    [told] = messages(unclear)
    assert "unavailable" in told
    shown = re.search(r'name="key" value="([0-9a-f]+)"', unclear.content.decode())
    assert shown is not None

    answer = desk.post(url, {"amount": "3.00", "reason": "duplicate", "key": shown.group(1)}, follow=True)

    assert messages(answer) == ["3.00 USD given back; at Stripe it is succeeded."]
    assert [refund["amount"] for refund in local_stripe.objects("refund")] == [300]
