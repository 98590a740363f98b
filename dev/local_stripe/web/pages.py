"""The pages a person sees: the overview, hosted invoices, and the payment page."""

from collections.abc import Callable
from html import escape
from urllib.parse import parse_qs, urlencode

from dev.local_stripe.api import Document, StripeError, World
from dev.local_stripe.api.application import Response
from dev.local_stripe.invoices.collection import confirm_intent, settle_slow
from dev.local_stripe.resources.cards import resolve
from dev.local_stripe.resources.catalogue import money
from dev.local_stripe.resources.charges import CONFIRMABLE
from dev.local_stripe.resources.payment_intents import authenticate, kind_of
from dev.local_stripe.resources.setup_intents import set_up
from dev.local_stripe.web import checkout, portal
from dev.local_stripe.web.html import HTML, code, form, frame, link, moment, table, tag
from dev.local_stripe.webhooks import deliveries_of

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


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>"


def render_lines(lines: list[str]) -> bytes:
    """An A4 page with the lines from the top, in eleven point Helvetica."""
    text = b"BT /F1 11 Tf 60 780 Td 18 TL " + b" ".join(_shown(line) for line in lines) + b" ET"
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text)
    catalogue = b"<< /Type /Catalog /Pages 2 0 R >>"
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return _assemble([catalogue, pages, PAGE, FONT, stream])


def _shown(line: str) -> bytes:
    escaped = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return b"(%s) Tj T*" % escaped.encode("cp1252", "replace")


def _assemble(objects: list[bytes]) -> bytes:
    document = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(document))
    return document + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + trailer
