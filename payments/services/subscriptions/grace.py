"""Somebody leaves, but may still come back: nothing renews meanwhile, and what we stopped goes on if they return."""

from uuid import UUID

from accounts.models import User
from payments import gateway
from payments.models import UNSETTLED, BillingOperation, OperationKind, OperationState, Subscription
from payments.models.subscription import PAID
from payments.services import operations
from payments.services.leaving import PATIENCE_SECONDS, settle_all
from payments.services.subscriptions.answers import carry_out
from payments.services.subscriptions.cancellation import NOW, PERIOD_END, cancel
from payments.services.subscriptions.resumption import resume
from payments.services.subscriptions.standing import SubscriptionOver
from payments.sync.locks import LockTimeout, person_lock

# Under this a cancellation keeps that it was us.
BECAUSE, LEAVING = "because", "leaving"
# A pause makes no bills, and what was never paid for cannot be charged without the person.
CHARGED = (*PAID, "past_due", "unpaid")


def stop_renewals(user_id: UUID) -> int:
    """Let every subscription of the person end with what is paid for, and at once what is in arrears; answers how many
    had to be told. From a background job, with the account inactive; may be called again.

    Raises StripeUnavailable and other refusals while something is not certain: the job tries again later.
    """
    try:
        with person_lock(user_id, wait_seconds=PATIENCE_SECONDS):
            settle_all(user_id)
    except LockTimeout:
        raise gateway.StripeUnavailable(retry_after=10) from None
    own = Subscription.objects.filter(user_id=user_id, livemode=gateway.is_livemode(), status__in=CHARGED)
    going_on = [row for row in own.order_by("created_at") if row.ends_at is None or row.status not in PAID]
    for row in going_on:
        when = PERIOD_END if row.status in PAID else NOW
        terms = {"when": when, "refund": "False", "feedback": "", "comment": "", BECAUSE: LEAVING}
        carry_out(_request(user_id, row, OperationKind.CANCEL_SUBSCRIPTION, terms), cancel)
    return len(going_on)


def let_go_on(user_id: UUID) -> int:
    """Withdraw what ``stop_renewals`` did, as far as nothing has ended since; answers how many subscriptions renew
    again. What the person cancelled themselves stays cancelled. Raises as ``stop_renewals`` does."""
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        return 0
    ours = BillingOperation.objects.filter(user_id=user_id, **{f"params__{BECAUSE}": LEAVING})
    if ours.filter(state__in=UNSETTLED).exists():
        raise gateway.StripeUnavailable(retry_after=60)
    own = Subscription.objects.filter(user_id=user_id, livemode=gateway.is_livemode(), status__in=PAID)
    stopped = [row for row in own if row.ends_at is not None and _was_us(row)]
    for row in stopped:
        try:
            carry_out(_request(user_id, row, OperationKind.RESUME_SUBSCRIPTION, {"ends_pause": "False"}), resume)
        except SubscriptionOver:
            continue
    return len(stopped)


def _was_us(row: Subscription) -> bool:
    """Whether the last word about its end was ours."""
    words = BillingOperation.objects.filter(
        user=row.user,
        kind__in=(OperationKind.CANCEL_SUBSCRIPTION, OperationKind.RESUME_SUBSCRIPTION),
        state=OperationState.SUCCEEDED,
        result__subscription_id=str(row.pk),
    )
    last = words.order_by("-created_at").first()
    return last is not None and last.params.get(BECAUSE) == LEAVING


def _request(user_id: UUID, row: Subscription, kind: OperationKind, terms: dict[str, str]) -> operations.Request:
    body = terms | {"subscription_id": str(row.pk)}
    return operations.Request(
        user_id=user_id,
        kind=kind,
        body=body,
        params=body,
        is_farewell=kind == OperationKind.CANCEL_SUBSCRIPTION,
    )
