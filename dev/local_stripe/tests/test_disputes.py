from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.test_control_and_pages import control
from dev.local_stripe.tests.test_refunds import DAY, pay


def types(server: LocalStripe) -> list[str]:
    return [event["type"] for event in server.events() if "dispute" in event["type"]]


def test_a_dispute_takes_the_money_and_is_lost(server: LocalStripe, client: Any) -> None:
    intent = pay(client)
    opened = server.dispute(intent.id, reason="product_not_received")
    dispute = client.disputes.retrieve(opened["id"], {"expand": ["charge", "payment_intent"]})
    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", "product_not_received", 1000)
    assert (dispute.charge.disputed, dispute.payment_intent.id) == (True, intent.id)
    assert (dispute.is_charge_refundable, dispute.evidence_details.past_due) == (False, False)
    assert dispute.evidence_details.due_by > server.now()
    (taken,) = dispute.balance_transactions
    assert (taken.amount, taken.fee, taken.net, taken.reporting_category) == (-1000, 1500, -2500, "dispute")
    for params in ({"payment_intent": intent.id}, {"charge": intent.latest_charge, "amount": 5}):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.refunds.create(params)
        assert caught.value.code == "charge_disputed"
        assert [each.id for each in client.disputes.list({"payment_intent": intent.id}).data] == [dispute.id]
    assert server.close_dispute(dispute.id, "lost")["status"] == "lost"
    with pytest.raises(Exception, match="cannot become won"):
        server.close_dispute(dispute.id, "won")
    assert types(server) == [f"charge.dispute.{name}" for name in ("created", "funds_withdrawn", "closed")]


def test_a_dispute_is_won(server: LocalStripe, client: Any) -> None:
    intent = pay(client)
    dispute = server.dispute(intent.latest_charge, amount=400)
    won = server.close_dispute(dispute["id"], "won")
    assert [moved["amount"] for moved in won["balance_transactions"]] == [-400, 400]
    assert (won["status"], won["is_charge_refundable"]) == ("won", True)
    assert types(server)[2:] == ["charge.dispute.closed", "charge.dispute.funds_reinstated"]
    client.refunds.create({"payment_intent": intent.id})
    assert client.disputes.retrieve(dispute["id"]).is_charge_refundable is False


def test_an_inquiry_leaves_the_money_and_refunds_alone(server: LocalStripe, client: Any) -> None:
    intent = pay(client)
    dispute = server.dispute(intent.id, status="warning_needs_response")
    assert (dispute["is_charge_refundable"], dispute["balance_transactions"]) == (True, [])
    client.refunds.create({"payment_intent": intent.id, "amount": 100})
    with pytest.raises(Exception, match="cannot become lost"):
        server.close_dispute(dispute["id"], "lost")
    assert server.close_dispute(dispute["id"], "warning_closed")["status"] == "warning_closed"
    assert types(server) == [f"charge.dispute.{name}" for name in ("created", "closed")]


def test_an_inquiry_becomes_a_dispute(server: LocalStripe, client: Any) -> None:
    intent = pay(client)
    inquiry = server.dispute(intent.id, status="warning_needs_response")
    dispute = server.escalate_dispute(inquiry["id"])
    assert (dispute["status"], dispute["is_charge_refundable"]) == ("needs_response", False)
    assert [moved["amount"] for moved in dispute["balance_transactions"]] == [-1000]
    with pytest.raises(Exception, match="is no inquiry"):
        server.escalate_dispute(inquiry["id"])
    assert types(server)[1:] == ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]


def test_a_dispute_is_prevented_and_evidence_has_a_deadline(server: LocalStripe, client: Any) -> None:
    late = server.dispute(pay(client).id)
    server.advance(11 * DAY)
    assert client.disputes.retrieve(late["id"]).evidence_details.past_due
    assert server.close_dispute(late["id"], "prevented")["is_charge_refundable"] is False


def test_only_what_was_paid_is_disputed(server: LocalStripe, client: Any) -> None:
    with pytest.raises(stripe.CardError) as caught:
        pay(client, "pm_card_chargeDeclined")
    error: Any = caught.value.error
    for target in (error.payment_intent.id, error.charge, "ch_none"):
        with pytest.raises(Exception, match="charge"):
            server.dispute(target)
    with pytest.raises(Exception, match="begins as"):
        server.dispute(pay(client).id, status="won")


def test_the_card_s_bank_warns_of_fraud(server: LocalStripe, client: Any) -> None:
    intent = pay(client)
    warning = server.warn_of_fraud(intent.id)
    found = client.radar.early_fraud_warnings.retrieve(warning["id"], {"expand": ["charge"]})
    assert (found.actionable, found.fraud_type, found.charge.payment_intent) == (True, "misc", intent.id)
    client.refunds.create({"payment_intent": intent.id})
    (listed,) = client.radar.early_fraud_warnings.list({"charge": intent.latest_charge}).data
    assert (listed.id, listed.actionable) == (warning["id"], False)
    assert len(server.events("radar.early_fraud_warning.created")) == 1


@pytest.mark.parametrize(
    ("token", "event"),
    [
        ("pm_card_createDispute", "charge.dispute.funds_withdrawn"),
        ("pm_card_createDisputeInquiry", "charge.dispute.created"),
        ("pm_card_createIssuerFraudRecord", "radar.early_fraud_warning.created"),
    ],
)
def test_some_test_cards_make_trouble_by_themselves(server: LocalStripe, client: Any, token: str, event: str) -> None:
    pay(client, token)
    assert len(server.events(event)) == 1


def test_the_control_surface_plays_the_bank(server: LocalStripe, client: Any) -> None:
    intent = pay(client)
    status, dispute = control(server, "POST", f"dispute/{intent.id}", reason="duplicate")
    assert (status, dispute["reason"]) == (200, "duplicate")
    assert control(server, "POST", f"close_dispute/{dispute['id']}", status="won")[1]["status"] == "won"
    assert control(server, "POST", f"warn_of_fraud/{intent.id}")[0] == 200
    slow = pay(client, "pm_local_slow")
    assert control(server, "POST", f"settle_payment/{slow.id}", succeed=True)[1]["status"] == "succeeded"
