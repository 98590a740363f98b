import stripe

from payments.gateway.connection.client import refuse_empty, stripe_client
from payments.gateway.snapshots.invoices import InvoiceView, invoice_view
from payments.gateway.snapshots.reading import reference

EXPANDED = ["payments.data.payment.payment_intent", "parent.subscription_details.subscription.latest_invoice"]


def fetch_invoice(invoice_id: str) -> InvoiceView:
    """The invoice with its payments and its subscription, in one call. Raises ObjectMissing."""
    refuse_empty(invoice_id)
    with stripe_client() as client:
        invoice = client.v1.invoices.retrieve(invoice_id, {"expand": EXPANDED})
    return invoice_view(invoice.to_dict())


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
