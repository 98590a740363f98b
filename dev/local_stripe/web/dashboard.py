"""The first page: what the account holds and how its events were delivered."""

from html import escape

from dev.local_stripe.catalogue.currencies import money
from dev.local_stripe.web.html import code, frame, link, moment, table, tag
from dev.local_stripe.webhooks.deliveries import deliveries_of
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

SHOWN = 100


def dashboard(world: World) -> bytes:
    head = (
        f"<h1>Local Stripe</h1><p class=dim>Clock: {moment(world.now())} UTC. No money moves here; "
        "the control surface stands under <code>/_local/</code>.</p>"
    )
    parts = (_customers(world), _subscriptions(world), _invoices(world), _events(world))
    return frame("Local Stripe", head + "".join(parts))


def _latest(world: World, kind: str) -> list[Document]:
    return [document for document in reversed(world.all(kind)) if not document.get("_deleted")][:SHOWN]


def _customers(world: World) -> str:
    rows = [
        (code(each["id"]), escape(each["email"] or ""), escape(each["name"] or ""), moment(each["created"]))
        for each in _latest(world, "customer")
    ]
    return table("Customers", ("id", "e-mail", "name", "created"), rows)


def _subscriptions(world: World) -> str:
    rows = [
        (
            code(each["id"]),
            code(each["customer"]),
            ", ".join(code(item["price"]) for item in each["items"]["data"]),
            tag(each["status"]),
            moment(each["items"]["data"][0]["current_period_end"]),
        )
        for each in _latest(world, "subscription")
    ]
    return table("Subscriptions", ("id", "customer", "price", "status", "period ends"), rows)


def _invoices(world: World) -> str:
    rows = [
        (
            link(f"/invoices/{each['id']}", each["number"] or "draft"),
            code(each["customer"]),
            money(each["total"], each["currency"]),
            tag(each["status"]),
            escape(each["billing_reason"]),
            moment(each["created"]),
        )
        for each in _latest(world, "invoice")
    ]
    return table("Invoices", ("number", "customer", "total", "status", "reason", "created"), rows)


def _events(world: World) -> str:
    rows = [
        (
            moment(each["created"]),
            escape(each["type"]),
            code(each["data"]["object"].get("id", "")),
            " ".join(_delivery(delivery) for delivery in deliveries_of(world, each["id"])),
        )
        for each in _latest(world, "event")
    ]
    return table("Events", ("time", "type", "object", "delivery"), rows)


def _delivery(delivery: Document) -> str:
    tries = delivery["attempts"]
    return f"{tag(delivery['state'])} <span class=dim>{tries} {'try' if tries == 1 else 'tries'}</span>"
