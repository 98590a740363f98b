from uuid import UUID

from django.db.models import Q

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
from payments.privacy_fields import TABLES
from payments.services.leaving import end_everything
from payments.services.subscriptions.grace import let_go_on, stop_renewals
from payments.webhooks.inbox import bare_payload


class StillSubscribed(Conflict):
    code = "still_subscribed"
    detail = "End the subscription first, so that nobody is charged after the erasure."


def erase(user_id: UUID) -> dict[str, int]:
    """Books have to be kept, so the rows stay and lose the person; what events and requests said goes.
    Audit entries stay: evidence that names a person only by an id which leads nowhere any more.

    Raises StillSubscribed while Stripe may go on charging the person, whom nobody could find again afterwards.
    """
    _refuse_while_charged(user_id)
    events = _erase_events(user_id)
    # The customers first, which whoever writes about them holds; then in the order in which sync takes rows.
    customers = StripeCustomer.objects.filter(user_id=user_id).update(
        user=None, contact_changed_at=None, contact_due_at=None
    )
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


HOLDING = Holding(
    app="payments", tables=TABLES, erase=erase, leave=end_everything, hold=stop_renewals, release=let_go_on
)
export = HOLDING.export
