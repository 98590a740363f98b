"""The hosted customer portal: cancel and resume, another plan, another card, and the invoices."""

from html import escape

from dev.local_stripe.api import Call, Document, World
from dev.local_stripe.resources.cards import attach_to, resolve
from dev.local_stripe.resources.catalogue import money
from dev.local_stripe.resources.portal import CONFIGURATION, SESSION
from dev.local_stripe.subscriptions import changes
from dev.local_stripe.subscriptions.standing import is_over
from dev.local_stripe.subscriptions.subscriptions import cancel
from dev.local_stripe.web.html import card, link, moment, table_of

NEW_CARD = "pm_card_mastercard"


def show(world: World, session_id: str, notice: str) -> str:
    session = world.get(SESSION, session_id)
    features, address = _features(world, session), f"/portal/{session_id}"
    body = f"<h1>Your plan</h1><p class=bad>{escape(notice)}</p>"
    for each in _subscriptions(world, session):
        prices = ", ".join(_named(world, world.get("price", item["price"])) for item in each["items"]["data"])
        ends, renews = each["cancel_at"], each["items"]["data"][0]["current_period_end"]
        when = f"Ends on {moment(ends)}" if ends is not None else f"Renews on {moment(renews)}"
        body += f"<p>{when}</p>{card(each, prices, '', address, _choices(world, features, each))}"
    if features["payment_method_update"]["enabled"]:
        customer = world.get("customer", session["customer"]) | {"status": ""}
        body += card(customer, "", "", address, {"card": "Pay with another card from now on"})
    if features["invoice_history"]["enabled"]:
        mine = [each for each in reversed(world.all("invoice")) if each["customer"] == session["customer"]]
        body += table_of("Invoices", "number total status created", mine)
    return body + (f"<nav>{link(session['return_url'], 'Back')}</nav>" if session["return_url"] else "")


def _features(world: World, session: Document) -> Document:
    features: Document = world.get(CONFIGURATION, session["configuration"])["features"]
    return features


def _subscriptions(world: World, session: Document) -> list[Document]:
    found = [each for each in world.all("subscription") if each["customer"] == session["customer"]]
    return [each for each in found if not is_over(each) and each["status"] != "incomplete"]


def _named(world: World, price: Document) -> str:
    name = world.get("product", price["product"])["name"]
    return f"{name}, {money(price['unit_amount'], price['currency'])} a {price['recurring']['interval']}"


def _choices(world: World, features: Document, subscription: Document) -> dict[str, str]:
    """What the configuration allows: the value of the button and what stands on it."""
    identifier, choices = subscription["id"], {}
    if features["subscription_cancel"]["enabled"] and subscription["cancel_at"] is None:
        choices[f"cancel {identifier}"] = "Cancel the plan"
    elif features["subscription_cancel"]["enabled"]:
        choices[f"resume {identifier}"] = "Do not cancel the plan"
    if features["subscription_update"]["enabled"] and len(subscription["items"]["data"]) == 1:
        current = subscription["items"]["data"][0]["price"]
        listed = features["subscription_update"]["products"]
        allowed = {price for product in listed for price in product["prices"]} if listed else None
        for price in world.all("price"):
            fits = price["active"] and price["recurring"] and price["currency"] == subscription["currency"]
            if fits and price["id"] != current and (allowed is None or price["id"] in allowed):
                choices[f"{price['id']} {identifier}"] = f"Change to {_named(world, price)}"
    return choices


def press(world: World, session_id: str, action: str) -> None:
    """Does what the button says."""
    session = world.get(SESSION, session_id)
    features = _features(world, session)
    offered = [value for each in _subscriptions(world, session) for value in _choices(world, features, each)]
    with world.transaction():
        if action == "card" and features["payment_method_update"]["enabled"]:
            method = attach_to(world, resolve(world, NEW_CARD, ""), session["customer"])
            customer = world.get("customer", session["customer"])
            customer["invoice_settings"]["default_payment_method"] = method["id"]
            world.put("customer", customer, "customer.updated")
        elif action in offered:
            _change(world, features, *action.split(" "))


def _change(world: World, features: Document, verb: str, identifier: str) -> None:
    if verb == "cancel" and features["subscription_cancel"]["mode"] == "immediately":
        behavior = features["subscription_cancel"]["proration_behavior"]
        ending = {"prorate": behavior != "none", "invoice_now": behavior == "always_invoice"}
        cancel(world, Call(ending, identifier))
    elif verb in ("cancel", "resume"):
        # With flexible billing the portal names the date and leaves `cancel_at_period_end` alone.
        changes.update(world, Call({"cancel_at": "max_period_end" if verb == "cancel" else ""}, identifier))
    else:
        item = world.get("subscription", identifier)["items"]["data"][0]["id"]
        behavior = features["subscription_update"]["proration_behavior"]
        params = {"items": [{"id": item, "price": verb}], "proration_behavior": behavior}
        changes.update(world, Call(params | {"payment_behavior": "error_if_incomplete"}, identifier))
