"""The one door to Stripe: nothing else imports its SDK, and nothing of the SDK leaves here but frozen dataclasses."""

from payments.gateway.connection.errors import (
    AuthenticationRequired,
    CardDeclined,
    NetworkCallInsideTransaction,
    ObjectMissing,
    PaymentMethodInvalid,
    StripeMisconfigured,
    StripeUnavailable,
)
from payments.gateway.connection.mode import is_livemode
from payments.gateway.connection.signatures import WebhookSignatureInvalid, verify_signature
from payments.gateway.customers import (
    attach_payment_method,
    create_customer,
    detach_payment_method,
    fetch_customer,
    set_default_payment_method,
)
from payments.gateway.invoices import fetch_invoice, invoice_of_payment, void_invoice
from payments.gateway.snapshots.customers import CustomerView
from payments.gateway.snapshots.invoices import InvoiceView
from payments.gateway.snapshots.payments import PaymentView
from payments.gateway.snapshots.subscriptions import ItemView, SubscriptionView
from payments.gateway.subscriptions import (
    FirstPayment,
    cancel_subscription,
    create_subscription,
    fetch_subscription,
    subscriptions_of,
)

__all__ = [
    "AuthenticationRequired",
    "CardDeclined",
    "CustomerView",
    "FirstPayment",
    "InvoiceView",
    "ItemView",
    "NetworkCallInsideTransaction",
    "ObjectMissing",
    "PaymentMethodInvalid",
    "PaymentView",
    "StripeMisconfigured",
    "StripeUnavailable",
    "SubscriptionView",
    "WebhookSignatureInvalid",
    "attach_payment_method",
    "cancel_subscription",
    "create_customer",
    "create_subscription",
    "detach_payment_method",
    "fetch_customer",
    "fetch_invoice",
    "fetch_subscription",
    "invoice_of_payment",
    "is_livemode",
    "set_default_payment_method",
    "subscriptions_of",
    "verify_signature",
    "void_invoice",
]
