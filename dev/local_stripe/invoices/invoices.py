"""Invoices over the API, the payments that pay them, and credit notes over paid ones."""

from dev.local_stripe.api import Call, Document, Params, Resource, World, blank, card_error, invalid, needs_action
from dev.local_stripe.api.resource import answer, cut, set_fields
from dev.local_stripe.invoices import invoicing
from dev.local_stripe.invoices.collection import book_payment, confirm_intent, finalize_and_collect, require_method
from dev.local_stripe.invoices.invoicing import close_payments, payments_of
from dev.local_stripe.resources.cards import resolve
from dev.local_stripe.subscriptions.standing import expire_update

# What an invoice shows of its lines and payments; whoever wants the rest turns pages.
SHOWN = 10


def render(world: World, invoice: Document) -> Document:
    lines = invoice["lines"]
    invoice["lines"] = lines | {"data": lines["data"][:SHOWN], "has_more": len(lines["data"]) > SHOWN}
    if invoice["status_transitions"]["finalized_at"] is not None:
        page_url = f"{world.base_url}/invoices/{invoice['id']}"
        invoice |= {"hosted_invoice_url": page_url, "invoice_pdf": f"{page_url}.pdf"}
    return invoice


def payments(world: World, invoice: Document) -> Document:
    newest_first = reversed(invoicing.payments_of(world, invoice["id"]))
    found = [world.render("invoice_payment", each) for each in newest_first]
    return answer("/v1/invoice_payments", found[:SHOWN], has_more=len(found) > SHOWN)


def confirmation_secret(world: World, invoice: Document) -> Document | None:
    if "_intent" not in invoice:
        return None
    intent = world.get("payment_intent", invoice["_intent"])
    return {"client_secret": intent["client_secret"], "type": "payment_intent"}


def _keep(world: World, invoice: Document, params: Params) -> bool:
    subscription = invoice["parent"]["subscription_details"]["subscription"]
    return bool(params.get("subscription", subscription) == subscription)


INCLUDES = {"payments": payments, "confirmation_secret": confirmation_secret}
INVOICE = Resource("invoice", "/v1/invoices", render=render, includes=INCLUDES).reads()
INVOICE.lists("customer status collection_method", "subscription", _keep)


@INVOICE.on("GET", "/{id}/lines", "ListLines", "limit starting_after ending_before")
def list_lines(world: World, call: Call) -> Document:
    lines = world.get("invoice", call.id)["lines"]
    data, has_more = cut(lines["data"], call.params, "line_item")
    return answer(lines["url"], data, has_more=has_more)


@INVOICE.does("pay", "payment_method off_session paid_out_of_band")
def pay(world: World, call: Call) -> Document:
    """Charges the named card or the default one. A decline is a 402 whose effects stand."""
    invoice = world.get("invoice", call.id)
    if invoice["status"] == "paid":
        raise invalid("Invoice is already paid")
    if invoice["status"] == "void":
        raise invalid("You can only pay open or uncollectible invoices. This invoice is void.")
    if invoice["status"] == "draft":
        invoice = finalize_and_collect(world, invoice, off_session=False, wait=True)
    if invoice["status"] == "paid":
        return invoice
    if call.params.get("paid_out_of_band"):
        _pay_out_of_band(world, invoice)
    else:
        _charge(world, invoice, call)
    return world.get("invoice", call.id)


def _pay_out_of_band(world: World, invoice: Document) -> None:
    invoicing.close_payments(world, invoice, reason="automatic")
    invoice["amount_paid_off_stripe"] = invoice["amount_due"]
    book_payment(world, invoice, None)


def _charge(world: World, invoice: Document, call: Call) -> None:
    subscription = invoicing.subscription_of(world, invoice)
    if "payment_method" in call.params:
        method = resolve(world, call.params["payment_method"], "payment_method")
    else:
        require_method(world, subscription)
        method = invoicing.default_method(world, subscription) or {}
    intent = world.get("payment_intent", invoice["_intent"])
    off_session = bool(call.params.get("off_session", True))
    settled = confirm_intent(world, intent, method, off_session=off_session)
    if settled["status"] == "requires_payment_method":
        raise card_error(settled["last_payment_error"], keep=True)
    if settled["status"] == "requires_action":
        raise needs_action("invoice_payment_intent_requires_action", keep=True)


@INVOICE.does("void", params="VoidInvoice")
def void(world: World, call: Call) -> Document:
    """A change that waited for this invoice is given up with it."""
    voided = invoicing.void(world, world.get("invoice", call.id))
    subscription = invoicing.subscription_of(world, voided)
    if subscription["_pending_invoice"] == voided["id"]:
        expire_update(world, subscription["id"])
    return voided


@INVOICE.does("mark_uncollectible")
def mark_uncollectible(world: World, call: Call) -> Document:
    return invoicing.forgive(world, world.get("invoice", call.id), reason="user_forgiven")


def _keeps_payment(world: World, payment: Document, params: Params) -> bool:
    intent = payment["payment"]["payment_intent"]
    return bool(params.get("payment", {}).get("payment_intent", intent) == intent)


INVOICE_PAYMENT = Resource("invoice_payment", "/v1/invoice_payments").reads()
INVOICE_PAYMENT.lists("invoice status", "payment.type payment.payment_intent", _keeps_payment)


@INVOICE.does("attach_payment", "payment_intent")
def attach_payment(world: World, call: Call) -> Document:
    """Sets a payment that was made otherwise against the invoice. What is too much becomes credit of the customer."""
    invoice = world.get("invoice", call.id)
    intent = world.refer("payment_intent", call.params.get("payment_intent", ""), "payment_intent")
    if invoice["status"] not in ("open", "uncollectible"):
        raise invalid("Payments can only be attached to open invoices.")
    if intent["status"] != "succeeded" or intent["customer"] != invoice["customer"]:
        raise invalid("Only a successful payment of the invoice's customer can be attached.", param="payment_intent")
    paid = min(intent["amount_received"], invoice["amount_remaining"])
    _link(world, invoice, intent)
    excess = intent["amount_received"] - paid
    if excess:
        invoicing.credit(world, invoice, excess)
    invoice["amount_overpaid"] += excess
    invoice["amount_paid"] += paid
    invoice["amount_remaining"] -= paid
    if invoice["amount_remaining"] == 0:
        close_payments(world, invoice, reason="automatic")
        book_payment(world, invoice, None)
    else:
        _ask_for_the_rest(world, invoice)
        world.put("invoice", invoice, "invoice.updated")
    return world.get("invoice", invoice["id"])


def _link(world: World, invoice: Document, intent: Document) -> None:
    received = intent["amount_received"]
    link = world.new("invoice_payment", "inpay", amount_requested=received, amount_paid=received, status="paid")
    link |= {"currency": invoice["currency"], "invoice": invoice["id"], "is_default": False}
    link["payment"] = {"payment_intent": intent["id"], "type": "payment_intent"}
    link["status_transitions"]["paid_at"] = world.now()
    world.put("invoice_payment", link, "invoice_payment.paid")


def _ask_for_the_rest(world: World, invoice: Document) -> None:
    for link in payments_of(world, invoice["id"]):
        if link["status"] == "open":
            rest = invoice["amount_remaining"]
            world.put("invoice_payment", link | {"amount_requested": rest})
            world.change("payment_intent", link["payment"]["payment_intent"], {"amount": rest})


CREDIT_NOTE = Resource("credit_note", "/v1/credit_notes").reads().lists("customer invoice")


@CREDIT_NOTE.creates("amount credit_amount invoice memo metadata out_of_band_amount reason")
def create_note(world: World, call: Call) -> Document:
    params = call.params
    invoice = world.refer("invoice", params["invoice"], "invoice")
    amount = _note_amount(world, invoice, params)
    if params.get("credit_amount"):
        invoicing.credit(world, invoice, params["credit_amount"])
    note = _new_note(world, invoice, amount)
    set_fields(note, params, "memo metadata out_of_band_amount reason")
    invoice["post_payment_credit_notes_amount"] += amount
    world.put("invoice", invoice, "invoice.updated")
    return world.put("credit_note", note, "credit_note.created")


def _note_amount(world: World, invoice: Document, params: Params) -> int:
    """What the note is over; 400 unless it is paid, left, and given back in full."""
    if invoice["status"] != "paid":
        raise invalid("The local Stripe credits paid invoices only.", param="invoice")
    parts = [params.get(name, 0) for name in ("credit_amount", "out_of_band_amount")]
    amount = int(params.get("amount", sum(parts)))
    left = invoice["total"] - invoice["post_payment_credit_notes_amount"]
    if not 0 < amount <= left:
        raise invalid(f"A credit note over this invoice is over 1 to {left}, not {amount}.", param="amount")
    if sum(parts) != amount:
        raise invalid(f"The sum of credit and out of band amounts ({sum(parts)}) must equal {amount}.")
    return amount


def _new_note(world: World, invoice: Document, amount: int) -> Document:
    number = sum(each["invoice"] == invoice["id"] for each in world.all("credit_note")) + 1
    note = world.new("credit_note", "cn", type="post_payment", status="issued", amount=amount)
    note |= {name: invoice[name] for name in ("currency", "customer")}
    note |= {"invoice": invoice["id"], "number": f"{invoice['number']}-CN-{number:02}", "effective_at": world.now()}
    note |= dict.fromkeys(("post_payment_amount", "subtotal", "subtotal_excluding_tax", "total"), amount)
    note |= {"total_excluding_tax": amount, "pdf": f"{world.base_url}/invoices/{invoice['id']}.pdf"}
    line = {"id": world.new_id("cnli"), "amount": amount, "quantity": 1, "type": "custom_line_item"}
    lines = [blank("credit_note_line_item") | line | {"description": f"Credit for {invoice['number']}"}]
    note["lines"] |= {"data": lines, "url": f"{CREDIT_NOTE.url}/{note['id']}/lines"}
    return note
