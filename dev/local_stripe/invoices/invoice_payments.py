"""Invoice payments: the link between an invoice and the intents that pay it."""

from dev.local_stripe.api.listing import LIST_PARAMS, matches, page
from dev.local_stripe.api.routes import Call, Resource, Route
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World


def retrieve(world: World, call: Call) -> Document:
    return world.render("invoice_payment", world.get("invoice_payment", call.id))


def list_payments(world: World, call: Call) -> Document:
    wanted = call.params.get("payment", {}).get("payment_intent")

    def keep(payment: Document) -> bool:
        of_intent = wanted is None or payment["payment"]["payment_intent"] == wanted
        return of_intent and matches(payment, call.params, "invoice status")

    return page(world, call, "invoice_payment", "/v1/invoice_payments", keep)


RESOURCE = Resource(
    kind="invoice_payment",
    routes=(
        Route(
            "GET",
            "/v1/invoice_payments",
            list_payments,
            "InvoicePaymentListParams",
            f"invoice status payment.type payment.payment_intent created {LIST_PARAMS}",
        ),
        Route("GET", "/v1/invoice_payments/{id}", retrieve, "InvoicePaymentRetrieveParams"),
    ),
)
