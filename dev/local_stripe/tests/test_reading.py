from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import subscribe


def test_lists_are_paged_in_both_directions(client: Any) -> None:
    made = [client.customers.create({"name": str(number)}).id for number in range(5)]
    newest = list(reversed(made))
    first = client.customers.list({"limit": 2})
    assert ([each.id for each in first.data], first.has_more, first.url) == (newest[:2], True, "/v1/customers")
    assert [each.id for each in client.customers.list({"limit": 2}).auto_paging_iter()] == newest
    last = client.customers.list({"limit": 2, "starting_after": newest[2]})
    assert ([each.id for each in last.data], last.has_more) == (newest[3:], False)
    back = client.customers.list({"limit": 2, "ending_before": newest[3]})
    assert ([each.id for each in back.data], back.has_more) == (newest[1:3], True)


@pytest.mark.parametrize(
    ("params", "param"),
    [({"limit": 0}, "limit"), ({"limit": 101}, "limit"), ({"starting_after": "cus_none"}, "starting_after")],
)
def test_bad_pages_are_refused(client: Any, params: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.customers.list(params)
    assert caught.value.param == param


def test_lists_are_cut_by_the_time_of_creation(server: LocalStripe, client: Any) -> None:
    early = client.customers.create({})
    server.advance(100)
    late = client.customers.create({})

    def ids(created: Any) -> list[str]:
        return [each.id for each in client.customers.list({"created": created}).data]

    assert ids(late.created) == ids({"gt": early.created}) == ids({"gte": late.created}) == [late.id]
    assert ids({"lt": late.created}) == ids({"lte": early.created}) == [early.id]


def test_expand_follows_ids_up_to_four_levels(client: Any, customer: Any) -> None:
    subscription = subscribe(
        client, customer, expand=["items.data.price.product", "customer.invoice_settings.default_payment_method"]
    )
    assert subscription["items"].data[0].price.product.name == "Basic"
    assert subscription.customer.invoice_settings.default_payment_method.card.last4 == "4242"
    listed = client.subscriptions.list({"expand": ["data.latest_invoice.payments"]})
    payment = listed.data[0].latest_invoice.payments.data[0]
    charge = client.payment_intents.retrieve(
        payment.payment.payment_intent, {"expand": ["latest_charge.balance_transaction"]}
    ).latest_charge
    assert (charge.balance_transaction.fee, charge.balance_transaction.net) == (59, 940)
    lines = client.invoices.line_items.list(
        subscription.latest_invoice, {"expand": ["data.pricing.price_details.price"]}
    )
    assert lines.data[0].pricing.price_details.price.lookup_key == "basic"


@pytest.mark.parametrize("path", ["email", "nothing", "data.customer", "a.b.c.d.e"])
def test_what_cannot_be_expanded_is_refused(client: Any, customer: Any, path: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.customers.retrieve(customer.id, {"expand": [path]})
    assert caught.value.param == "expand"
    with pytest.raises(stripe.InvalidRequestError):
        client.customers.list({"expand": ["customer"]})


def test_includes_are_left_out_until_they_are_asked_for(client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer, expand=["latest_invoice"])
    invoice = subscription.latest_invoice
    assert "payments" not in invoice
    assert "confirmation_secret" not in invoice
    trial = subscribe(client, customer, trial_period_days=3, expand=["latest_invoice.confirmation_secret"])
    assert trial.latest_invoice.confirmation_secret is None


def test_events_are_found_by_type_time_and_cursor(server: LocalStripe, client: Any, customer: Any) -> None:
    subscribe(client, customer)
    paid = client.events.list({"type": "invoice.paid"}).data
    assert [event.type for event in paid] == ["invoice.paid"]
    assert paid[0].data.object["status"] == "paid"
    some = client.events.list({"types": ["invoice.paid", "charge.succeeded"], "limit": 100}).data
    assert [event.type for event in some] == ["invoice.paid", "charge.succeeded"]
    assert {event.type.split(".")[0] for event in client.events.list({"type": "invoice.*"}).data} == {"invoice"}
    everything = [event["id"] for event in server.events()]
    newer = client.events.list({"ending_before": everything[3], "limit": 100}).data
    assert [event.id for event in newer] == list(reversed(everything[4:]))
    server.advance(31 * 86_400)
    assert client.events.list({"type": "invoice.created", "created": {"lt": customer.created + 60}}).data == []


def test_invoices_and_their_parts_are_found(client: Any, customer: Any) -> None:
    first, second = subscribe(client, customer), subscribe(client, customer, "price_elite")
    found = client.invoices.list({"customer": customer.id, "subscription": first.id, "status": "paid"}).data
    assert [invoice.id for invoice in found] == [first.latest_invoice]
    assert client.invoices.list({"status": "open"}).data == []
    assert [line.amount for line in client.invoices.line_items.list(second.latest_invoice).data] == [2999]
    (payment,) = client.invoice_payments.list({"invoice": second.latest_invoice}).data
    intent = payment.payment.payment_intent
    by_intent = client.invoice_payments.list({"payment": {"type": "payment_intent", "payment_intent": intent}})
    assert [each.invoice for each in by_intent.data] == [second.latest_invoice]
    assert client.invoice_payments.retrieve(payment.id).status == "paid"
    assert client.invoice_payments.list({"status": "open"}).data == []
    charge = client.charges.list({"payment_intent": intent}).data[0]
    assert client.charges.retrieve(charge.id).amount == 2999
    transaction = client.balance_transactions.retrieve(charge.balance_transaction)
    assert (transaction.source, transaction.status) == (charge.id, "pending")
    assert client.balance_transactions.list({"source": charge.id}).data[0].id == transaction.id


def test_money_becomes_available_after_a_week(server: LocalStripe, client: Any, customer: Any) -> None:
    subscribe(client, customer)
    (pending,) = client.balance_transactions.list().data
    assert (pending.status, pending.net) == ("pending", 940)
    server.advance(8 * 86_400)
    assert client.balance_transactions.list().data[0].status == "available"
