"""What a change of items, or an end, puts on an invoice: worked out alike for the change itself and for its preview."""

from collections.abc import Collection
from dataclasses import dataclass

from dev.local_stripe.api.changes import set_fields
from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import invalid
from dev.local_stripe.invoices.lines import net_amounts, period_line, prorated_line
from dev.local_stripe.subscriptions.items import new_item, quantity_of, recurring_of, usable_price
from dev.local_stripe.world.periods import period_end
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World


@dataclass(frozen=True)
class Change:
    """The items and other fields after the change, and its invoice lines: billed `at_once` or with the renewal."""

    items: list[Document]
    fields: Document
    lines: list[Document]
    at_once: bool


def plan(world: World, subscription: Document, params: Params) -> Change:
    """What the parameters of an update do to the items. Nothing is stored."""
    ends_trial = subscription["status"] == "trialing" and params.get("trial_end") == "now"
    anchor_now = ends_trial or params.get("billing_cycle_anchor", {}).get("type") == "now"
    old = subscription["items"]["data"]
    new = _edited(world, subscription, params.get("items", []))
    if new == old and not anchor_now:
        return Change(old, {}, [], at_once=False)
    unbilled = subscription["status"] in ("trialing", "paused") and not ends_trial
    restart = not unbilled and (anchor_now or recurring_of(world, old) != recurring_of(world, new))
    fields: Document = {}
    if restart:
        end = period_end(world.now(), recurring_of(world, new), world.now())
        new = [item | {"current_period_start": world.now(), "current_period_end": end} for item in new]
        fields["billing_cycle_anchor"] = world.now()
    if ends_trial:
        fields |= {"status": "active", "trial_end": world.now()}
    behavior = params.get("proration_behavior", "create_prorations")
    kept = set() if restart else _unchanged(old, new)
    paid, net = subscription["_paid_for"], net_amounts(world, subscription, new)
    lines = []
    if not unbilled and behavior != "none":
        at = _proration_date(world, old, params)
        lines = unused_time(world, subscription, at, spare=kept)
        if not restart:
            added = [item for item in new if item["id"] not in kept]
            lines += [prorated_line(world, item, net[item["id"]], at=at, credit=False) for item in added]
    if restart:
        lines += [period_line(world, item) for item in new]
    if restart or lines:
        fields["_paid_for"] = net | {name: paid[name] for name in kept if name in paid}
    return Change(new, fields, lines, at_once=bool(lines) and (restart or behavior == "always_invoice"))


def lines_of_end(world: World, subscription: Document, *, prorate: bool) -> list[Document]:
    """What an immediate end leaves to bill: what waits and, with `prorate`, the unused time given back."""
    unused = unused_time(world, subscription, world.now()) if prorate else []
    return list(subscription["_pending_lines"]) + unused


def unused_time(
    world: World, subscription: Document, at: int | None = None, *, spare: Collection[str] = ()
) -> list[Document]:
    """What was paid for the rest of the period, given back; `at` None gives the whole period back."""
    paid = subscription["_paid_for"]
    items = [item for item in subscription["items"]["data"] if item["id"] in paid and item["id"] not in spare]
    return [
        prorated_line(world, item, paid[item["id"]], at=item["current_period_start"] if at is None else at, credit=True)
        for item in items
    ]


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
    return _checked(world, list(items.values()))


def _checked(world: World, items: list[Document]) -> list[Document]:
    prices = [item["price"] for item in items]
    if not items:
        raise invalid("A subscription must have at least one active item.", param="items")
    if len(set(prices)) < len(prices):
        raise invalid("Cannot add multiple subscription items with the same price.", param="items")
    recurring_of(world, items)
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
