"""Every message that payments sends. Its words are under ``texts/``, in a file named like it."""

from notifications.kinds import Kind, register

CHANNELS = ("in_app", "email")
BILLING_PAGE = "/billing"

ACTIVATED = "payments.subscription_activated"
ENDED = "payments.subscription_ended"
PAYMENT_FAILED = "payments.payment_failed"
CANCELLATION_SCHEDULED = "payments.cancellation_scheduled"
RESUMED = "payments.subscription_resumed"
PAUSED = "payments.subscription_paused"
PLAN_CHANGED = "payments.plan_changed"
CHANGE_EXPIRED = "payments.change_expired"
PURCHASE_PAID = "payments.purchase_paid"
PURCHASE_FAILED = "payments.purchase_failed"
PURCHASE_REVIEWED = "payments.purchase_reviewed"
REVIEW_WANTED = "payments.review_wanted"
SECOND_SUBSCRIPTION = "payments.second_subscription"
REFUND_MADE = "payments.refund_made"
REFUND_FAILED = "payments.refund_failed"
REFUND_RECEIVED = "payments.refund_request_received"
REFUND_REFUSED = "payments.refund_request_refused"
OPERATOR_REFUND_FAILED = "payments.operator_refund_failed"
OPERATOR_REFUND_REQUESTED = "payments.operator_refund_requested"
OPERATOR_DISPUTE_OPENED = "payments.operator_dispute_opened"
OPERATOR_DISPUTE_CLOSED = "payments.operator_dispute_closed"
OPERATOR_FRAUD_WARNING = "payments.operator_fraud_warning"
TRIAL_ENDING = "payments.trial_ending"
ACTION_REQUIRED = "payments.payment_action_required"
INVOICE_STUCK = "payments.invoice_stuck"
SUSPENDED = "payments.subscription_suspended"
OPERATOR_INVOICE_STUCK = "payments.operator_invoice_stuck"
OPERATOR_LATE_PAYMENT = "payments.operator_late_payment"
OPERATOR_PRICE_WRONG = "payments.operator_price_wrong"
OPERATOR_BOUGHT_TWICE = "payments.operator_bought_twice"
RECEIPT = "payments.receipt"

CHANGES = (CANCELLATION_SCHEDULED, RESUMED, PAUSED, PLAN_CHANGED, CHANGE_EXPIRED)
DUNNING = (TRIAL_ENDING, ACTION_REQUIRED, INVOICE_STUCK, SUSPENDED)
REFUNDS = (REFUND_MADE, REFUND_FAILED, REFUND_RECEIVED, REFUND_REFUSED)
FOR_OPERATORS = (
    OPERATOR_REFUND_FAILED,
    OPERATOR_REFUND_REQUESTED,
    OPERATOR_DISPUTE_OPENED,
    OPERATOR_DISPUTE_CLOSED,
    OPERATOR_FRAUD_WARNING,
    OPERATOR_INVOICE_STUCK,
    OPERATOR_LATE_PAYMENT,
    OPERATOR_PRICE_WRONG,
    OPERATOR_BOUGHT_TWICE,
)
KINDS = (
    ACTIVATED,
    ENDED,
    PAYMENT_FAILED,
    *CHANGES,
    *DUNNING,
    *REFUNDS,
    *FOR_OPERATORS,
    PURCHASE_PAID,
    PURCHASE_FAILED,
    PURCHASE_REVIEWED,
    REVIEW_WANTED,
    SECOND_SUBSCRIPTION,
)

# A receipt is for one's papers; the centre has told of the plan already.
MAILED = (RECEIPT,)


def register_kinds() -> None:
    for name in KINDS:
        for_staff = name in FOR_OPERATORS
        category = "operations" if for_staff else "billing"
        register(Kind(name, "payment", category, CHANNELS, for_staff=for_staff))
    for name in MAILED:
        register(Kind(name=name, notification_type="payment", category="billing", channels=("email",)))
