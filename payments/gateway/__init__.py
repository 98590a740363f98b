"""The one door to Stripe: nothing else imports its SDK, and nothing of the SDK leaves here but frozen dataclasses."""

from payments.gateway.customers import (
    attach_payment_method,
    create_customer,
    detach_payment_method,
    fetch_customer,
    set_default_payment_method,
)
from payments.gateway.errors import (
    AuthenticationRequired,
    CardDeclined,
    NetworkCallInsideTransaction,
    ObjectMissing,
    PaymentMethodInvalid,
    StripeMisconfigured,
    StripeUnavailable,
)
from payments.gateway.invoices import fetch_invoice, invoice_of_payment, void_invoice
from payments.gateway.mode import is_livemode
from payments.gateway.signatures import WebhookSignatureInvalid, verify_signature
from payments.gateway.snapshots import CustomerView, InvoiceView, ItemView, PaymentView, SubscriptionView
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
