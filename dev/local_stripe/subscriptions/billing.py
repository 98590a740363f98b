"""Subscription items, what changing them costs, and a new billing period with its invoice."""

from collections.abc import Collection
from dataclasses import dataclass

from dev.local_stripe.api import Document, Params, World, invalid, missing, set_fields
from dev.local_stripe.invoices.invoicing import draft, issue, settle_balance
from dev.local_stripe.invoices.lines import net_amounts, period_line, prorated_line
from dev.local_stripe.resources.catalogue import as_plan
from dev.local_stripe.world.periods import period_end

MAXIMUM_QUANTITY = 999_999


def usable_price(world: World, subscription: Document, identifier: str, param: str) -> Document:
    """An active recurring price in the subscription's currency."""
    price = world.refer("price", identifier, f"{param}[price]")
    if not price["active"]:
        raise invalid(f"The price specified is inactive: {identifier}", param=f"{param}[price]")
    if not world.get("product", price["product"])["active"]:
        raise invalid(f"The price's product is not active: {price['product']}", param=f"{param}[price]")
    if price["recurring"] is None:
        message = f"The price specified is `type=one_time`, but this takes only `type=recurring`: {identifier}"
        raise invalid(message, param=f"{param}[price]")
    others = subscription["items"]["data"]
    if others and subscription["currency"] not in ("", price["currency"]):
        raise invalid("The price's currency differs from the subscription's.", param=f"{param}[price]")
    return price


def quantity_of(entry: Params, default: int, param: str) -> int:
    quantity = int(entry.get("quantity", default))
    if not 0 <= quantity <= MAXIMUM_QUANTITY:
        raise invalid("Invalid non-negative integer", param=f"{param}[quantity]", code="parameter_invalid_integer")
    return quantity


def new_item(world: World, subscription: Document, entry: Params, *, param: str) -> Document:
    if "price" not in entry:
        raise missing(f"{param}[price]")
    price = usable_price(world, subscription, entry["price"], param)
    subscription["currency"] = price["currency"]
    return world.new(
        "subscription_item",
        "si",
        metadata=dict(entry.get("metadata") or {}),
        price=price["id"],
        quantity=quantity_of(entry, 1, param),
        subscription=subscription["id"],
        tax_rates=[],
    )


def render_item(world: World, item: Document) -> Document:
    price = world.get("price", item["price"])
    rendered = world.render("price", price)
    return {**item, "plan": as_plan(price), "price": rendered}


def render_items(world: World, subscription: Document) -> Document:
    """The subscription with its items' prices embedded, as they are always answered."""
    for holder, name in ((subscription["items"], "data"), (subscription["pending_update"], "subscription_items")):
        if holder is not None and holder[name] is not None:
            holder[name] = [render_item(world, item) for item in holder[name]]
    return subscription


def recurring_of(world: World, items: list[Document]) -> Document:
    """The one billing interval that all items share."""
    schedules: list[Document] = [world.get("price", item["price"])["recurring"] for item in items]
    if any(schedule != schedules[0] for schedule in schedules):
        raise invalid("The local Stripe bills all items of a subscription at one interval.", param="items")
    return schedules[0]


@dataclass(frozen=True)
class Change:
    """The items and other fields after the change, and its invoice lines: billed `at_once` or with the renewal."""

    items: list[Document]
    fields: Document
    lines: list[Document]
    at_once: bool


def plan(world: World, subscription: Document, params: Params) -> Change:
    """What the parameters of an update do to the items. Nothing is stored."""
    old = subscription["items"]["data"]
    new = _edited(world, subscription, params.get("items", []))
    behavior = params.get("proration_behavior", "create_prorations")
    if new == old or behavior == "none" or subscription["status"] in ("trialing", "paused"):
        return Change(new, {}, [], at_once=False)
    kept = _unchanged(old, new)
    paid, net = subscription["_paid_for"], net_amounts(world, subscription, new)
    at = _proration_date(world, old, params)
    lines = unused_time(world, subscription, at, spare=kept)
    added = [item for item in new if item["id"] not in kept]
    lines += [prorated_line(world, item, net[item["id"]], at=at, credit=False) for item in added]
    fields = {"_paid_for": net | {name: paid[name] for name in kept if name in paid}} if lines else {}
    return Change(new, fields, lines, at_once=bool(lines) and behavior == "always_invoice")


def lines_of_end(world: World, subscription: Document, *, prorate: bool) -> list[Document]:
    """What an immediate end leaves to bill: what waits and, with `prorate`, the unused time given back."""
    unused = unused_time(world, subscription, world.now()) if prorate else []
    return list(subscription["_pending_lines"]) + unused


def unused_time(world: World, subscription: Document, at: int, *, spare: Collection[str] = ()) -> list[Document]:
    """What was paid for the rest of the period, given back."""
    paid = subscription["_paid_for"]
    items = [item for item in subscription["items"]["data"] if item["id"] in paid and item["id"] not in spare]
    return [prorated_line(world, item, paid[item["id"]], at=at, credit=True) for item in items]


def _edited(world: World, subscription: Document, entries: list[Params]) -> list[Document]:
    """The items after the change. An entry without an id adds an item, as with Stripe."""
    items = {item["id"]: dict(item) for item in subscription["items"]["data"]}
    period = next(iter(items.values()))
    for position, entry in enumerate(entries):
        param = f"items[{position}]"
        if "id" not in entry:
            added = new_item(world, subscription, entry, param=param)
            names = ("current_period_start", "current_period_end")
            items[added["id"]] = added | {name: period[name] for name in names}
            continue
        if entry["id"] not in items:
            raise invalid(f"No such subscription item: '{entry['id']}'", param=param, code="resource_missing")
        if entry.get("deleted"):
            del items[entry["id"]]
            continue
        item = items[entry["id"]]
        item["quantity"] = quantity_of(entry, item["quantity"], param)
        set_fields(item, entry, "metadata")
        if "price" in entry:
            item["price"] = usable_price(world, subscription, entry["price"], param)["id"]
    return _checked(world, list(items.values()), subscription["items"]["data"])


def _checked(world: World, items: list[Document], old: list[Document]) -> list[Document]:
    prices = [item["price"] for item in items]
    if not items:
        raise invalid("A subscription must have at least one active item.", param="items")
    if len(set(prices)) < len(prices):
        raise invalid("Cannot add multiple subscription items with the same price.", param="items")
    if recurring_of(world, items) != recurring_of(world, old):
        raise invalid("The local Stripe keeps the interval of a subscription.", param="items")
    return items


def _proration_date(world: World, items: list[Document], params: Params) -> int:
    at = int(params.get("proration_date", world.now()))
    if not all(item["current_period_start"] <= at <= item["current_period_end"] for item in items):
        raise invalid("Cannot specify `proration_date` outside of the current billing period.", param="proration_date")
    return at


def _unchanged(old: list[Document], new: list[Document]) -> set[str]:
    """The items that a change leaves as they were billed."""
    before = {item["id"]: (item["price"], item["quantity"]) for item in old}
    return {item["id"] for item in new if before.get(item["id"]) == (item["price"], item["quantity"])}


def begin_period(world: World, subscription: Document) -> Document:
    """Moves the items to the period that starts where the last one ended and drafts its invoice, which is
    finalized and collected after the policy's delay, as with Stripe after about an hour."""
    items = subscription["items"]["data"]
    looked_back = (items[0]["current_period_start"], items[0]["current_period_end"])
    advance_period(world, subscription)
    lines = subscription["_pending_lines"] + [period_line(world, item) for item in items]
    invoice = draft(world, subscription, lines, reason="subscription_cycle", period=looked_back)
    invoice["automatically_finalizes_at"] = world.now() + world.policy.finalize_after_seconds
    if subscription["status"] == "unpaid" or subscription["pause_collection"] is not None:
        # Nobody collects: the invoice stays a draft until someone takes it up.
        invoice |= {"auto_advance": False, "automatically_finalizes_at": None}
    subscription |= {"_pending_lines": [], "_paid_for": net_amounts(world, subscription, items)}
    return issue(world, subscription, invoice, "customer.subscription.updated")


def advance_period(world: World, subscription: Document) -> None:
    items = subscription["items"]["data"]
    start = items[0]["current_period_end"]
    end = period_end(subscription["billing_cycle_anchor"], recurring_of(world, items), start)
    for item in items:
        item |= {"current_period_start": start, "current_period_end": end}


def announce(world: World, subscription_id: str) -> None:
    """`invoice.upcoming`: what the next renewal will cost, some days ahead. Such an invoice is never stored."""
    subscription = world.get("subscription", subscription_id)
    items = subscription["items"]["data"]
    subscription["_announced"] = items[0]["current_period_end"]
    world.put("subscription", subscription)
    world.emit("invoice.upcoming", world.render("invoice", upcoming(world, subscription)))


def upcoming(world: World, subscription: Document) -> Document:
    """The invoice that the next renewal would make, with what waits for it."""
    items = subscription["items"]["data"]
    looked_back = (items[0]["current_period_start"], items[0]["current_period_end"])
    advance_period(world, subscription)
    lines = subscription["_pending_lines"] + [period_line(world, item) for item in items]
    return foreseen(world, subscription, lines, reason="upcoming", period=looked_back)


def foreseen(
    world: World, subscription: Document, lines: list[Document], *, reason: str, period: tuple[int, int] | None = None
) -> Document:
    """An invoice that is only shown, with what the customer's balance would leave to pay."""
    invoice = draft(world, subscription, lines, reason=reason, period=period) | {"id": world.new_id("upcoming_in")}
    settle_balance(invoice, world.get("customer", invoice["customer"]))
    invoice["next_payment_attempt"] = max(invoice["period_end"], world.now()) + world.policy.finalize_after_seconds
    return invoice
