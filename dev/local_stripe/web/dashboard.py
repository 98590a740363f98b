"""The first page: what the account holds and how its events were delivered."""

from collections.abc import Callable
from html import escape

from dev.local_stripe.catalogue.currencies import money
from dev.local_stripe.web.html import code, frame, link, moment, table, tag
from dev.local_stripe.webhooks.deliveries import deliveries_of
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

SHOWN = 100
Row = Callable[[Document], tuple[str, ...]]


def dashboard(world: World) -> bytes:
    head = (
        f"<h1>Local Stripe</h1><p class=dim>Clock: {moment(world.now())} UTC. No money moves here; "
        "the control surface stands under <code>/_local/</code>.</p>"
    )
    return frame("Local Stripe", head + "".join(_table(world, *each) for each in TABLES) + _events(world))


def _latest(world: World, kind: str) -> list[Document]:
    return [document for document in reversed(world.all(kind)) if not document.get("_deleted")][:SHOWN]


def _table(world: World, title: str, kind: str, heads: str, row: Row) -> str:
    return table(title, heads.split(), [row(each) for each in _latest(world, kind)])


def _of_subscription(each: Document) -> tuple[str, ...]:
    items = each["items"]["data"]
    prices = ", ".join(code(item["price"]) for item in items)
    end = moment(items[0]["current_period_end"])
    return code(each["id"]), code(each["customer"]), prices, tag(each["status"]), end


def _of_invoice(each: Document) -> tuple[str, ...]:
    number, total = link(f"/invoices/{each['id']}", each["number"] or "draft"), money(each["total"], each["currency"])
    reason, made = escape(each["billing_reason"]), moment(each["created"])
    return number, code(each["customer"]), total, tag(each["status"]), reason, made


def _of_payment(each: Document) -> tuple[str, ...]:
    amount, text = money(each["amount"], each["currency"]), escape(each["description"] or "")
    return link(f"/pay/{each['id']}", each["id"]), amount, tag(each["status"]), text, moment(each["created"])


def _of_session(each: Document) -> tuple[str, ...]:
    states = tag(each["status"]), tag(each["payment_status"])
    return link(f"/checkout/{each['id']}", each["id"]), each["mode"], *states, moment(each["created"])


TABLES: tuple[tuple[str, str, str, Row], ...] = (
    (
        "Customers",
        "customer",
        "id e-mail name created",
        lambda each: (
            code(each["id"]),
            escape(each["email"] or ""),
            escape(each["name"] or ""),
            moment(each["created"]),
        ),
    ),
    ("Subscriptions", "subscription", "id customer price status period-end", _of_subscription),
    ("Invoices", "invoice", "number customer total status reason created", _of_invoice),
    ("Payments", "payment_intent", "id amount status description created", _of_payment),
    ("Checkout sessions", "checkout.session", "id mode status payment created", _of_session),
)


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
