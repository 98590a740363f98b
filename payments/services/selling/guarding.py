"""Who may buy how much. Counted in our own tables under the person's lock, so that no two requests count alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, Sum

from numerai.common import clock
from numerai.common.errors import Conflict
from payments.gateway import is_livemode
from payments.models import (
    SUBSCRIPTION,
    BillingOperation,
    CheckoutMode,
    CheckoutSession,
    Fulfilment,
    OperationKind,
    OperationState,
    Payment,
    PurchaseReview,
    ReviewState,
    StripeCustomer,
    WebhookEvent,
)
from payments.models.payment import WAITING
from payments.money import in_words
from payments.notices.purchases import ask_for_review
from payments.services.selling.pricing import daily_maximum
from payments.services.selling.wanted import Wanted, wanted_by
from payments.sync.rows import write_columns

log = structlog.get_logger(__name__)

DAY = timedelta(days=1)
DECLINED = "payment_intent.payment_failed"
IN_FORCE = (ReviewState.OPEN, ReviewState.APPROVED)


class PurchaseLimitReached(Conflict):
    code, title = "purchase_limit_reached", "You have it already"
    detail = "You have bought this as often as one person may."


class DailyLimitReached(Conflict):
    code, title = "daily_limit_reached", "Too much for one day"
    detail = "This would be more than one person may spend here in a day. Please come back tomorrow."


class PurchaseUnderReview(Conflict):
    code, title = "purchase_under_review", "The purchase is being looked at"
    detail = "We want to look at this purchase first. We will tell you as soon as it can go ahead."


@contextmanager
def passing(operation: BillingOperation) -> Iterator[None]:
    """Around the call that makes the purchase, outside a transaction and under the person's lock.

    An approval is used up before the call, and holds again when the call fails. Raises PurchaseLimitReached,
    DailyLimitReached, PurchaseUnderReview.
    """
    approval = let_pass(operation)
    _put(approval, ReviewState.USED)
    try:
        yield
    except BaseException:
        _put(approval, ReviewState.APPROVED)
        raise


def let_pass(operation: BillingOperation) -> PurchaseReview | None:
    """Refuse a purchase that is too much or looks wrong; answers the approval with which it passes, if it has one.

    Raises as ``passing``.
    """
    thing = wanted_by(operation)
    own = Q(user_id=operation.user_id, livemode=is_livemode())
    _refuse_too_often(own, thing)
    _refuse_too_much(own, thing)
    same = PurchaseReview.objects.filter(user=operation.user, kind=thing.kind, reference=thing.reference)
    review = same.filter(state__in=IN_FORCE).first()
    if review is not None and review.state == ReviewState.OPEN:
        raise PurchaseUnderReview
    if review is not None and (review.amount, review.currency) == (thing.amount, thing.currency):
        return review
    why = _suspicion(own)
    if why:
        _park(operation, thing, why, lapsed=review)
        raise PurchaseUnderReview
    return None


def _put(review: PurchaseReview | None, state: ReviewState) -> None:
    if review is not None:
        with transaction.atomic():
            write_columns(review, {"state": state})


def _refuse_too_often(own: Q, thing: Wanted) -> None:
    if not thing.per_person:
        return
    same = Payment.objects.filter(own, kind=thing.kind, reference=thing.reference)
    bought = same.filter(status__in=("succeeded", "processing")).exclude(fulfilment=Fulfilment.REVERSED)
    if bought.count() >= thing.per_person:
        raise PurchaseLimitReached


def _refuse_too_much(own: Q, thing: Wanted) -> None:
    maximum = daily_maximum(thing.currency)
    if _spent(own & Q(currency=thing.currency), clock.now() - DAY) + thing.amount > maximum:
        raise DailyLimitReached(extra={"maximum": in_words(maximum, thing.currency)})


def _spent(own: Q, since: datetime) -> int:
    """What the person has paid or may still pay, in minor units; what was given back or given up does not count."""
    counts = Q(created_at__gte=since) | Q(paid_at__gte=since) | Q(status__in=WAITING)
    paid = Payment.objects.filter(own & counts).exclude(kind=SUBSCRIPTION).exclude(status="canceled")
    pages = CheckoutSession.objects.filter(own, mode=CheckoutMode.PAYMENT, payment=None, created_at__gte=since)
    open_pages = pages.filter(status="open", expires_at__gt=clock.now())
    return (paid.aggregate(sum=Sum(F("amount") - F("amount_refunded")))["sum"] or 0) + (
        open_pages.aggregate(sum=Sum("amount"))["sum"] or 0
    )


def _suspicion(own: Q) -> str:
    """Why an operator should look at it, "" when nothing is unusual."""
    minutes = settings.PURCHASE_REVIEW_WINDOW_MINUTES
    since = clock.now() - timedelta(minutes=minutes)
    recent = own & Q(created_at__gte=since)
    payments = Payment.objects.filter(recent).exclude(kind=SUBSCRIPTION)
    pages = CheckoutSession.objects.filter(recent, mode=CheckoutMode.PAYMENT, payment=None).exclude(status="expired")
    purchases = payments.exclude(status="canceled").count() + pages.count()
    if purchases >= settings.PURCHASE_REVIEW_AFTER:
        return f"{purchases} purchases in {minutes} minutes"
    refused = payments.exclude(failure_code="").count() + _refused_subscriptions(recent)
    declines = max(refused, _declines_told(own, since))
    if declines >= settings.PURCHASE_REVIEW_AFTER_DECLINES:
        return f"{declines} declined cards in {minutes} minutes"
    return ""


def _declines_told(own: Q, since: datetime) -> int:
    """Stripe tells of each card that the page tried on one intent, whose row knows the last of them only."""
    customers = StripeCustomer.objects.filter(own).values("stripe_id")
    told = WebhookEvent.objects.filter(type=DECLINED, created_at__gte=since, customer_id__in=customers)
    return told.count()


def _refused_subscriptions(own: Q) -> int:
    refused = BillingOperation.objects.filter(own, kind=OperationKind.CREATE_SUBSCRIPTION, state=OperationState.FAILED)
    return refused.filter(result__refusal__code="card_declined").count()


def _park(operation: BillingOperation, thing: Wanted, why: str, *, lapsed: PurchaseReview | None) -> None:
    """Hold the purchase back. An approval of another price has lapsed."""
    review = PurchaseReview()
    columns = {
        "user_id": operation.user_id,
        "kind": thing.kind,
        "reference": thing.reference,
        "description": thing.description,
        "amount": thing.amount,
        "currency": thing.currency,
        "why": why,
    }
    with transaction.atomic():
        _put(lapsed, ReviewState.USED)
        write_columns(review, columns)
        ask_for_review(review)
    log.warning("purchase_parked", review=str(review.pk), why=why)
