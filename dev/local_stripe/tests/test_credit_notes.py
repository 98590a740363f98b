from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import new_customer, subscribe


@pytest.fixture
def invoice(client: Any, customer: Any) -> Any:
    return subscribe(client, customer, expand=["latest_invoice"]).latest_invoice


def test_a_paid_invoice_is_credited(server: LocalStripe, client: Any, invoice: Any) -> None:
    params = {"invoice": invoice.id, "out_of_band_amount": 400, "reason": "order_change", "memo": "Sorry"}
    note = client.credit_notes.create(params)
    assert (note.amount, note.type, note.status, note.reason) == (400, "post_payment", "issued", "order_change")
    assert (note.number, note.memo) == (f"{invoice.number}-CN-01", "Sorry")
    assert client.invoices.retrieve(invoice.id).post_payment_credit_notes_amount == 400
    rest = client.credit_notes.create({"invoice": invoice.id, "amount": 599, "credit_amount": 599})
    assert client.customers.retrieve(invoice.customer).balance == -599
    assert [each.id for each in client.credit_notes.list({"invoice": invoice.id}).data] == [rest.id, note.id]
    assert client.credit_notes.retrieve(rest.id).number == f"{invoice.number}-CN-02"
    assert len(server.events("credit_note.created")) == 2


@pytest.mark.parametrize("params", [{}, {"credit_amount": 1000}, {"amount": 500, "credit_amount": 400}])
def test_credit_that_does_not_add_up_is_refused(
    server: LocalStripe, client: Any, invoice: Any, params: dict[str, Any]
) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.credit_notes.create({"invoice": invoice.id, **params})
    assert server.objects("credit_note") == []


def test_only_what_was_paid_is_credited(client: Any) -> None:
    open_ = subscribe(client, new_customer(client, "pm_card_chargeCustomerFail")).latest_invoice
    with pytest.raises(stripe.InvalidRequestError, match="paid invoices only"):
        client.credit_notes.create({"invoice": open_, "credit_amount": 100})
    client.invoices.pay(open_, {"paid_out_of_band": True})
    assert client.credit_notes.create({"invoice": open_, "out_of_band_amount": 100}).out_of_band_amount == 100
