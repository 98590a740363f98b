"""What a preview shows is what the change then bills, to the minor unit."""

from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import item_of, subscribe

DAY = 86_400


def preview(client: Any, subscription: Any, **details: Any) -> Any:
    return client.invoices.create_preview({"subscription": subscription.id, "subscription_details": details})


def sums(invoice: Any) -> tuple[Any, ...]:
    lines = [(line.description, line.amount, line.period.start, line.period.end) for line in invoice.lines.data]
    return invoice.subtotal, invoice.total, invoice.amount_due, lines


def test_a_change_bills_what_its_preview_showed(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    server.advance(11 * DAY + 4321)
    items = [{"id": item_of(subscription).id, "price": "price_premium"}]
    details = {"items": items, "proration_date": server.now(), "proration_behavior": "always_invoice"}
    before = (len(server.events()), server.objects("invoice"), server.objects("subscription"))
    shown = preview(client, subscription, **details)
    assert shown.id.startswith("upcoming_in_")
    assert before == (len(server.events()), server.objects("invoice"), server.objects("subscription"))
    server.advance(40)
    client.subscriptions.update(subscription.id, details)
    made = client.invoices.retrieve(client.subscriptions.retrieve(subscription.id).latest_invoice)
    assert (shown.total, shown.amount_due) == (made.total, made.amount_due)
    assert [line.amount for line in shown.lines.data] == [line.amount for line in made.lines.data]
    assert shown.parent.subscription_details.subscription == subscription.id


def test_prorations_that_wait_are_shown_with_the_renewal(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    server.advance(10 * DAY)
    details = {"items": [{"id": item_of(subscription).id, "price": "price_premium"}], "proration_date": server.now()}
    shown = preview(client, subscription, **details)
    client.subscriptions.update(subscription.id, details)
    server.advance(31 * DAY)
    made = client.invoices.retrieve(client.subscriptions.retrieve(subscription.id).latest_invoice)
    assert sums(shown) == sums(made)
    assert [line.amount for line in shown.lines.data][-1] == 1999


def test_an_immediate_end_bills_what_its_preview_showed(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    server.advance(15 * DAY)
    shown = preview(client, subscription, cancel_now=True)
    assert -520 < shown.total < -480
    assert shown.amount_due == 0
    client.subscriptions.cancel(subscription.id, {"prorate": True, "invoice_now": True})
    made = client.invoices.list({"subscription": subscription.id}).data[0]
    assert abs(made.total - shown.total) <= 1


def test_the_end_of_a_period_leaves_nothing_to_bill(client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    assert preview(client, subscription).total == 999
    assert preview(client, subscription, cancel_now=True, proration_behavior="none").total == 0
    client.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        preview(client, subscription)
    assert (caught.value.http_status, caught.value.code) == (404, "invoice_upcoming_none")
    client.subscriptions.cancel(subscription.id)
    with pytest.raises(stripe.InvalidRequestError, match="No upcoming invoices"):
        preview(client, subscription)


def test_the_balance_lowers_what_a_preview_asks_for(client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    client.customers.update(customer.id, {"balance": -300})
    shown = preview(client, subscription)
    assert (shown.total, shown.amount_due, shown.starting_balance) == (999, 699, -300)
    assert client.customers.retrieve(customer.id).balance == -300
