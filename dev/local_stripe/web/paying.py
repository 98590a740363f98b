"""The pages on which a person pays: that of a payment or setup intent, and that of a checkout session."""

from urllib.parse import urlencode

from dev.local_stripe.api import Document, World
from dev.local_stripe.invoices.collection import confirm_intent, settle_slow
from dev.local_stripe.resources.cards import resolve
from dev.local_stripe.resources.catalogue import money
from dev.local_stripe.resources.charges import CONFIRMABLE
from dev.local_stripe.resources.intents import authenticate, kind_of
from dev.local_stripe.resources.paying import pay_session, settle_session
from dev.local_stripe.resources.sessions import KIND
from dev.local_stripe.resources.setup_intents import set_up
from dev.local_stripe.web.html import card, table

CARDS = {
    "pay": ("pm_card_visa", "Pay"),
    "decline": ("pm_card_chargeDeclined", "Pay with a card that is declined"),
    "authenticate": ("pm_card_authenticationRequired", "Pay with a card that asks to authenticate"),
    "fail": ("pm_card_authenticationRequired", "Pay with a card that asks, and fail to authenticate"),
    "slow": ("pm_local_slow", "Pay by a method that takes days"),
}
ASKED = {"authenticate": "Authenticate", "fail": "Fail the authentication", "decline": "Decline"}
BANK = {"arrive": "The money arrives", "bounce": "The money does not arrive"}


def show(world: World, intent_id: str, notice: str) -> str:
    intent = world.get(kind_of(intent_id), intent_id)
    error = intent["last_payment_error" if "amount" in intent else "last_setup_error"] or {"message": notice}
    total = money(intent["amount"], intent["currency"]) if "amount" in intent else "Save a card"
    return card(intent, total, error["message"], f"/pay/{intent_id}", _buttons(intent))


def _buttons(intent: Document) -> dict[str, str]:
    if intent["status"] == "requires_action":
        return ASKED
    if intent["status"] in CONFIRMABLE:
        return {action: text for action, (_, text) in CARDS.items() if action != "fail"}
    return BANK if intent["status"] == "processing" else {}


def press(world: World, intent_id: str, action: str) -> str:
    """Does what the button says and goes back to the shop, or to the page when more is needed."""
    kind = kind_of(intent_id)
    intent = world.get(kind, intent_id)
    target = ((intent["next_action"] or {}).get("redirect_to_url") or {}).get("return_url")
    offered = action in _buttons(intent)
    if offered and intent["status"] == "requires_action" and action != "decline":
        authenticate(world, intent_id, succeed=action == "authenticate")
    elif offered and action in BANK:
        settle_slow(world, intent_id, succeed=action == "arrive")
    elif offered:
        confirm = set_up if kind == "setup_intent" else confirm_intent
        with world.transaction():
            confirm(world, intent, resolve(world, CARDS[action][0], ""), return_url=target)
    settled = world.get(kind, intent_id)
    if target is None or settled["status"] == "requires_action":
        return f"/pay/{intent_id}"
    outcome = {
        kind: intent_id,
        f"{kind}_client_secret": settled["client_secret"],
        "redirect_status": "succeeded" if settled["status"] == "succeeded" else "failed",
    }
    return f"{target}{'&' if '?' in target else '?'}{urlencode(outcome)}"


def show_checkout(world: World, session_id: str, notice: str) -> str:
    session = world.get(KIND, session_id)
    currency = session["currency"] or ""
    lines = [
        (line["description"], str(line["quantity"]), money(line["amount_total"], currency))
        for line in session["_lines"]
    ]
    total = "Save a card" if session["mode"] == "setup" else money(session["amount_total"], currency)
    page = card(session, total, notice, f"/checkout/{session_id}", _checkout_buttons(session))
    return page + table("Lines", "description quantity total", lines)


def _checkout_buttons(session: Document) -> dict[str, str]:
    if session["status"] == "open":
        setup = session["mode"] == "setup"
        shown = {action: text for action, (_, text) in CARDS.items() if not (setup and action == "slow")}
        return shown | ({"cancel": "Back to the shop"} if session["cancel_url"] else {})
    return BANK if session["status"] == "complete" and session["payment_status"] == "unpaid" else {}


def press_checkout(world: World, session_id: str, action: str) -> str | None:
    """Whoever has paid or does not want to goes back to the shop."""
    session = world.get(KIND, session_id)
    if action not in _checkout_buttons(session):
        return None
    if action in BANK:
        settle_session(world, session_id, succeed=action == "arrive")
        return None
    if action == "cancel":
        return str(session["cancel_url"])
    pay_session(world, session_id, CARDS[action][0], authenticates=action != "fail")
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session_id)
