from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import new_customer, subscribe


@pytest.fixture
def invoice(client: Any, customer: Any) -> Any:
    return subscribe(client, customer, expand=["latest_invoice"]).latest_invoice


def test_a_paid_invoice_is_credited_and_refunded(server: LocalStripe, client: Any, invoice: Any) -> None:
    params = {"invoice": invoice.id, "refund_amount": 400, "reason": "order_change", "memo": "Sorry"}
    note = client.credit_notes.create({**params, "expand": ["refunds.refund"]})
    assert (note.amount, note.type, note.status, note.reason) == (400, "post_payment", "issued", "order_change")
    assert (note.number, note.memo) == (f"{invoice.number}-CN-01", "Sorry")
    refund = note.refunds[0].refund
    assert (refund.amount, note.refunds[0].amount_refunded) == (400, 400)
    assert client.invoices.retrieve(invoice.id).post_payment_credit_notes_amount == 400
    rest = client.credit_notes.create({"invoice": invoice.id, "amount": 599, "credit_amount": 599})
    assert client.customers.retrieve(invoice.customer).balance == -599
    assert [each.id for each in client.credit_notes.list({"invoice": invoice.id}).data] == [rest.id, note.id]
    assert client.credit_notes.retrieve(rest.id).number == f"{invoice.number}-CN-02"
    assert len(server.events("credit_note.created")) == 2


def test_a_refund_that_was_made_before_is_credited(client: Any, invoice: Any) -> None:
    paid = client.invoice_payments.list({"invoice": invoice.id}).data[0].payment.payment_intent
    refund = client.refunds.create({"payment_intent": paid, "amount": 300})
    note = client.credit_notes.create({"invoice": invoice.id, "refunds": [{"refund": refund.id}]})
    assert (note.amount, note.refunds[0].refund) == (300, refund.id)
    assert len(client.refunds.list().data) == 1


@pytest.mark.parametrize(
    "params", [{}, {"refund_amount": 1000}, {"amount": 500, "refund_amount": 400}, {"refunds": [{"refund": "re_none"}]}]
)
def test_credit_that_does_not_add_up_is_refused(
    server: LocalStripe, client: Any, invoice: Any, params: dict[str, Any]
) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.credit_notes.create({"invoice": invoice.id, **params})
    assert (server.objects("credit_note"), server.objects("refund")) == ([], [])


def test_only_what_was_paid_by_card_is_refunded(client: Any) -> None:
    open_ = subscribe(client, new_customer(client, "pm_card_chargeCustomerFail")).latest_invoice
    with pytest.raises(stripe.InvalidRequestError, match="paid invoices only"):
        client.credit_notes.create({"invoice": open_, "refund_amount": 100})
    client.invoices.pay(open_, {"paid_out_of_band": True})
    with pytest.raises(stripe.InvalidRequestError, match="not paid by card"):
        client.credit_notes.create({"invoice": open_, "refund_amount": 100})
    assert client.credit_notes.create({"invoice": open_, "out_of_band_amount": 100}).out_of_band_amount == 100
