"""Invoice payments: the link between an invoice and the intents that pay it, one or several."""

from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import invalid
from dev.local_stripe.api.routes import Call, Resource
from dev.local_stripe.invoices import invoices
from dev.local_stripe.invoices.collection import book_payment
from dev.local_stripe.invoices.invoicing import close_payments, payments_of
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World


def _keep(world: World, payment: Document, params: Params) -> bool:
    intent = payment["payment"]["payment_intent"]
    return bool(params.get("payment", {}).get("payment_intent", intent) == intent)


RESOURCE = Resource("invoice_payment", "/v1/invoice_payments")
RESOURCE.readable("InvoicePaymentRetrieveParams")
RESOURCE.listable("InvoicePaymentListParams", "invoice status", "payment.type payment.payment_intent", _keep)


@invoices.RESOURCE.on("POST", "/{id}/attach_payment", "InvoiceAttachPaymentParams", "payment_intent")
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
    _credit(world, invoice, intent["amount_received"] - paid)
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


def _credit(world: World, invoice: Document, excess: int) -> None:
    if excess:
        customer = world.get("customer", invoice["customer"])
        world.put("customer", customer | {"balance": customer["balance"] - excess}, "customer.updated")
        invoice["amount_overpaid"] += excess


def _ask_for_the_rest(world: World, invoice: Document) -> None:
    for link in payments_of(world, invoice["id"]):
        if link["status"] == "open":
            rest = invoice["amount_remaining"]
            world.put("invoice_payment", link | {"amount_requested": rest})
            intent = world.get("payment_intent", link["payment"]["payment_intent"])
            world.put("payment_intent", intent | {"amount": rest})
