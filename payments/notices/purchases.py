import structlog

from accounts.models import User
from notifications.services import notify
from payments import purchasables
from payments.dashboard import dashboard_url
from payments.models import SUBSCRIPTION, CheckoutSession, Fulfilment, Payment, PurchaseReview, ReviewState
from payments.money import in_words
from payments.notices.kinds import (
    BILLING_PAGE,
    OPERATOR_BOUGHT_TWICE,
    PURCHASE_FAILED,
    PURCHASE_PAID,
    PURCHASE_REVIEWED,
    REVIEW_WANTED,
    SECOND_SUBSCRIPTION,
)
from payments.notices.operators import tell_operators

log = structlog.get_logger(__name__)


def tell_about_purchase(row: Payment, *, before: str) -> None:
    """Say that a single purchase was paid, or that the bank refused after the person had left the page; ``before`` is
    the status that the payment had."""
    if row.status == "succeeded":
        _tell(row, PURCHASE_PAID, key=row.stripe_id)
    elif before == "processing" and row.failure_code:
        tell_about_failed_purchase(row)


def tell_about_failed_purchase(row: Payment) -> None:
    """Once for each attempt that the bank refused."""
    _tell(row, PURCHASE_FAILED, key=f"{row.stripe_id}:{row.charge_id}")


def tell_about_review(row: PurchaseReview) -> None:
    """Say how an operator has decided on a purchase that was held back."""
    if row.user_id is None:
        return
    notify(
        user=User.objects.get(pk=row.user_id),
        kind=PURCHASE_REVIEWED,
        context={
            "description": row.description,
            "amount": in_words(row.amount, row.currency),
            "is_approved": row.state == ReviewState.APPROVED,
        },
        dedupe_key=f"{PURCHASE_REVIEWED}:{row.pk}",
        action_url=BILLING_PAGE,
    )


def ask_for_review(row: PurchaseReview) -> None:
    """Tell the operators that a purchase waits for them."""
    tell_operators(
        REVIEW_WANTED,
        {"description": row.description, "amount": in_words(row.amount, row.currency), "why": row.why},
        f"{REVIEW_WANTED}:{row.pk}",
        permission="payments.decide_purchasereview",
    )


def flag_bought_twice(row: Payment) -> None:
    """Tell operators when somebody has a thing more often than one may: what they had back was bought again, and then
    the refund failed or the dispute was won. Which payment to give back is theirs to decide."""
    if row.kind == SUBSCRIPTION or row.user_id is None:
        return
    most = purchasables.get(row.kind).limits.per_person
    if most is None:
        return
    same = Payment.objects.filter(user_id=row.user_id, kind=row.kind, reference=row.reference, livemode=row.livemode)
    times = same.filter(fulfilment=Fulfilment.FULFILLED).count()
    if times <= most:
        return
    log.warning("bought_twice", payment=row.stripe_id, kind=row.kind, times=times)
    tell_operators(
        OPERATOR_BOUGHT_TWICE,
        {
            "description": row.description,
            "amount": in_words(row.amount, row.currency),
            "payment": row.stripe_id,
            "times": times,
            "most": most,
        },
        f"{OPERATOR_BOUGHT_TWICE}:{row.stripe_id}",
        dashboard_url("payments", row.stripe_id, livemode=row.livemode),
        permission="payments.view_payment",
    )


def tell_about_second_subscription(row: CheckoutSession, amount: int) -> None:
    """Say that a subscription bought besides another one was ended and its money given back."""
    notify(
        user=User.objects.get(pk=row.user_id),  # type: ignore[misc]  # callers know that there is one
        kind=SECOND_SUBSCRIPTION,
        context={"amount": in_words(amount, row.currency)},
        dedupe_key=f"{SECOND_SUBSCRIPTION}:{row.stripe_id}",
        action_url=BILLING_PAGE,
    )


def _tell(row: Payment, kind: str, *, key: str) -> None:
    notify(
        user=User.objects.get(pk=row.user_id),  # type: ignore[misc]  # callers know that there is one
        kind=kind,
        context={"description": row.description, "amount": in_words(row.amount, row.currency)},
        dedupe_key=f"{kind}:{key}",
        action_url=row.receipt_url if row.status == "succeeded" and row.receipt_url else BILLING_PAGE,
    )
