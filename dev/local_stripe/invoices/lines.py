"""Invoice lines, whole periods and prorated ones."""

from datetime import UTC, datetime

from dev.local_stripe.api import Document, World, blank
from dev.local_stripe.resources.catalogue import money
from dev.local_stripe.resources.discounts import in_force, reductions


def amount_of(world: World, item: Document) -> int:
    price = world.get("price", item["price"])
    return int(price["unit_amount"]) * int(item["quantity"])


def net_amounts(world: World, subscription: Document, items: list[Document]) -> dict[str, int]:
    """What a whole period of each item costs after discounts, by the item's id."""
    gross = [amount_of(world, item) for item in items]
    cuts = reductions(world, in_force(world, subscription), gross)
    return {
        item["id"]: amount - sum(cut["amount"] for cut in cut_of)
        for item, amount, cut_of in zip(items, gross, cuts, strict=True)
    }


def discounted(world: World, lines: list[Document], discounts: list[Document]) -> tuple[list[Document], list[Document]]:
    """The lines with what the discounts take off them, and the sums by discount. Prorations are net already."""
    cuts = reductions(world, discounts, [line["amount"] if line["discountable"] else 0 for line in lines])
    identifiers = [discount["id"] for discount in discounts]
    sums = [
        {"amount": sum(cut[place]["amount"] for cut in cuts), "discount": identifier}
        for place, identifier in enumerate(identifiers)
    ]
    taken = [
        line | ({"discount_amounts": cut, "discounts": identifiers} if line["discountable"] else {})
        for line, cut in zip(lines, cuts, strict=True)
    ]
    return taken, sums


def describe(world: World, item: Document) -> tuple[Document, str]:
    price = world.get("price", item["price"])
    return price, world.get("product", price["product"])["name"]


def new_line(world: World, item: Document, amount: int, start: int, text: str, *, proration: bool = False) -> Document:
    price, _ = describe(world, item)
    details = {"invoice_item": None, "proration": proration, "proration_details": {"credited_items": None}}
    details |= {"subscription": item["subscription"], "subscription_item": item["id"]}
    pricing = {"price_details": {"price": price["id"], "product": price["product"]}, "type": "price_details"}
    kind = "subscription_item_details"
    return blank("line_item") | {
        "id": world.new_id("il"),
        "amount": amount,
        "currency": price["currency"],
        "description": text,
        "discountable": not proration,
        "parent": {"invoice_item_details": None, kind: details, "type": kind},
        "period": {"end": item["current_period_end"], "start": start},
        "pricing": pricing | {"unit_amount_decimal": price["unit_amount_decimal"]},
        "quantity": item["quantity"],
        "quantity_decimal": str(item["quantity"]),
        "subscription": item["subscription"],
        "subtotal": amount,
        "taxes": [],
    }


def period_line(world: World, item: Document) -> Document:
    price, name = describe(world, item)
    unit = f"{money(price['unit_amount'], price['currency'])} / {price['recurring']['interval']}"
    text = f"{item['quantity']} x {name} (at {unit})"
    return new_line(world, item, amount_of(world, item), item["current_period_start"], text)


def trial_line(world: World, item: Document) -> Document:
    _, name = describe(world, item)
    return new_line(world, item, 0, item["current_period_start"], f"Trial period for {name}")


def prorated_line(world: World, item: Document, amount: int, *, at: int, credit: bool) -> Document:
    """The part of a whole period's `amount` for what is left of it, to give back or to charge, rounded half up."""
    _, name = describe(world, item)
    start, end = item["current_period_start"], item["current_period_end"]
    share = (2 * amount * (end - at) + (end - start)) // (2 * (end - start))
    day = datetime.fromtimestamp(at, UTC).strftime("%d %b %Y")
    text = f"{'Unused' if credit else 'Remaining'} time on {name} after {day}"
    return new_line(world, item, -share if credit else share, at, text, proration=True)
