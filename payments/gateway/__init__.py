"""The one door to Stripe: nothing else imports its SDK, and nothing of the SDK leaves here but frozen dataclasses."""

from payments.gateway.changes.cancellation import cancel_at_period_end, withdraw_cancellation
from payments.gateway.changes.pauses import note_resumption, pause_subscription, resume_subscription
from payments.gateway.changes.plans import (
    PaymentMethodMissing,
    apply_promotion_code,
    change_plan,
    see_confirmation,
)
from payments.gateway.changes.previews import PreviewView, preview_change, preview_end, preview_renewal
from payments.gateway.changes.schedules import attach_schedule, plan_next_phase, release_schedule
from payments.gateway.checkouts import (
    checkouts_since,
    create_purchase_checkout,
    create_subscription_checkout,
    expire_checkout,
    fetch_checkout,
)
from payments.gateway.connection.errors import (
    AUTHENTICATION_CODES,
    AuthenticationRequired,
    CardDeclined,
    CurrencyFixed,
    NetworkCallInsideTransaction,
    ObjectMissing,
    PaymentMethodInvalid,
    PlanNotSold,
    PromotionCodeInvalid,
    StripeMisconfigured,
    StripeUnavailable,
    card_declined,
)
from payments.gateway.connection.mode import is_livemode
from payments.gateway.connection.signatures import WebhookSignatureInvalid, verify_signature
from payments.gateway.customers import (
    attach_payment_method,
    create_customer,
    detach_payment_method,
    fetch_customer,
    find_customer,
    set_default_payment_method,
    set_email,
)
from payments.gateway.disputes import fetch_dispute, fetch_fraud_warning
from payments.gateway.invoices import fetch_invoice, invoice_of_payment, void_invoice
from payments.gateway.payment_intents import (
    cancel_payment_intent,
    confirm_payment_intent,
    create_payment_intent,
    fetch_payment_intent,
    payment_intents_since,
)
from payments.gateway.promotions import find_promotion_code
from payments.gateway.refunds import (
    ChargeAlreadyRefunded,
    ChargeDisputed,
    RefundTooLarge,
    create_refund,
    refunds_of,
)
from payments.gateway.snapshots.changes import ScheduleView
from payments.gateway.snapshots.checkouts import CheckoutView
from payments.gateway.snapshots.customers import CustomerView
from payments.gateway.snapshots.disputes import DisputeView, FraudWarningView
from payments.gateway.snapshots.intents import FeeView, IntentView
from payments.gateway.snapshots.invoice_lines import LineView
from payments.gateway.snapshots.invoices import InvoiceView
from payments.gateway.snapshots.payments import PaymentView
from payments.gateway.snapshots.refunds import RefundView
from payments.gateway.snapshots.subscriptions import ItemView, SecretView, SubscriptionView
from payments.gateway.snapshots.wallet import PaymentMethodView, SetupView
from payments.gateway.subscriptions import (
    FirstPayment,
    cancel_subscription,
    create_subscription,
    fetch_subscription,
    subscriptions_of,
)
from payments.gateway.wallet import (
    create_portal_session,
    create_setup_intent,
    fetch_payment_method,
    forget_payment_method,
    open_invoices_of,
    pay_invoice,
    payment_methods_of,
    set_subscription_payment_method,
)

__all__ = [
    "AUTHENTICATION_CODES",
    "AuthenticationRequired",
    "CardDeclined",
    "ChargeAlreadyRefunded",
    "ChargeDisputed",
    "CheckoutView",
    "CurrencyFixed",
    "CustomerView",
    "DisputeView",
    "FeeView",
    "FirstPayment",
    "FraudWarningView",
    "IntentView",
    "InvoiceView",
    "ItemView",
    "LineView",
    "NetworkCallInsideTransaction",
    "ObjectMissing",
    "PaymentMethodInvalid",
    "PaymentMethodMissing",
    "PaymentMethodView",
    "PaymentView",
    "PlanNotSold",
    "PreviewView",
    "PromotionCodeInvalid",
    "RefundTooLarge",
    "RefundView",
    "ScheduleView",
    "SecretView",
    "SetupView",
    "StripeMisconfigured",
    "StripeUnavailable",
    "SubscriptionView",
    "WebhookSignatureInvalid",
    "apply_promotion_code",
    "attach_payment_method",
    "attach_schedule",
    "cancel_at_period_end",
    "cancel_payment_intent",
    "cancel_subscription",
    "card_declined",
    "change_plan",
    "checkouts_since",
    "confirm_payment_intent",
    "create_customer",
    "create_payment_intent",
    "create_portal_session",
    "create_purchase_checkout",
    "create_refund",
    "create_setup_intent",
    "create_subscription",
    "create_subscription_checkout",
    "detach_payment_method",
    "expire_checkout",
    "fetch_checkout",
    "fetch_customer",
    "fetch_dispute",
    "fetch_fraud_warning",
    "fetch_invoice",
    "fetch_payment_intent",
    "fetch_payment_method",
    "fetch_subscription",
    "find_customer",
    "find_promotion_code",
    "forget_payment_method",
    "invoice_of_payment",
    "is_livemode",
    "note_resumption",
    "open_invoices_of",
    "pause_subscription",
    "pay_invoice",
    "payment_intents_since",
    "payment_methods_of",
    "plan_next_phase",
    "preview_change",
    "preview_end",
    "preview_renewal",
    "refunds_of",
    "release_schedule",
    "resume_subscription",
    "see_confirmation",
    "set_default_payment_method",
    "set_email",
    "set_subscription_payment_method",
    "subscriptions_of",
    "verify_signature",
    "void_invoice",
    "withdraw_cancellation",
]
