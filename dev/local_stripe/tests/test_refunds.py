from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import subscribe
from dev.local_stripe.tests.test_control_and_pages import control

DAY = 86_400


def pay(client: Any, card: str = "pm_card_visa", **params: Any) -> Any:
    money = {"amount": 1000, "currency": "usd", "payment_method": card, "confirm": True}
    return client.payment_intents.create({**money, **params})


def test_a_payment_is_given_back_in_parts(server: LocalStripe, client: Any) -> None:
    intent = pay(client)
    params = {"payment_intent": intent.id, "amount": 300, "reason": "requested_by_customer", "metadata": {"a": "b"}}
    first = client.refunds.create({**params, "expand": ["balance_transaction", "charge"]})
    assert (first.status, first.amount, first.reason, first.currency) == (
        "succeeded",
        300,
        "requested_by_customer",
        "usd",
    )
    moved = first.balance_transaction
    assert (moved.amount, moved.fee, moved.net, moved.type, moved.source) == (-300, 0, -300, "refund", first.id)
    assert (first.charge.amount_refunded, first.charge.refunded) == (300, False)
    second = client.refunds.create({"charge": intent.latest_charge})
    assert second.amount == 700
    charge = client.charges.retrieve(intent.latest_charge)
    assert (charge.amount_refunded, charge.refunded) == (1000, True)
    for filters in ({"payment_intent": intent.id}, {"charge": charge.id}):
        assert [each.id for each in client.refunds.list(filters).data] == [second.id, first.id]
    named = client.refunds.update(first.id, {"metadata": {"seen": "yes"}})
    assert client.refunds.retrieve(first.id).metadata.to_dict() == named.metadata.to_dict() == {"a": "b", "seen": "yes"}
    assert [event["type"] for event in server.events() if "refund" in event["type"]] == [
        *("refund.created", "charge.refunded") * 2,
        *("refund.updated", "charge.refund.updated"),
    ]


def test_impossible_refunds_are_refused_and_change_nothing(server: LocalStripe, client: Any) -> None:
    intent = pay(client)
    client.refunds.create({"payment_intent": intent.id, "amount": 600})
    unpaid = client.payment_intents.create({"amount": 1000, "currency": "usd"})
    for params, code, param in (
        ({}, "parameter_missing", None),
        ({"payment_intent": "pi_none"}, "resource_missing", "payment_intent"),
        ({"charge": "ch_none"}, "resource_missing", "charge"),
        ({"payment_intent": unpaid.id}, None, "payment_intent"),
        ({"payment_intent": intent.id, "amount": 401}, None, "amount"),
        ({"payment_intent": intent.id, "amount": 0}, "parameter_invalid_integer", "amount"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.refunds.create(params)
        assert (caught.value.code, caught.value.param) == (code, param)
    client.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.refunds.create({"payment_intent": intent.id})
    assert caught.value.code == "charge_already_refunded"
    assert len(server.objects("refund")) == 2


def test_a_pending_refund_counts_at_once_and_succeeds_later(server: LocalStripe, client: Any) -> None:
    intent = pay(client, "pm_card_pendingRefund")
    refund = client.refunds.create({"payment_intent": intent.id})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    assert client.charges.retrieve(intent.latest_charge).refunded
    server.advance(2 * DAY)
    assert client.refunds.retrieve(refund.id).status == "succeeded"
    (event,) = server.events("refund.updated")
    assert event["data"]["previous_attributes"]["status"] == "pending"


def test_a_refund_that_fails_after_days_gives_the_money_back_to_the_account(server: LocalStripe, client: Any) -> None:
    intent = pay(client, "pm_card_refundFail")
    refund = client.refunds.create({"payment_intent": intent.id})
    assert refund.status == "succeeded"
    server.advance(2 * DAY)
    failed = client.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "unknown")
    assert failed.failure_balance_transaction.amount == 1000
    charge = client.charges.retrieve(intent.latest_charge)
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    assert len(server.events("refund.failed")) == 1
    again = client.refunds.create({"payment_intent": intent.id})
    assert again.id != refund.id


def test_a_test_says_what_becomes_of_a_refund(server: LocalStripe, client: Any) -> None:
    intent = pay(client, "pm_card_pendingRefund")
    one, two, three = (client.refunds.create({"payment_intent": intent.id, "amount": 100}) for _ in range(3))
    assert server.settle_refund(one.id)["status"] == "succeeded"
    lost = server.settle_refund(one.id, "failed", failure_reason="lost_or_stolen_card")
    assert (lost["status"], lost["failure_reason"]) == ("failed", "lost_or_stolen_card")
    status, answer = control(server, "POST", f"settle_refund/{two.id}", status="canceled")
    assert (status, answer["status"], answer["failure_reason"]) == (200, "canceled", None)
    assert client.charges.retrieve(intent.latest_charge).amount_refunded == 100
    assert control(server, "POST", f"settle_refund/{two.id}", status="succeeded")[0] == 400
    assert control(server, "POST", f"settle_refund/{three.id}", stauts="failed")[0] == 400
    with pytest.raises(Exception, match="cannot become lost"):
        server.settle_refund(three.id, "lost")


def test_the_payment_of_an_invoice_is_given_back(client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer, expand=["latest_invoice.payments"])
    intent = subscription.latest_invoice.payments.data[0].payment.payment_intent
    refund = client.refunds.create({"payment_intent": intent})
    assert (refund.amount, refund.customer) == (999, customer.id)
    assert client.subscriptions.retrieve(subscription.id).status == "active"
