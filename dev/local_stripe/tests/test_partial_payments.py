"""Invoices that are paid in parts, and those with more lines than they show."""

from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import subscribe, swap

DAY = 86400


def open_invoice(client: Any, customer: Any) -> Any:
    """The first invoice of a subscription that waits for its payment."""
    made = client.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": "price_premium"}],
            "payment_behavior": "default_incomplete",
            "expand": ["latest_invoice"],
        }
    )
    return made.latest_invoice


def paid(client: Any, customer: Any, amount: int) -> Any:
    return client.payment_intents.create(
        {
            "amount": amount,
            "currency": "usd",
            "customer": customer.id,
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )


def test_parts_add_up_and_the_excess_becomes_credit(server: LocalStripe, client: Any, customer: Any) -> None:
    invoice = open_invoice(client, customer)
    part = client.invoices.attach_payment(invoice.id, {"payment_intent": paid(client, customer, 1500).id})
    assert (part.status, part.amount_paid, part.amount_remaining, part.amount_overpaid) == ("open", 1500, 499, 0)
    [rest] = [each for each in client.invoice_payments.list({"invoice": invoice.id}).data if each.status == "open"]
    assert rest.amount_requested == 499
    assert client.payment_intents.retrieve(rest.payment.payment_intent).amount == 499

    whole = client.invoices.attach_payment(invoice.id, {"payment_intent": paid(client, customer, 600).id})
    assert (whole.status, whole.amount_paid, whole.amount_remaining, whole.amount_overpaid) == ("paid", 1999, 0, 101)
    assert client.customers.retrieve(customer.id).balance == -101
    statuses = sorted(each.status for each in client.invoice_payments.list({"invoice": invoice.id}).data)
    assert statuses == ["canceled", "paid", "paid"]
    assert len(server.events("invoice_payment.paid")) == 2
    assert server.events("customer.subscription.updated")[-1]["data"]["object"]["status"] == "active"


def test_the_rest_is_charged_by_the_invoice_itself(client: Any, customer: Any) -> None:
    invoice = open_invoice(client, customer)
    client.invoices.attach_payment(invoice.id, {"payment_intent": paid(client, customer, 1000).id})
    done = client.invoices.pay(invoice.id)
    assert (done.status, done.amount_paid) == ("paid", 1999)
    amounts = sorted(each.amount_paid for each in client.invoice_payments.list({"invoice": invoice.id}).data)
    assert amounts == [999, 1000]


def test_what_does_not_fit_is_refused(client: Any, customer: Any) -> None:
    invoice = open_invoice(client, customer)
    unpaid = client.payment_intents.create({"amount": 500, "currency": "usd", "customer": customer.id})
    foreign = client.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    for intent in (unpaid, foreign):
        with pytest.raises(stripe.InvalidRequestError, match="Only a successful payment"):
            client.invoices.attach_payment(invoice.id, {"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent"):
        client.invoices.attach_payment(invoice.id, {"payment_intent": "pi_none"})
    client.invoices.void_invoice(invoice.id)
    with pytest.raises(stripe.InvalidRequestError, match="open invoices"):
        client.invoices.attach_payment(invoice.id, {"payment_intent": paid(client, customer, 500).id})


def test_an_invoice_shows_ten_lines_and_lists_the_rest(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    for number in range(6):
        server.advance(DAY)
        swap(client, subscription, ("price_elite", "price_premium")[number % 2])
    server.advance(31 * DAY)
    invoice = client.invoices.list({"subscription": subscription.id}).data[0]
    assert (len(invoice.lines.data), invoice.lines.has_more) == (10, True)
    rest = client.invoices.line_items.list(invoice.id, {"limit": 100, "starting_after": invoice.lines.data[-1].id})
    everything = [*invoice.lines.data, *rest.data]
    assert len({line.id for line in everything}) == 13
    assert sum(line.amount for line in everything) == invoice.subtotal
