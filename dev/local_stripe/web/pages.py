"""The pages a person sees: the overview, hosted invoices, and those with buttons."""

from html import escape
from urllib.parse import parse_qs

from dev.local_stripe.api import Document, StripeError, World
from dev.local_stripe.api.application import Response
from dev.local_stripe.resources.catalogue import money
from dev.local_stripe.web import paying, portal
from dev.local_stripe.web.html import cell, frame, link, moment, table, table_of, tag
from dev.local_stripe.webhooks import deliveries_of

HTML = "text/html; charset=utf-8"
SHOWN = 100
TABLES = (
    ("Customers", "customer", "id email name created"),
    ("Subscriptions", "subscription", "id customer price status current_period_end"),
    ("Invoices", "invoice", "number customer total status billing_reason created"),
    ("Payments", "payment_intent", "id amount status description created"),
    ("Checkout sessions", "checkout.session", "id mode status payment_status created"),
)
# What a button leads to: another address, or nothing when the page is shown again.
ACTS = {"pay": paying.press, "checkout": paying.press_checkout, "portal": portal.press}
SHOWS = {"pay": paying.show, "checkout": paying.show_checkout, "portal": portal.show}


def respond(world: World, method: str, path: str, body: str) -> Response:
    """Answers any path outside the API and the control surface."""
    first, _, name = path.strip("/").partition("/")
    with world.lock:
        try:
            if not first:
                return Response(200, _overview(world), content_type=HTML)
            if first == "invoices":
                return _invoice(world, name)
            notice = ""
            if method == "POST" and first in ACTS:
                try:
                    target = ACTS[first](world, name, parse_qs(body).get("action", [""])[0])
                    if target is not None:
                        return Response(303, b"", {"Location": target}, HTML)
                except StripeError as error:
                    notice = str(error)
            if first in SHOWS:
                return Response(200, frame(first, SHOWS[first](world, name, notice)), content_type=HTML)
        except StripeError as error:
            return Response(error.status, frame("Error", f"<p>{escape(str(error))}"), content_type=HTML)
    return Response(404, frame("Not found", "<p>There is no such page."), content_type=HTML)


def _overview(world: World) -> bytes:
    def latest(kind: str) -> list[Document]:
        return [document for document in reversed(world.all(kind)) if not document.get("_deleted")][:SHOWN]

    events = [
        (cell(event, "created"), event["type"], escape(event["data"]["object"].get("id", "")), _sent(world, event))
        for event in latest("event")
    ]
    head = (
        f"<h1>Local Stripe</h1><p class=dim>Clock: {moment(world.now())} UTC. No money moves here; "
        "the control surface stands under <code>/_local/</code>.</p>"
    )
    tables = "".join(table_of(title, names, latest(kind)) for title, kind, names in TABLES)
    return frame("Local Stripe", head + tables + table("Events", "time type object delivery", events))


def _sent(world: World, event: Document) -> str:
    return " ".join(f"{tag(each['state'])} {each['attempts']}" for each in deliveries_of(world, event["id"]))


def _invoice(world: World, name: str) -> Response:
    invoice = world.get("invoice", name.removesuffix(".pdf"))
    if name.endswith(".pdf"):
        return Response(200, as_pdf(_as_text(invoice)), content_type="application/pdf")
    links = [link(f"/invoices/{invoice['id']}.pdf", "PDF")]
    if invoice["status"] == "open" and "_intent" in invoice:
        links.append(link(f"/pay/{invoice['_intent']}", "Pay this invoice"))
    text = "".join(f"<p>{escape(line)}</p>" for line in _as_text(invoice))
    return Response(200, frame("Invoice", f"{text}<nav>{' · '.join(links)}</nav>"), content_type=HTML)


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
ROOT = (b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", PAGE, FONT)


def as_pdf(lines: list[str]) -> bytes:
    """An A4 page with the lines from the top, in eleven point Helvetica."""
    escaped = (line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines)
    shown = b" ".join(b"(%s) Tj T*" % line.encode("cp1252", "replace") for line in escaped)
    text = b"BT /F1 11 Tf 60 780 Td 18 TL " + shown + b" ET"
    document, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate((*ROOT, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text)), start=1):
        offsets.append(b"%010d 00000 n \n" % len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    trailer = b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(document)
    return document + b"xref\n0 6\n0000000000 65535 f \n" + b"".join(offsets) + trailer
