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
from payments.gateway.disputes import fetch_dispute, fetch_fraud_warning
from payments.gateway.invoices import fetch_invoice, invoice_of_payment, void_invoice
from payments.gateway.refunds import (
    ChargeAlreadyRefunded,
    ChargeDisputed,
    RefundTooLarge,
    create_refund,
    refunds_of,
)
from payments.gateway.snapshots.customers import CustomerView
from payments.gateway.snapshots.disputes import DisputeView, FraudWarningView
from payments.gateway.snapshots.invoices import InvoiceView
from payments.gateway.snapshots.payments import PaymentView
from payments.gateway.snapshots.refunds import RefundView
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
    "ChargeAlreadyRefunded",
    "ChargeDisputed",
    "CustomerView",
    "DisputeView",
    "FirstPayment",
    "FraudWarningView",
    "InvoiceView",
    "ItemView",
    "NetworkCallInsideTransaction",
    "ObjectMissing",
    "PaymentMethodInvalid",
    "PaymentView",
    "RefundTooLarge",
    "RefundView",
    "StripeMisconfigured",
    "StripeUnavailable",
    "SubscriptionView",
    "WebhookSignatureInvalid",
    "attach_payment_method",
    "cancel_subscription",
    "create_customer",
    "create_refund",
    "create_subscription",
    "detach_payment_method",
    "fetch_customer",
    "fetch_dispute",
    "fetch_fraud_warning",
    "fetch_invoice",
    "fetch_subscription",
    "invoice_of_payment",
    "is_livemode",
    "refunds_of",
    "set_default_payment_method",
    "subscriptions_of",
    "verify_signature",
    "void_invoice",
]
