"""The hosted page of a checkout session."""

from html import escape
from urllib.parse import parse_qs

from dev.local_stripe.api import Document, StripeError, World
from dev.local_stripe.api.application import Response
from dev.local_stripe.resources.catalogue import money
from dev.local_stripe.resources.paying import pay_session, settle_session
from dev.local_stripe.resources.sessions import KIND
from dev.local_stripe.web.html import HTML, code, form, frame, table, tag

CARDS = {
    "pay": ("pm_card_visa", "Pay"),
    "decline": ("pm_card_chargeDeclined", "Pay with a card that is declined"),
    "authenticate": ("pm_card_authenticationRequired", "Pay with a card that asks, and authenticate"),
    "fail": ("pm_card_authenticationRequired", "Pay with a card that asks, and fail to authenticate"),
    "slow": ("pm_local_slow", "Pay by a method that takes days"),
}


def show(world: World, session_id: str, error: str = "") -> Response:
    session = world.get(KIND, session_id)
    currency = session["currency"] or ""
    lines = [
        (escape(line["description"]), str(line["quantity"]), money(line["amount_total"], currency))
        for line in session["_lines"]
    ]
    total = "Save a card" if session["mode"] == "setup" else money(session["amount_total"], currency)
    body = (
        f'<div class="card narrow"><p class=dim>{code(session_id)} {tag(session["status"])} '
        f"{tag(session['payment_status'])}</p><p class=sum>{total}</p><p class=bad>{escape(error)}</p>"
        f"{form(f'/checkout/{session_id}', _buttons(session))}</div>"
    )
    return Response(
        200, frame("Checkout", body + table("Lines", ("description", "quantity", "total"), lines)), {}, HTML
    )


def _buttons(session: Document) -> list[tuple[str, str]]:
    if session["status"] == "open":
        setup = session["mode"] == "setup"
        shown = [(action, text) for action, (_, text) in CARDS.items() if not (setup and action == "slow")]
        return [*shown, ("cancel", "Back to the shop")] if session["cancel_url"] else shown
    if session["status"] == "complete" and session["payment_status"] == "unpaid":
        return [("arrive", "The money arrives"), ("bounce", "The money does not arrive")]
    return []


def act(world: World, session_id: str, body: str) -> Response:
    """Does what the pressed button says; whoever has paid or does not want to goes back to the shop."""
    action = parse_qs(body).get("action", [""])[0]
    session = world.get(KIND, session_id)
    if action not in dict(_buttons(session)):
        return show(world, session_id)
    if action in ("arrive", "bounce"):
        settle_session(world, session_id, succeed=action == "arrive")
        return show(world, session_id)
    target = session["cancel_url"]
    if action != "cancel":
        try:
            pay_session(world, session_id, CARDS[action][0], authenticates=action != "fail")
        except StripeError as error:
            return show(world, session_id, str(error))
        target = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session_id)
    return Response(303, b"", {"Location": target}, HTML)
