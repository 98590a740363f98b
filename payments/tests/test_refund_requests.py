"""What customers ask to have back: given at once within the policy, else decided by an operator."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import stripe
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Plan, User
from conftest import Api
from dev.local_stripe import LocalStripe
from notifications.models import Notification
from numerai.common import clock
from numerai.common.errors import NotFound
from numerai.common.models import AuditEntry
from payments import sync
from payments.gateway import ChargeDisputed, RefundTooLarge, StripeUnavailable
from payments.models import (
    BillingOperation,
    OperationState,
    Payment,
    Refund,
    RefundRequest,
    RequestState,
    Subscription,
)
from payments.privacy import erase, export
from payments.services import (
    approve_refund_request,
    change_plan,
    create_refund,
    create_subscription,
    refuse_refund_request,
    request_refund,
    sweep_operations,
)
from payments.services.refunds.policy import is_given_at_once, most_at_once
from payments.services.refunds.requesting import REPEATED_WITHIN, RefundRequestDecided
from payments.services.settling import SWEPT_AFTER
from payments.tests.delivering import Deliver, asked
from payments.tests.factories import paid_invoice, paid_payment, paid_subscription
from payments.tests.paying import balance, buy, hear, subscribe
from payments.tests.racing import together
from payments.tests.selling import Seller, selling
from payments.tests.test_settling import age

REFUNDS = "/v1/refunds"
WHY = {"reason": "I bought the wrong plan."}


@pytest.fixture(autouse=True)
def seller() -> Iterator[Seller]:
    with selling() as found:
        yield found


def url(payment: Payment) -> str:
    return f"/api/v1/payments/{payment.pk}/refund/"


def ask(client: Any, payment: Payment, body: Any = None, key: str = "") -> Any:
    return client.post(url(payment), body or WHY, headers={"Idempotency-Key": key} if key else {})


def made(server: LocalStripe) -> list[int]:
    return [refund["amount"] for refund in server.objects("refund")]


def kinds_told(user: User) -> list[str]:
    told = Notification.objects.filter(recipient=user, kind__contains="refund").order_by("pk")
    return list(told.values_list("kind", flat=True))


def test_a_recent_payment_is_given_back_at_once(api: Api, local_stripe: LocalStripe, bob: User, operator: User) -> None:
    payment = subscribe(bob)
    assert api(bob).get(url(payment)).json() == {
        "status": "none",
        "payment_id": str(payment.pk),
        "currency": "usd",
        "amount": "9.99",
        "amount_refunded": "0.00",
        "refundable": "9.99",
        "request": None,
        "refunds": [],
    }

    answer = ask(api(bob), payment)

    refund, request = Refund.objects.get(), RefundRequest.objects.get()
    body = answer.json()
    assert (answer.status_code, body["status"], body["amount_refunded"], body["refundable"]) == (
        200,
        "refunded",
        "9.99",
        "0.00",
    )
    assert (body["request"]["id"], body["request"]["state"]) == (str(request.pk), "approved")
    assert [each["id"] for each in body["refunds"]] == [str(refund.pk)]
    assert (refund.origin, refund.request, request.state, request.decided_by) == (
        "customer",
        request,
        RequestState.APPROVED,
        None,
    )
    assert api(bob).get(url(payment)).json() == body
    assert kinds_told(bob) == ["payments.refund_made"]
    assert kinds_told(operator) == []


def test_rule_79_who_has_the_whole_period_back_does_not_keep_it(
    api: Api, local_stripe: LocalStripe, bob: User, operator: User
) -> None:
    payment = subscribe(bob)
    create_refund(payment=payment, amount=998, actor=operator)
    bob.refresh_from_db()
    assert (bob.subscription_plan, Subscription.objects.get().status) == (Plan.BASIC, "active")
    assert ask(api(bob), payment).status_code == 200
    bob.refresh_from_db()
    assert (bob.subscription_plan, Subscription.objects.get().status) == (Plan.FREE, "canceled")


def test_nobody_keeps_what_they_have_nearly_all_the_money_of_back(
    api: Api, local_stripe: LocalStripe, bob: User
) -> None:
    payment = subscribe(bob)
    answer = ask(api(bob), payment, WHY | {"amount": "9.98"})
    assert (answer.status_code, answer.json()["status"], made(local_stripe)) == (202, "under_review", [])


def test_a_bill_before_an_upgrade_is_not_given_back_while_the_upgrade_goes_on(
    api: Api, local_stripe: LocalStripe, bob: User
) -> None:
    payment = subscribe(bob)
    change_plan(user=bob, plan="premium")
    answer = ask(api(bob), payment)
    assert (answer.status_code, answer.json()["status"], made(local_stripe)) == (202, "under_review", [])


def test_whoever_had_something_back_at_once_waits_for_an_operator_the_next_time(
    api: Api, local_stripe: LocalStripe, bob: User
) -> None:
    assert ask(api(bob), subscribe(bob)).status_code == 200
    create_subscription(user=bob, plan="basic", payment_method_id="pm_card_visa")
    again = Payment.objects.get(invoice__subscription__status="active")
    assert (ask(api(bob), again).status_code, made(local_stripe)) == (202, [999])


def test_what_the_policy_does_not_cover_waits_for_an_operator(
    api: Api, local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    answer = ask(api(bob), payment, WHY | {"amount": "4.00"})
    body = answer.json()
    assert (answer.status_code, body["status"]) == (202, "under_review")
    assert (body["request"]["amount"], body["request"]["state"], body["request"]["decided_at"]) == (
        "4.00",
        "open",
        None,
    )
    assert (kinds_told(bob), kinds_told(operator)) == (
        ["payments.refund_request_received"],
        ["payments.operator_refund_requested"],
    )
    assert made(local_stripe) == []

    again = ask(api(bob), payment, {"reason": "Please!", "amount": "5.00"})
    assert (again.status_code, again.json()) == (202, body)
    assert RefundRequest.objects.count() == 1
    assert len(kinds_told(operator)) == 1


def test_rule_77_clicks_at_once_and_one_after_another_are_one_request(
    api: Api, local_stripe: LocalStripe, bob: User
) -> None:
    payment = subscribe(bob)
    bodies = together(4, lambda _: ask(api(bob), payment))
    assert {answer.status_code for answer in bodies} <= {200, 409}
    assert ask(api(bob), payment).status_code == 200
    assert (made(local_stripe), RefundRequest.objects.count()) == ([999], 1)


def test_a_wish_for_a_part_that_was_granted_a_moment_ago_is_answered_again(
    api: Api, local_stripe: LocalStripe, bob: User, operator: User
) -> None:
    payment, part = subscribe(bob), WHY | {"amount": "3.00"}
    assert ask(api(bob), payment, part).status_code == 202
    approve_refund_request(RefundRequest.objects.get(), by=operator)
    assert ask(api(bob), payment, part).json()["status"] == "partially_refunded"
    assert ask(api(bob), payment, part | {"reason": "Another reason"}).status_code == 202
    refuse_refund_request(RefundRequest.objects.get(state=RequestState.OPEN), by=operator, answer="No.")
    RefundRequest.objects.update(created_at=clock.now() - REPEATED_WITHIN)
    assert ask(api(bob), payment, part).status_code == 202
    assert (made(local_stripe), RefundRequest.objects.count()) == ([300], 3)


def test_a_repeated_wish_for_everything_is_answered_again(api: Api, local_stripe: LocalStripe, bob: User) -> None:
    payment = subscribe(bob)
    first, again = ask(api(bob), payment), ask(api(bob), payment)
    assert (first.status_code, again.json()) == (200, first.json())
    other = ask(api(bob), payment, {"reason": "Another reason"})
    assert (other.status_code, other.json()["code"]) == (409, "charge_already_refunded")
    assert made(local_stripe) == [999]


def test_the_same_key_gives_the_same_answer_and_serves_nothing_else(
    api: Api, local_stripe: LocalStripe, bob: User
) -> None:
    payment = subscribe(bob)
    assert ask(api(bob), payment, key="key-1").status_code == 200
    RefundRequest.objects.update(created_at=clock.now() - REPEATED_WITHIN)
    assert ask(api(bob), payment, key="key-1").status_code == 200
    other = ask(api(bob), payment, WHY | {"amount": "4.00"}, "key-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert made(local_stripe) == [999]


def test_a_lost_answer_is_found_for_whoever_asks_again(api: Api, local_stripe: LocalStripe, bob: User) -> None:
    payment = subscribe(bob)
    local_stripe.faults.api(method="POST", path_prefix=REFUNDS, close_after_commit=True, times=3)
    assert ask(api(bob), payment, key="key-1").status_code == 503
    assert RefundRequest.objects.get().state == RequestState.OPEN
    answer = ask(api(bob), payment, key="key-1")
    assert (answer.status_code, answer.json()["status"]) == (200, "refunded")
    assert Subscription.objects.get().status == "canceled"
    assert made(local_stripe) == [999]
    assert len(set(asked(local_stripe, "POST", REFUNDS))) == 1


def test_a_lost_answer_is_found_by_the_sweep(api: Api, local_stripe: LocalStripe, bob: User) -> None:
    payment = subscribe(bob)
    local_stripe.faults.api(method="POST", path_prefix=REFUNDS, close_after_commit=True, times=3)
    assert ask(api(bob), payment, key="key-1").status_code == 503
    age(SWEPT_AFTER)
    sweep_operations()
    request = RefundRequest.objects.get()
    assert request.state == RequestState.APPROVED
    assert BillingOperation.objects.get(kind="create_refund").result == {
        "refund": str(Refund.objects.get().pk),
        "request": str(request.pk),
    }
    assert Subscription.objects.get().status == "canceled"
    assert ask(api(bob), payment, key="key-1").status_code == 200


def test_a_refund_at_once_that_stripe_refuses_leaves_no_open_request(
    api: Api, local_stripe: LocalStripe, bob: User
) -> None:
    payment = subscribe(bob)
    local_stripe.dispute(payment.stripe_id)
    answer = ask(api(bob), payment)
    assert (answer.status_code, answer.json()["code"]) == (409, "charge_disputed")
    assert RefundRequest.objects.get().state == RequestState.WITHDRAWN
    assert api(bob).get(url(payment)).json()["status"] == "none"
    assert Subscription.objects.get().status == "active"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        (WHY | {"amount": "-1"}, "amount"),
        (WHY | {"amount": "1.999"}, "amount"),
        (WHY | {"amount": "0.00"}, "amount"),
        (WHY | {"amount": "1e3"}, "amount"),
        (WHY | {"amount": "NaN"}, "amount"),
        (WHY | {"amount": "9" * 30}, "amount"),
        (WHY | {"amount": {}}, "amount"),
    ],
)
def test_bad_input_is_refused(api: Api, local_stripe: LocalStripe, bob: User, body: dict[str, Any], field: str) -> None:
    payment = subscribe(bob)
    answer = api(bob).post(url(payment), body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not RefundRequest.objects.exists()
    assert not BillingOperation.objects.filter(kind="create_refund").exists()


def test_amounts_are_those_of_the_currency(
    api: Api, local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User
) -> None:
    yen = buy(browser, bob, amount=500, currency="jpy")
    assert ask(api(bob), yen, WHY | {"amount": "1.5"}).json()["code"] == "validation_error"
    body = ask(api(bob), yen, WHY | {"amount": "200"}).json()
    assert (body["status"], body["amount"], body["request"]["amount"]) == ("under_review", "500", "200")
    assert RefundRequest.objects.get().amount == 200


def test_what_there_is_not_is_refused(api: Api, local_stripe: LocalStripe, bob: User) -> None:
    payment = subscribe(bob)
    too_large = ask(api(bob), payment, WHY | {"amount": "10.00"})
    assert (too_large.status_code, too_large.json()["code"]) == (400, "refund_too_large")
    unpaid = paid_payment(payment.invoice, status="requires_payment_method", paid_at=None)  # type: ignore[arg-type]
    answer = ask(api(bob), unpaid)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_refundable")
    assert not RefundRequest.objects.exists()
    assert made(local_stripe) == []


def test_somebody_elses_payment_does_not_exist(api: Api, local_stripe: LocalStripe, bob: User, charlie: User) -> None:
    payment = subscribe(bob)
    for client, expected in ((api(charlie), 404), (api(None), 401)):
        assert client.get(url(payment)).status_code == expected
        assert ask(client, payment).status_code == expected
    assert api(bob).get(f"/api/v1/payments/{uuid4()}/refund/").status_code == 404
    assert api(bob).get("/api/v1/payments/1/refund/").status_code == 404
    Payment.objects.filter(pk=payment.pk)
    other_mode = paid_payment(payment.invoice, livemode=True)  # type: ignore[arg-type]
    assert ask(api(bob), other_mode).status_code == 404
    assert not RefundRequest.objects.exists()


def test_the_service_knows_whose_payment_it_is(local_stripe: LocalStripe, bob: User, charlie: User) -> None:
    payment = subscribe(bob)
    with pytest.raises(NotFound):
        request_refund(user=charlie, payment_id=payment.pk, reason="Mine!")
    assert not RefundRequest.objects.exists()


def test_what_was_asked_given_back_and_disputed_is_exported_and_erased(
    api: Api, local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, charlie: User, operator: User
) -> None:
    first, second = buy(browser, bob), buy(browser, bob, reference="row 2")
    ask(api(bob), first, WHY | {"amount": "4.00"})
    refuse_refund_request(RefundRequest.objects.get(), by=operator, answer="It took place.")
    create_refund(payment=first, amount=300, actor=operator)
    sync.sync_dispute(local_stripe.dispute(second.stripe_id)["id"])
    told = json.loads(json.dumps(export(bob.pk)))
    [refund], [request], [dispute] = told["refunds"], told["refund_requests"], told["disputes"]
    assert (refund["amount"], refund["status"]) == ("3.00", "succeeded")
    assert (request["amount"], request["reason"], request["state"], request["answer"]) == (
        "4.00",
        WHY["reason"],
        "refused",
        "It took place.",
    )
    assert (dispute["amount"], dispute["status"], dispute["closed_at"]) == ("10.00", "needs_response", None)
    theirs = export(charlie.pk)
    assert [theirs[name] for name in ("refunds", "refund_requests", "disputes")] == [[], [], []]

    local_stripe.close_dispute(local_stripe.objects("dispute")[0]["id"], "won")
    sync.sync_dispute(local_stripe.objects("dispute")[0]["id"])
    with transaction.atomic():
        erase(bob.pk)
    theirs_too = Notification.objects.filter(recipient=operator)
    assert theirs_too.filter(kind="payments.operator_refund_requested").count() == 1
    assert not any(WHY["reason"] in f"{told.data} {told.message}" for told in theirs_too)
    kept = RefundRequest.objects.get()
    assert (kept.user, kept.reason, kept.answer, kept.amount) == (None, "", "", 400)
    words = AuditEntry.objects.filter(object_type="payments.refundrequest").values_list("before", "after")
    assert words
    assert WHY["reason"] not in str(list(words))
    assert "It took place." not in str(list(words))


def test_wishes_are_limited(api: Api, local_stripe: LocalStripe, settings: Settings, bob: User) -> None:
    settings.RATE_LIMIT_ENABLED = True
    payment = subscribe(bob)
    client = api(bob)
    answers = [ask(client, payment, WHY | {"amount": "99.00"}).status_code for _ in range(21)]
    assert answers == [400] * 20 + [429]


def test_reading_costs_three_queries(api: Api, local_stripe: LocalStripe, bob: User) -> None:
    payment = subscribe(bob)
    client = api(bob)
    client.get(url(payment))
    with CaptureQueriesContext(connection) as few:
        client.get(url(payment))
    ask(client, payment)
    with CaptureQueriesContext(connection) as more:
        client.get(url(payment))
    assert len(more) == len(few) == 4


def test_the_words_for_how_it_stands(
    api: Api,
    local_stripe: LocalStripe,
    browser: stripe.StripeClient,
    deliver: Deliver,
    bob: User,
    operator: User,
) -> None:
    payment = buy(browser, bob, card="pm_card_pendingRefund")

    def status() -> str:
        return str(api(bob).get(url(payment)).json()["status"])

    refund = create_refund(payment=payment, actor=operator)
    assert status() == "pending"
    Refund.objects.update(status="requires_action")
    assert status() == "requires_action"
    Refund.objects.update(status="hibernating")
    assert status() == "pending"
    Refund.objects.update(status="pending")
    local_stripe.settle_refund(refund.stripe_id, "failed")
    hear(local_stripe, deliver, "refund.failed")
    assert status() == "failed"
    assert ask(api(bob), payment).json()["status"] == "under_review"
    refuse_refund_request(RefundRequest.objects.get(), by=operator, answer="We cannot.")
    assert status() == "refused"
    create_refund(payment=payment, actor=operator)
    assert status() == "pending"


def test_an_operator_approves(
    api: Api, local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    ask(api(bob), payment, WHY | {"amount": "4.00"})
    request = RefundRequest.objects.get()

    refund = approve_refund_request(request, by=operator, answer="With pleasure.")

    assert (request.state, request.decided_by, request.answer) == (RequestState.APPROVED, operator, "With pleasure.")
    assert (refund.amount, refund.origin, refund.request) == (400, "operator", request)
    assert kinds_told(bob) == ["payments.refund_request_received", "payments.refund_made"]
    told = Notification.objects.get(kind="payments.refund_made")
    assert told.message.count("With pleasure.") == 1
    assert api(bob).get(url(payment)).json()["request"]["answer"] == "With pleasure."
    with pytest.raises(RefundRequestDecided):
        approve_refund_request(request, by=operator)
    with pytest.raises(RefundRequestDecided):
        refuse_refund_request(request, by=operator, answer="No.")
    assert made(local_stripe) == [400]
    assert api(bob).get(url(payment)).json()["status"] == "partially_refunded"


def test_words_of_an_approval_that_failed_are_kept_from_the_person(
    api: Api, local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    ask(api(bob), payment, WHY | {"amount": "4.00"})
    request = RefundRequest.objects.get()
    create_refund(payment=payment, amount=700, actor=operator)
    with pytest.raises(RefundTooLarge):
        approve_refund_request(request, by=operator, answer="With pleasure.")
    shown = api(bob).get(url(payment)).json()["request"]
    assert (shown["state"], shown["answer"]) == ("open", "")
    refuse_refund_request(request, by=operator, answer="Not any more.")
    shown = api(bob).get(url(payment)).json()["request"]
    assert (shown["state"], shown["answer"]) == ("refused", "Not any more.")
    for name in ("created_at", "decided_at"):
        assert shown[name] == getattr(request, name).isoformat(timespec="seconds").replace("+00:00", "Z")


@pytest.mark.usefixtures("_patience")
def test_two_operators_approve_once(
    api: Api, local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    ask(api(bob), payment, WHY | {"amount": "4.00"})

    def approve(_: int) -> str:
        try:
            approve_refund_request(RefundRequest.objects.get(), by=operator)
        except RefundRequestDecided:
            return "decided"
        return "approved"

    assert sorted(together(2, approve)) == ["approved", "decided"]
    assert made(local_stripe) == [400]


def test_an_operator_refuses_with_an_answer(
    api: Api, local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    ask(api(bob), payment)
    request = RefundRequest.objects.get()

    refuse_refund_request(request, by=operator, answer="The concert took place.")

    body = api(bob).get(url(payment)).json()
    assert (body["status"], body["request"]["answer"]) == ("refused", "The concert took place.")
    assert (request.state, request.decided_by) == (RequestState.REFUSED, operator)
    told = Notification.objects.get(kind="payments.refund_request_refused")
    assert "The concert took place." in told.message
    assert made(local_stripe) == []
    assert ask(api(bob), payment, {"reason": "It did not!"}).status_code == 202
    assert RefundRequest.objects.count() == 2


def test_what_may_have_been_given_back_is_not_refused(
    api: Api, local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    ask(api(bob), payment)
    request = RefundRequest.objects.get()
    local_stripe.faults.api(method="POST", path_prefix=REFUNDS, close_after_commit=True, times=3)
    with pytest.raises(StripeUnavailable):
        approve_refund_request(request, by=operator)
    with pytest.raises(RefundRequestDecided):
        refuse_refund_request(request, by=operator, answer="No.")
    request.refresh_from_db()
    assert (request.state, made(local_stripe)) == (RequestState.APPROVED, [1000])
    assert BillingOperation.objects.filter(kind="create_refund", state=OperationState.SUCCEEDED).count() == 2


def test_an_approval_that_stripe_refuses_leaves_the_request_open(
    api: Api, local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    ask(api(bob), payment)
    dispute = local_stripe.dispute(payment.stripe_id)
    request = RefundRequest.objects.get()
    with pytest.raises(ChargeDisputed):
        approve_refund_request(request, by=operator)
    request.refresh_from_db()
    assert request.state == RequestState.OPEN
    local_stripe.close_dispute(dispute["id"], "won")
    approve_refund_request(request, by=operator)
    assert made(local_stripe) == [1000]


def test_an_approval_can_end_the_subscription(
    api: Api, local_stripe: LocalStripe, settings: Settings, bob: User, operator: User
) -> None:
    settings.REFUND_AUTO_DAYS = 0
    payment = subscribe(bob)
    assert ask(api(bob), payment).status_code == 202
    approve_refund_request(RefundRequest.objects.get(), by=operator, end_subscription=True)
    assert Subscription.objects.get().status == "canceled"


def test_a_request_of_somebody_erased_is_decided_without_telling_anybody(
    api: Api, local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    first, second = buy(browser, bob), buy(browser, bob, reference="row 2")
    ask(api(bob), first)
    ask(api(bob), second)
    with transaction.atomic():
        erase(bob.pk)
    refuse_refund_request(RefundRequest.objects.get(payment=first), by=operator, answer="No.")
    approve_refund_request(RefundRequest.objects.get(payment=second), by=operator)
    assert made(local_stripe) == [1000]
    assert balance(second) == 0
    assert not Notification.objects.filter(kind__in=["payments.refund_made", "payments.refund_request_refused"])


def test_a_request_named_by_a_foreign_refund_is_not_approved(
    api: Api, local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    first, second = buy(browser, bob), buy(browser, bob, reference="row 2")
    ask(api(bob), first)
    request = RefundRequest.objects.get()
    browser.v1.refunds.create({"payment_intent": second.stripe_id, "metadata": {"refund_request_id": str(request.pk)}})
    sync.sync_refunds(second.stripe_id)
    request.refresh_from_db()
    assert (request.state, Refund.objects.get().request) == (RequestState.OPEN, None)


def test_a_request_for_what_was_given_back_by_another_way_waits_for_nobody(
    api: Api, local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    assert ask(api(bob), payment).status_code == 202
    create_refund(payment=payment, amount=400, actor=operator)
    assert RefundRequest.objects.get().state == RequestState.OPEN
    create_refund(payment=payment, actor=operator)
    request = RefundRequest.objects.get()
    assert (request.state, request.decided_at is not None) == (RequestState.WITHDRAWN, True)
    assert api(bob).get(url(payment)).json()["status"] == "refunded"
    assert ask(api(bob), payment).json()["code"] == "charge_already_refunded"


@pytest.mark.django_db
class TestPolicy:
    def payment(self, bob: User, **changes: Any) -> Payment:
        subscription = Subscription.objects.filter(user=bob).first() or paid_subscription(bob)
        invoice = paid_invoice(subscription)
        Subscription.objects.filter(pk=subscription.pk).update(latest_invoice_id=invoice.stripe_id)
        subscription.refresh_from_db()
        return paid_payment(invoice, **({"amount": 3000} | changes))

    def test_bounds(self, bob: User, settings: Settings) -> None:
        settings.REFUND_AUTO_DAYS, settings.REFUND_AUTO_MAX = 14, {"usd": "30.00", "jpy": "500"}
        assert is_given_at_once(self.payment(bob), 3000)
        assert not is_given_at_once(self.payment(bob), 2999)
        assert not is_given_at_once(self.payment(bob, amount=3001), 3001)
        assert is_given_at_once(self.payment(bob, amount_refunded=1), 2999)
        almost = clock.now() - timedelta(days=14) + timedelta(minutes=1)
        assert is_given_at_once(self.payment(bob, paid_at=almost), 3000)
        assert not is_given_at_once(self.payment(bob, paid_at=clock.now() - timedelta(days=14)), 3000)
        assert not is_given_at_once(self.payment(bob, kind="ticket"), 3000)
        assert not is_given_at_once(self.payment(bob, currency="eur"), 3000)
        assert not is_given_at_once(self.payment(bob, fraud_warning_id="issfr_1"), 3000)
        settings.REFUND_AUTO_KINDS = ["subscription", "ticket"]
        assert is_given_at_once(self.payment(bob, kind="ticket"), 3000)
        assert (most_at_once("jpy"), most_at_once("eur")) == (500, 0)

    def test_nought_days_leave_all_to_operators(self, bob: User, settings: Settings) -> None:
        settings.REFUND_AUTO_DAYS = 0
        assert not is_given_at_once(self.payment(bob), 3000)
