"""Credit notes over paid invoices: money back to the card, to the customer's balance, or outside of Stripe."""

from dev.local_stripe.api.changes import set_fields
from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import invalid
from dev.local_stripe.api.routes import Call, Resource
from dev.local_stripe.invoices.invoicing import payments_of
from dev.local_stripe.payments import refunds
from dev.local_stripe.world.shapes import blank
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

RESOURCE = Resource("credit_note", "/v1/credit_notes")
RESOURCE.readable("CreditNoteRetrieveParams")
RESOURCE.listable("CreditNoteListParams", "customer invoice")


@RESOURCE.on(
    "POST",
    "",
    "CreditNoteCreateParams",
    "amount credit_amount invoice memo metadata out_of_band_amount reason refund_amount refunds.refund "
    "refunds.amount_refunded",
)
def create(world: World, call: Call) -> Document:
    params = call.params
    invoice = world.refer("invoice", params["invoice"], "invoice")
    amount = _amount(world, invoice, params)
    shown = [_existing(world, entry) for entry in params.get("refunds", [])]
    if params.get("refund_amount"):
        made = _refund(world, invoice, params["refund_amount"])
        shown.append({"amount_refunded": made["amount"], "refund": made["id"], "type": "refund"})
    if params.get("credit_amount"):
        customer = world.get("customer", invoice["customer"])
        credited = customer | {"balance": customer["balance"] - params["credit_amount"]}
        world.put("customer", credited, "customer.updated")
    note = _new(world, invoice, amount)
    set_fields(note, params, "memo metadata out_of_band_amount reason")
    invoice["post_payment_credit_notes_amount"] += amount
    world.put("invoice", invoice, "invoice.updated")
    return world.put("credit_note", note | {"refunds": shown}, "credit_note.created")


def _amount(world: World, invoice: Document, params: Params) -> int:
    """What the note is over; 400 unless it is paid, left, and given back in full."""
    if invoice["status"] != "paid":
        raise invalid("The local Stripe credits paid invoices only.", param="invoice")
    parts = [params.get(name, 0) for name in ("refund_amount", "credit_amount", "out_of_band_amount")]
    parts += [_existing(world, entry)["amount_refunded"] for entry in params.get("refunds", [])]
    amount = int(params.get("amount", sum(parts)))
    left = invoice["total"] - invoice["post_payment_credit_notes_amount"]
    if not 0 < amount <= left:
        raise invalid(f"A credit note over this invoice is over 1 to {left}, not {amount}.", param="amount")
    if sum(parts) != amount:
        raise invalid(f"The sum of credit, refund and out of band amounts ({sum(parts)}) must equal {amount}.")
    return amount


def _existing(world: World, entry: Params) -> Document:
    refund = world.refer("refund", entry.get("refund", ""), "refunds[refund]")
    amount = entry.get("amount_refunded", refund["amount"])
    return {"amount_refunded": amount, "refund": refund["id"], "type": "refund"}


def _refund(world: World, invoice: Document, amount: int) -> Document:
    paid = [each["payment"]["payment_intent"] for each in payments_of(world, invoice["id"]) if each["status"] == "paid"]
    if not paid:
        raise invalid("This invoice was not paid by card; nothing can be refunded.", param="refund_amount")
    return refunds.create(world, Call(params={"payment_intent": paid[-1], "amount": amount}))


def _new(world: World, invoice: Document, amount: int) -> Document:
    number = sum(each["invoice"] == invoice["id"] for each in world.all("credit_note")) + 1
    note = world.new("credit_note", "cn", type="post_payment", status="issued", amount=amount)
    note |= {name: invoice[name] for name in ("currency", "customer")}
    note |= {"invoice": invoice["id"], "number": f"{invoice['number']}-CN-{number:02}", "effective_at": world.now()}
    note |= dict.fromkeys(("post_payment_amount", "subtotal", "subtotal_excluding_tax", "total"), amount)
    note |= {"total_excluding_tax": amount, "pdf": f"{world.base_url}/invoices/{invoice['id']}.pdf"}
    line = {"id": world.new_id("cnli"), "amount": amount, "quantity": 1, "type": "custom_line_item"}
    lines = [blank("credit_note_line_item") | line | {"description": f"Credit for {invoice['number']}"}]
    note["lines"] |= {"data": lines, "url": f"{RESOURCE.url}/{note['id']}/lines"}
    return note
