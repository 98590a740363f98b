from payments.models.billing import BillingHistory, Payment, PaymentKind
from payments.models.customer import StripeCustomer
from payments.models.operation import UNSETTLED, BillingOperation, OperationKind, OperationState
from payments.models.subscription import Subscription
from payments.models.webhook_event import EventState, WebhookEvent

__all__ = [
    "UNSETTLED",
    "BillingHistory",
    "BillingOperation",
    "EventState",
    "OperationKind",
    "OperationState",
    "Payment",
    "PaymentKind",
    "StripeCustomer",
    "Subscription",
    "WebhookEvent",
]
