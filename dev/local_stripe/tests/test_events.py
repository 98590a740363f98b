"""What is told, for how long it can be read, and what is never told."""

from typing import Any

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import connect, subscribe

DAY = 86_400


def test_events_are_kept_for_thirty_days(server: LocalStripe, client: Any, customer: Any) -> None:
    (event,) = client.events.list({"type": "customer.created"}).data
    server.advance(29 * DAY)
    assert [each.id for each in client.events.list({"type": "customer.created"}).data] == [event.id]
    server.advance(2 * DAY)
    assert client.events.list({"type": "customer.created"}).data == []


def test_undelivered_events_are_found_page_by_page_since_a_known_one(wired: LocalStripe) -> None:
    client = connect(wired)
    known = client.customers.create({})
    assert wired.wait_idle()
    start = client.events.list({"limit": 1}).data[0].id
    wired.faults.webhooks(drop=1.0)
    for name in "abc":
        client.customers.update(known.id, {"name": name})
    assert wired.wait_idle()
    found = client.events.list(
        {"types": ["customer.updated"], "delivery_success": False, "ending_before": start, "limit": 2}
    )
    assert ([each.data.object.name for each in found.data], found.has_more) == (["b", "a"], True)
    rest = client.events.list({"types": ["customer.updated"], "ending_before": found.data[0].id})
    assert ([each.data.object.name for each in rest.data], rest.has_more) == (["c"], False)


def test_a_silent_change_is_seen_by_reading_only(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    before = len(server.events())
    with server.mutate_silently():
        client.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
        server.advance(DAY)
    assert len(server.events()) == before
    assert client.subscriptions.retrieve(subscription.id).cancel_at_period_end
    client.subscriptions.update(subscription.id, {"metadata": {"a": "b"}})
    (told,) = server.events()[before:]
    assert told["data"]["previous_attributes"] == {"metadata": {"a": None}}


def test_customers_tell_of_their_changes_and_their_end(server: LocalStripe, client: Any, customer: Any) -> None:
    client.customers.update(customer.id, {"name": "Alicia"})
    assert server.events("customer.updated")[-1]["data"]["previous_attributes"] == {"name": "Alice"}
    assert [each.id for each in client.customers.list({"email": "alice@example.com"}).data] == [customer.id]
    client.customers.delete(customer.id)
    assert server.events("customer.deleted")[-1]["data"]["object"]["id"] == customer.id
    assert client.customers.list().data == []


def test_subscriptions_and_invoices_are_listed_by_what_they_are(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    early = subscribe(client, customer)
    server.advance(3 * DAY)
    late = subscribe(client, customer, "price_elite", trial_period_days=30)

    def subscriptions(**params: Any) -> list[str]:
        return [each.id for each in client.subscriptions.list({"customer": customer.id, **params}).data]

    assert subscriptions(created={"lt": late.created}) == [early.id]
    assert subscriptions(status="trialing") == subscriptions(price="price_elite") == [late.id]
    assert subscriptions(limit=1, starting_after=late.id) == [early.id]
    assert subscriptions(limit=1, ending_before=early.id) == [late.id]

    def invoices(**params: Any) -> list[int]:
        return [each.total for each in client.invoices.list({"customer": customer.id, **params}).data]

    assert invoices() == [0, 999]
    assert invoices(subscription=early.id) == invoices(created={"lt": late.created}) == [999]
    assert invoices(status="open") == []
    assert invoices(limit=1, starting_after=late.latest_invoice) == [999]
