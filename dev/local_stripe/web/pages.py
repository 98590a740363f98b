"""The pages a person sees: the overview, hosted invoices, and the payment page."""

from html import escape
from urllib.parse import parse_qs, urlencode

from dev.local_stripe.api.application import Response
from dev.local_stripe.api.errors import StripeError
from dev.local_stripe.catalogue.currencies import money
from dev.local_stripe.customers.payment_methods import resolve
from dev.local_stripe.invoices.collection import confirm_intent, settle_slow
from dev.local_stripe.payments.authentication import authenticate, kind_of
from dev.local_stripe.payments.charging import CONFIRMABLE
from dev.local_stripe.payments.setup_intents import set_up
from dev.local_stripe.web import checkout, portal
from dev.local_stripe.web.dashboard import dashboard
from dev.local_stripe.web.html import HTML, code, form, frame, link, moment, table, tag
from dev.local_stripe.web.pdf import render_lines
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

CARD_FOR = {
    "pay": "pm_card_visa",
    "decline": "pm_card_chargeDeclined",
    "authenticate": "pm_card_authenticationRequired",
    "slow": "pm_local_slow",
}


class Pages:
    def __init__(self, world: World) -> None:
        self._world = world

    def respond(self, method: str, path: str, body: str) -> Response:
        """Answers any path outside the API and the control surface."""
        first, *rest = path.strip("/").split("/")
        with self._world.lock:
            try:
                if not first:
                    return Response(200, dashboard(self._world), content_type=HTML)
                if first == "invoices" and len(rest) == 1:
                    return self._invoice(rest[0])
                if first == "pay" and len(rest) == 1:
                    return self._act(rest[0], body) if method == "POST" else self._payment(rest[0])
                if first == "portal" and len(rest) == 1:
                    post = method == "POST"
                    return portal.act(self._world, rest[0], body) if post else portal.show(self._world, rest[0])
                if first == "checkout" and len(rest) == 1:
                    post = method == "POST"
                    return checkout.act(self._world, rest[0], body) if post else checkout.show(self._world, rest[0])
            except StripeError as error:
                return Response(error.status, frame("Error", f"<p>{escape(str(error))}"), content_type=HTML)
        return Response(404, frame("Not found", "<p>There is no such page."), content_type=HTML)

    def _invoice(self, name: str) -> Response:
        invoice = self._world.get("invoice", name.removesuffix(".pdf"))
        if name.endswith(".pdf"):
            return Response(200, render_lines(_as_text(invoice)), content_type="application/pdf")
        return Response(200, frame("Invoice", self._invoice_body(invoice)), content_type=HTML)

    def _invoice_body(self, invoice: Document) -> str:
        currency = invoice["currency"]
        rows = [
            (
                escape(line["description"]),
                moment(line["period"]["start"]),
                moment(line["period"]["end"]),
                money(line["amount"], currency),
            )
            for line in invoice["lines"]["data"]
        ]
        links = [link(f"/invoices/{invoice['id']}.pdf", "PDF")]
        if invoice["status"] == "open" and "_intent" in invoice:
            links.append(link(f"/pay/{invoice['_intent']}", "Pay this invoice"))
        return (
            f"<h1>Invoice {escape(invoice['number'] or 'draft')} {tag(invoice['status'])}</h1>"
            f"<p class=dim>{escape(invoice['customer_email'] or invoice['customer'])}, "
            f"{moment(invoice['created'])}</p>"
            f"<p class=sum>{money(invoice['amount_due'], currency)}</p><nav>{' · '.join(links)}</nav>"
            + table("Lines", ("description", "from", "to", "amount"), rows)
        )

    def _payment(self, intent_id: str) -> Response:
        kind = kind_of(intent_id)
        intent = self._world.get(kind, intent_id)
        error = intent["last_payment_error" if kind == "payment_intent" else "last_setup_error"]
        notice = f"<p class=bad>{escape(error['message'])}</p>" if error else ""
        what = money(intent["amount"], intent["currency"]) if kind == "payment_intent" else "Save a card"
        body = (
            f'<div class="card narrow"><p class=dim>{code(intent["id"])} {tag(intent["status"])}</p>'
            f"<p class=sum>{what}</p>{notice}{form(f'/pay/{intent_id}', _buttons(intent))}</div>"
        )
        return Response(200, frame("Payment", body), content_type=HTML)

    def _act(self, intent_id: str, body: str) -> Response:
        """Does what the pressed button says and goes back to the shop, or to the page when more is needed."""
        kind, action = kind_of(intent_id), parse_qs(body).get("action", [""])[0]
        intent = self._world.get(kind, intent_id)
        waiting = intent["status"] == "requires_action"
        target = ((intent["next_action"] or {}).get("redirect_to_url") or {}).get("return_url")
        if waiting and action in ("authenticate", "fail"):
            authenticate(self._world, intent_id, succeed=action == "authenticate")
        elif action in ("arrive", "bounce"):
            settle_slow(self._world, intent_id, succeed=action == "arrive")
        elif action in CARD_FOR and intent["status"] in CONFIRMABLE:
            confirm = set_up if kind == "setup_intent" else confirm_intent
            with self._world.transaction():
                confirm(self._world, intent, resolve(self._world, CARD_FOR[action], ""), return_url=target)
        settled = self._world.get(kind, intent_id)
        return Response(303, b"", {"Location": _next_address(settled, target)}, content_type=HTML)


def _next_address(intent: Document, return_url: str | None) -> str:
    if return_url is None or intent["status"] == "requires_action":
        return f"/pay/{intent['id']}"
    outcome = {
        intent["object"]: intent["id"],
        f"{intent['object']}_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if intent["status"] == "succeeded" else "failed",
    }
    return f"{return_url}{'&' if '?' in return_url else '?'}{urlencode(outcome)}"


def _buttons(intent: Document) -> list[tuple[str, str]]:
    if intent["status"] == "requires_action":
        return [("authenticate", "Authenticate"), ("fail", "Fail the authentication"), ("decline", "Decline")]
    if intent["status"] in CONFIRMABLE:
        return [
            ("pay", "Pay"),
            ("decline", "Decline"),
            ("authenticate", "Pay with a card that asks to authenticate"),
            ("slow", "Pay by a method that takes days"),
        ]
    if intent["status"] == "processing":
        return [("arrive", "The money arrives"), ("bounce", "The money does not arrive")]
    return []


def _as_text(invoice: Document) -> list[str]:
    currency = invoice["currency"]
    lines = [f"{line['description']}    {money(line['amount'], currency)}" for line in invoice["lines"]["data"]]
    return [
        f"Invoice {invoice['number'] or 'draft'}",
        f"{invoice['customer_email'] or invoice['customer']}, {moment(invoice['created'])} UTC",
        f"Status: {invoice['status']}",
        "",
        *lines,
        "",
        f"Amount due: {money(invoice['amount_due'], currency)}",
    ]
