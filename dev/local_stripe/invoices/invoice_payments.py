"""Invoice payments: the link between an invoice and the intents that pay it."""

from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.routes import Resource
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World


def _keep(world: World, payment: Document, params: Params) -> bool:
    intent = payment["payment"]["payment_intent"]
    return bool(params.get("payment", {}).get("payment_intent", intent) == intent)


RESOURCE = Resource("invoice_payment", "/v1/invoice_payments")
RESOURCE.readable("InvoicePaymentRetrieveParams")
RESOURCE.listable("InvoicePaymentListParams", "invoice status", "payment.type payment.payment_intent", _keep)
