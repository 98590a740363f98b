"""What operators decide about purchases that were held back."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from numerai.common import clock
from numerai.common.errors import Conflict, NotFound
from payments.models import PurchaseReview, ReviewState
from payments.notices.purchases import tell_about_review
from payments.sync.rows import write_columns


class ReviewDecided(Conflict):
    code, title = "review_decided", "The review was decided already"
    detail = "Somebody has decided on this purchase already."


def approve_purchase(review_id: UUID, *, operator: User) -> PurchaseReview:
    """The same purchase may pass once; the person is told. Raises NotFound, ReviewDecided."""
    return _decide(review_id, ReviewState.APPROVED, operator)


def refuse_purchase(review_id: UUID, *, operator: User) -> PurchaseReview:
    """The purchase is not made; the person is told. Raises NotFound, ReviewDecided."""
    return _decide(review_id, ReviewState.REFUSED, operator)


def _decide(review_id: UUID, state: ReviewState, operator: User) -> PurchaseReview:
    with transaction.atomic():
        review = PurchaseReview.objects.select_for_update(of=("self",)).filter(pk=review_id).first()
        if review is None:
            raise NotFound
        if review.state != ReviewState.OPEN:
            raise ReviewDecided
        write_columns(review, {"state": state, "decided_by_id": operator.pk, "decided_at": clock.now()})
        tell_about_review(review)
    return review
