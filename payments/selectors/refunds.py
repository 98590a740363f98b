from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from numerai.common.errors import NotFound
from payments.gateway import is_livemode
from payments.models import Payment, Refund, RefundRequest, RequestState
from payments.models.refund import GAVE_NOTHING

UNDER_REVIEW = "under_review"
WORDS = {"succeeded": "refunded", "pending": "pending", "requires_action": "requires_action"}


@dataclass(frozen=True)
class RefundStanding:
    """How it stands with the money of one payment; ``status`` is one of STATUSES."""

    status: str
    payment: Payment
    request: RefundRequest | None
    refunds: list[Refund]


STATUSES = ("none", UNDER_REVIEW, "refused", "failed", "partially_refunded", *WORDS.values())


def refund_standing(user: User, payment_id: UUID) -> RefundStanding:
    """In three queries. Raises NotFound, for somebody else's payment as well."""
    payment = Payment.objects.filter(user=user, livemode=is_livemode(), pk=payment_id).first()
    if payment is None:
        raise NotFound
    request = payment.refund_requests.order_by("-created_at").first()
    refunds = list(payment.refunds.order_by("-stripe_created_at", "-created_at"))
    return RefundStanding(_status(payment, request, refunds), payment, request, refunds)


def _status(payment: Payment, request: RefundRequest | None, refunds: list[Refund]) -> str:
    if request is not None and request.state == RequestState.OPEN:
        return UNDER_REVIEW
    newest = refunds[0] if refunds else None
    if request is not None and request.state == RequestState.REFUSED and _is_later(request, newest):
        return "refused"
    if newest is None:
        return "none"
    if newest.status in GAVE_NOTHING:
        return "failed"
    if newest.status == "succeeded" and payment.refundable:
        return "partially_refunded"
    return WORDS.get(newest.status, "pending")


def _is_later(request: RefundRequest, refund: Refund | None) -> bool:
    return refund is None or request.created_at > refund.created_at
