from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from numerai.common import audit
from numerai.common.errors import Conflict
from numerai.common.privacy import Holding
from payments.models import (
    UNSETTLED,
    BillingHistory,
    BillingOperation,
    CheckoutSession,
    Dispute,
    OperationKind,
    Payment,
    PurchaseReview,
    Refund,
    RefundRequest,
    StripeCustomer,
    Subscription,
    WebhookEvent,
)
from payments.models.subscription import OVER
from payments.money import to_decimal_string
from payments.services.leaving import end_everything
from payments.webhooks.inbox import bare_payload


class StillSubscribed(Conflict):
    code = "still_subscribed"
    detail = "End the subscription first, so that nobody is charged after the erasure."


def export(user_id: UUID) -> dict[str, Any]:
    """What is kept of the person's money, as JSON-ready rows."""
    return {
        "subscriptions": [_subscription(row) for row in Subscription.objects.filter(user_id=user_id)],
        "invoices": [_invoice(row) for row in BillingHistory.objects.filter(user_id=user_id)],
        "payments": [_payment(row) for row in Payment.objects.filter(user_id=user_id)],
        "refunds": [_refund(row) for row in Refund.objects.filter(payment__user_id=user_id)],
        "refund_requests": [_refund_request(row) for row in _refund_requests_of(user_id)],
        "disputes": [_dispute(row) for row in Dispute.objects.filter(payment__user_id=user_id)],
        "stripe_customers": list(StripeCustomer.objects.filter(user_id=user_id).values_list("stripe_id", flat=True)),
    }


def erase(user_id: UUID) -> dict[str, int]:
    """Books have to be kept, so the rows stay and lose the person; what events and requests said goes.
    Audit entries stay: evidence that names a person only by an id which leads nowhere any more.

    Raises StillSubscribed while Stripe may go on charging the person, whom nobody could find again afterwards.
    """
    _refuse_while_charged(user_id)
    events = _erase_events(user_id)
    # The customers first, which whoever writes about them holds; then in the order in which sync takes rows.
    customers = StripeCustomer.objects.filter(user_id=user_id).update(user=None)
    operations = BillingOperation.objects.filter(user_id=user_id)
    erased = {
        "webhook_events": events,
        "customers": customers,
        "operations": operations.update(user=None, params={}, result=None, client_key=""),
        "refund_requests": RefundRequest.objects.filter(user_id=user_id).update(user=None, reason="", answer=""),
        "reviews": PurchaseReview.objects.filter(user_id=user_id).update(user=None),
        "subscriptions": Subscription.objects.filter(user_id=user_id).update(user=None),
        "invoices": BillingHistory.objects.filter(user_id=user_id).update(user=None),
        "payments": Payment.objects.filter(user_id=user_id).update(user=None),
        "checkouts": CheckoutSession.objects.filter(user_id=user_id).update(user=None),
    }
    touched = {name: rows for name, rows in erased.items() if rows}
    if touched:
        audit.record(User, user_id, action="erased from the books", before=touched, after={})
    return erased


def _refuse_while_charged(user_id: UUID) -> None:
    charged = Subscription.objects.filter(user_id=user_id).exclude(status__in=OVER).exists()
    # What an operation of unknown outcome has moved is found by what it says, which an erasure takes from it.
    unclear = BillingOperation.objects.filter(user_id=user_id, state__in=UNSETTLED)
    if charged or unclear.exclude(kind=OperationKind.CREATE_CUSTOMER).exists():
        raise StillSubscribed


def _erase_events(user_id: UUID) -> int:
    """Events of refunds and disputes name no customer, and those of disputes hold the evidence about one."""
    customers = list(StripeCustomer.objects.filter(user_id=user_id).values_list("stripe_id", flat=True))
    moved = [
        *Refund.objects.filter(payment__user_id=user_id).values_list("stripe_id", flat=True),
        *Dispute.objects.filter(payment__user_id=user_id).values_list("stripe_id", flat=True),
    ]
    events = WebhookEvent.objects.filter(Q(customer_id__in=customers) | Q(object_id__in=moved))
    for event in events.iterator():
        WebhookEvent.objects.filter(pk=event.pk).update(payload=bare_payload(event.payload))
    return events.count()


def _subscription(row: Subscription) -> dict[str, Any]:
    return {
        "plan": row.plan,
        "status": row.status,
        "amount": to_decimal_string(row.amount, row.currency),
        "currency": row.currency,
        "started_at": row.stripe_created_at.isoformat(),
        "current_period_end": row.current_period_end.isoformat() if row.current_period_end else None,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
    }


def _invoice(row: BillingHistory) -> dict[str, Any]:
    return {
        "number": row.number,
        "description": row.description,
        "amount": to_decimal_string(row.amount, row.currency),
        "currency": row.currency,
        "status": row.status,
        "created_at": row.created_at.isoformat(),
        "paid_at": row.paid_at.isoformat() if row.paid_at else None,
    }


def _payment(row: Payment) -> dict[str, Any]:
    return {
        "amount": to_decimal_string(row.amount, row.currency),
        "currency": row.currency,
        "kind": row.kind,
        "status": row.status,
        "created_at": row.stripe_created_at.isoformat(),
        "paid_at": row.paid_at.isoformat() if row.paid_at else None,
    }


def _refund(row: Refund) -> dict[str, Any]:
    return {
        "amount": to_decimal_string(row.amount, row.currency),
        "currency": row.currency,
        "status": row.status,
        "created_at": row.stripe_created_at.isoformat(),
    }


def _refund_requests_of(user_id: UUID) -> QuerySet[RefundRequest]:
    return RefundRequest.objects.filter(user_id=user_id).select_related("payment")


def _refund_request(row: RefundRequest) -> dict[str, Any]:
    return {
        "amount": to_decimal_string(row.amount, row.payment.currency),
        "currency": row.payment.currency,
        "reason": row.reason,
        "state": row.state,
        "answer": row.answer,
        "created_at": row.created_at.isoformat(),
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
    }


def _dispute(row: Dispute) -> dict[str, Any]:
    return {
        "amount": to_decimal_string(row.amount, row.currency),
        "currency": row.currency,
        "reason": row.reason,
        "status": row.status,
        "created_at": row.stripe_created_at.isoformat(),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
    }


HOLDING = Holding(app="payments", export=export, erase=erase, leave=end_everything)
