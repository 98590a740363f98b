"""Invoices over the API."""

from dev.local_stripe.api.changes import set_fields
from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import StripeError, card_error, invalid
from dev.local_stripe.api.listing import answer, cut
from dev.local_stripe.api.routes import Call, Resource
from dev.local_stripe.customers.payment_methods import resolve
from dev.local_stripe.invoices import invoicing
from dev.local_stripe.invoices.collection import book_payment, confirm_intent, finalize_and_collect, require_method
from dev.local_stripe.subscriptions.cancellation import drop_pending_update
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

FIELDS = "auto_advance description footer metadata"


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


RESOURCE = Resource(
    "invoice",
    "/v1/invoices",
    render=render,
    includes={"payments": payments, "confirmation_secret": confirmation_secret},
)
RESOURCE.readable("InvoiceRetrieveParams")
RESOURCE.listable("InvoiceListParams", "customer status collection_method", "subscription", _keep)


@RESOURCE.on("GET", "/{id}/lines", "InvoiceListLinesParams", "limit starting_after ending_before")
def list_lines(world: World, call: Call) -> Document:
    lines = world.get("invoice", call.id)["lines"]
    data, has_more = cut(lines["data"], call.params, "line_item")
    return answer(lines["url"], data, has_more=has_more)


@RESOURCE.on("POST", "/{id}", "InvoiceUpdateParams", FIELDS)
def update(world: World, call: Call) -> Document:
    invoice = world.get("invoice", call.id)
    set_fields(invoice, call.params, FIELDS)
    return world.put("invoice", invoice, "invoice.updated")


@RESOURCE.on("POST", "/{id}/finalize", "InvoiceFinalizeInvoiceParams", "auto_advance")
def finalize(world: World, call: Call) -> Document:
    invoice = world.get("invoice", call.id)
    if "auto_advance" in call.params:
        invoice["auto_advance"] = call.params["auto_advance"]
    return finalize_and_collect(world, invoice, off_session=True, wait=not invoice["auto_advance"])


@RESOURCE.on("POST", "/{id}/pay", "InvoicePayParams", "payment_method off_session paid_out_of_band")
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
        raise StripeError(
            402,
            "This payment requires additional user action before it can be completed successfully.",
            kind="card_error",
            code="invoice_payment_intent_requires_action",
            keep=True,
        )


@RESOURCE.on("POST", "/{id}/void", "InvoiceVoidInvoiceParams")
def void(world: World, call: Call) -> Document:
    """A change that waited for this invoice is given up with it."""
    voided = invoicing.void(world, world.get("invoice", call.id))
    subscription = invoicing.subscription_of(world, voided)
    if subscription["_pending_invoice"] == voided["id"]:
        drop_pending_update(world, subscription)
        names = ("updated", "pending_update_expired")
        world.put("subscription", subscription, *(f"customer.subscription.{name}" for name in names))
    return voided


@RESOURCE.on("POST", "/{id}/mark_uncollectible", "InvoiceMarkUncollectibleParams")
def mark_uncollectible(world: World, call: Call) -> Document:
    return invoicing.forgive(world, world.get("invoice", call.id), reason="user_forgiven")
