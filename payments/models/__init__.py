from payments.models.billing import BillingHistory, InvoiceLine
from payments.models.checkout import CheckoutMode, CheckoutSession
from payments.models.customer import StripeCustomer, TrialUse
from payments.models.dispute import Dispute
from payments.models.ledger import EntryKind, LedgerEntry
from payments.models.operation import UNSETTLED, BillingOperation, OperationKind, OperationState
from payments.models.payment import SUBSCRIPTION, Fulfilment, Payment
from payments.models.reconcile import Drift, ReconcileRun, RunState
from payments.models.refund import Refund, RefundOrigin, RefundRequest, RequestState
from payments.models.review import PurchaseReview, ReviewState
from payments.models.subscription import Subscription
from payments.models.webhook_event import EventState, WebhookEvent

__all__ = [
    "SUBSCRIPTION",
    "UNSETTLED",
    "BillingHistory",
    "BillingOperation",
    "CheckoutMode",
    "CheckoutSession",
    "Dispute",
    "Drift",
    "EntryKind",
    "EventState",
    "Fulfilment",
    "InvoiceLine",
    "LedgerEntry",
    "OperationKind",
    "OperationState",
    "Payment",
    "PurchaseReview",
    "ReconcileRun",
    "Refund",
    "RefundOrigin",
    "RefundRequest",
    "RequestState",
    "ReviewState",
    "RunState",
    "StripeCustomer",
    "Subscription",
    "TrialUse",
    "WebhookEvent",
]
