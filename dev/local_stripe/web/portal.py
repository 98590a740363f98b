"""The hosted customer portal: cancel and resume, another plan, another card, and the invoices."""

from html import escape
from urllib.parse import parse_qs

from dev.local_stripe.api import Call, Document, StripeError, World
from dev.local_stripe.api.application import Response
from dev.local_stripe.resources.cards import attach_to, resolve
from dev.local_stripe.resources.catalogue import money
from dev.local_stripe.resources.portal import CONFIGURATION, SESSION
from dev.local_stripe.subscriptions import changes
from dev.local_stripe.subscriptions.standing import is_over
from dev.local_stripe.subscriptions.subscriptions import cancel
from dev.local_stripe.web.html import HTML, form, frame, link, moment, table, tag

NEW_CARD = "pm_card_mastercard"


def show(world: World, session_id: str, error: str = "") -> Response:
    session = world.get(SESSION, session_id)
    cards = [
        f'<div class="card narrow"><p class=sum>{escape(_plan(world, each))} {tag(each["status"])}</p>'
        f"<p class=dim>{_when(each)}</p>{form(f'/portal/{session_id}', _choices(world, session, each))}</div>"
        for each in _subscriptions(world, session)
    ]
    body = f"<h1>Your plan</h1><p class=bad>{escape(error)}</p>{''.join(cards)}"
    if _features(world, session)["payment_method_update"]["enabled"]:
        body += form(f"/portal/{session_id}", [("card", "Pay with another card from now on")])
    if _features(world, session)["invoice_history"]["enabled"]:
        body += table("Invoices", ("number", "total", "status", "date"), _invoices(world, session))
    if session["return_url"]:
        body += f"<nav>{link(session['return_url'], 'Back')}</nav>"
    return Response(200, frame("Customer portal", body), content_type=HTML)


def _features(world: World, session: Document) -> Document:
    features: Document = world.get(CONFIGURATION, session["configuration"])["features"]
    return features


def _subscriptions(world: World, session: Document) -> list[Document]:
    found = [each for each in world.all("subscription") if each["customer"] == session["customer"]]
    return [each for each in found if not is_over(each) and each["status"] != "incomplete"]


def _plan(world: World, subscription: Document) -> str:
    prices = [world.get("price", item["price"]) for item in subscription["items"]["data"]]
    return ", ".join(_named(world, price) for price in prices)


def _named(world: World, price: Document) -> str:
    name = world.get("product", price["product"])["name"]
    return f"{name}, {money(price['unit_amount'], price['currency'])} a {price['recurring']['interval']}"


def _when(subscription: Document) -> str:
    if subscription["cancel_at"] is not None:
        return f"Ends on {moment(subscription['cancel_at'])}"
    return f"Renews on {moment(subscription['items']['data'][0]['current_period_end'])}"


def _choices(world: World, session: Document, subscription: Document) -> list[tuple[str, str]]:
    """What the configuration allows: the value of the button and what stands on it."""
    features, identifier = _features(world, session), subscription["id"]
    choices = []
    if features["subscription_cancel"]["enabled"]:
        if subscription["cancel_at"] is None:
            choices.append((f"cancel {identifier}", "Cancel the plan"))
        else:
            choices.append((f"resume {identifier}", "Do not cancel the plan"))
    if features["subscription_update"]["enabled"] and len(subscription["items"]["data"]) == 1:
        current = subscription["items"]["data"][0]["price"]
        listed = features["subscription_update"]["products"]
        allowed = {price for product in listed for price in product["prices"]} if listed else None
        choices += [
            (f"{price['id']} {identifier}", f"Change to {_named(world, price)}")
            for price in world.all("price")
            if price["active"] and price["recurring"] and price["id"] != current
            if price["currency"] == subscription["currency"] and (allowed is None or price["id"] in allowed)
        ]
    return choices


def _invoices(world: World, session: Document) -> list[tuple[str, ...]]:
    mine = [each for each in reversed(world.all("invoice")) if each["customer"] == session["customer"]]
    return [
        (
            link(f"/invoices/{each['id']}", each["number"] or "draft"),
            money(each["total"], each["currency"]),
            tag(each["status"]),
            moment(each["created"]),
        )
        for each in mine
    ]


def act(world: World, session_id: str, body: str) -> Response:
    """Does what the pressed button says; a flow that is done leads back to the shop if it says so."""
    session = world.get(SESSION, session_id)
    verb, _, identifier = parse_qs(body).get("action", [""])[0].partition(" ")
    offered = [value for each in _subscriptions(world, session) for value, _ in _choices(world, session, each)]
    try:
        with world.transaction():
            if verb == "card" and _features(world, session)["payment_method_update"]["enabled"]:
                _change_card(world, session["customer"])
            elif f"{verb} {identifier}" in offered:
                _change(world, _features(world, session), verb, identifier)
    except StripeError as error:
        return show(world, session_id, str(error))
    completion = (session["flow"] or {}).get("after_completion") or {}
    if completion.get("type") == "redirect":
        return Response(303, b"", {"Location": completion["redirect"]["return_url"]}, content_type=HTML)
    return show(world, session_id)


def _change(world: World, features: Document, verb: str, identifier: str) -> None:
    if verb == "cancel" and features["subscription_cancel"]["mode"] == "immediately":
        behavior = features["subscription_cancel"]["proration_behavior"]
        ending = {"prorate": behavior != "none", "invoice_now": behavior == "always_invoice"}
        cancel(world, Call(ending, identifier))
    elif verb == "cancel":
        # With flexible billing the portal names the date and leaves `cancel_at_period_end` alone.
        changes.update(world, Call({"cancel_at": "max_period_end"}, identifier))
    elif verb == "resume":
        changes.update(world, Call({"cancel_at": ""}, identifier))
    else:
        item = world.get("subscription", identifier)["items"]["data"][0]["id"]
        behavior = features["subscription_update"]["proration_behavior"]
        params = {"items": [{"id": item, "price": verb}], "proration_behavior": behavior}
        changes.update(world, Call(params | {"payment_behavior": "error_if_incomplete"}, identifier))


def _change_card(world: World, customer_id: str) -> None:
    method = attach_to(world, resolve(world, NEW_CARD, ""), customer_id)
    customer = world.get("customer", customer_id)
    customer["invoice_settings"]["default_payment_method"] = method["id"]
    world.put("customer", customer, "customer.updated")
