import stripe

from payments.gateway.connection.client import refuse_empty, stripe_client
from payments.gateway.snapshots.invoices import InvoiceView, invoice_view
from payments.gateway.snapshots.reading import Fields, reference

SUBSCRIPTION = "parent.subscription_details.subscription"
EXPANDED = [
    "payments.data.payment.payment_intent",
    f"{SUBSCRIPTION}.latest_invoice",
    f"{SUBSCRIPTION}.default_payment_method",
    f"{SUBSCRIPTION}.discounts",
    f"{SUBSCRIPTION}.schedule",
]


def fetch_invoice(invoice_id: str) -> InvoiceView:
    """The invoice with its lines, payments and subscription, in one call as long as there are no more than ten lines
    and ten payments. Raises ObjectMissing."""
    refuse_empty(invoice_id)
    with stripe_client() as client:
        fields = client.v1.invoices.retrieve(invoice_id, {"expand": EXPANDED}).to_dict()
        _complete(client, fields)
    return invoice_view(fields)


def _complete(client: stripe.StripeClient, fields: Fields) -> None:
    lines, payments = fields["lines"], fields.get("payments") or {"has_more": False}
    if lines["has_more"]:
        rest = client.v1.invoices.line_items.list(
            fields["id"], {"limit": 100, "starting_after": lines["data"][-1]["id"]}
        )
        lines["data"] += [line.to_dict() for line in rest.auto_paging_iter()]
    if payments["has_more"]:
        others = client.v1.invoice_payments.list(
            {
                "invoice": fields["id"],
                "limit": 100,
                "starting_after": payments["data"][-1]["id"],
                "expand": ["data.payment.payment_intent"],
            }
        )
        payments["data"] += [payment.to_dict() for payment in others.auto_paging_iter()]


def void_invoice(*, key: str, invoice_id: str) -> bool:
    """Make the open invoice impossible to pay; False when it is not open any more. Raises ObjectMissing."""
    refuse_empty(invoice_id)
    with stripe_client() as client:
        try:
            client.v1.invoices.void_invoice(invoice_id, {}, {"idempotency_key": key})
        except stripe.InvalidRequestError as refusal:
            if refusal.code == "resource_missing":
                raise
            return False
    return True


def invoice_of_payment(payment_intent_id: str) -> str:
    """The id of the invoice that the payment intent pays; "" when it pays none. Raises ObjectMissing."""
    refuse_empty(payment_intent_id)
    with stripe_client() as client:
        found = client.v1.invoice_payments.list(
            {"payment": {"type": "payment_intent", "payment_intent": payment_intent_id}, "limit": 1}
        )
    return next((reference(payment.to_dict()["invoice"]) for payment in found.data), "")
