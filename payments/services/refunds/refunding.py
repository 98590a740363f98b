"""One refund, made once: reserved under the lock of its customer, found again when its answer is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from accounts.models import User
from numerai.common.errors import Conflict, NotFound
from payments import gateway, sync
from payments.gateway import ChargeAlreadyRefunded, ChargeDisputed, RefundTooLarge, RefundView
from payments.models import (
    UNSETTLED,
    BillingOperation,
    OperationKind,
    Payment,
    Refund,
    RefundOrigin,
    RefundRequest,
)
from payments.money import in_words
from payments.services import operations
from payments.services.performing import perform
from payments.services.settling import give_up_when_certain, settles
from payments.sync.locks import customer_lock

log = structlog.get_logger(__name__)

REQUESTED = "requested_by_customer"
FRAUDULENT = "fraudulent"
REASONS = (REQUESTED, FRAUDULENT, "duplicate")


class NotRefundable(Conflict):
    code = "not_refundable"
    detail = "This payment cannot be given back, because no money has been taken."


@dataclass(frozen=True)
class Wish:
    """What is to be given back. ``amount`` is in minor units, None for all that is left; ``reason`` one of Stripe's
    words."""

    payment: Payment
    amount: int | None = None
    origin: RefundOrigin = RefundOrigin.OPERATOR
    reason: str = REQUESTED
    request: RefundRequest | None = None
    end_subscription: bool = False


def create_refund(
    *,
    payment: Payment | None = None,
    payment_id: UUID | str | None = None,
    amount: int | None = None,
    reason: str = REQUESTED,
    actor: User | None = None,
    client_key: str = "",
    end_subscription: bool = False,
) -> Refund:
    """Give ``amount`` minor units of the payment back, all that is left without one; the row may be pending still.

    ``actor`` is who decided it, None for the house's own rules; ``reason`` is one of REASONS, else a ValueError; with
    ``end_subscription`` the subscription that was paid ends now. The same ``client_key`` gives the same refund. Raises
    NotFound, NotRefundable, RefundTooLarge, ChargeAlreadyRefunded, ChargeDisputed, IdempotencyKeyReused,
    IdempotencyKeyInUse, AnotherPurchaseInProgress, StripeUnavailable, StripeMisconfigured.
    """
    if reason not in REASONS:
        raise ValueError(f"Stripe's reasons are {', '.join(REASONS)}, not {reason!r}.")
    row = payment_by(payment.pk if payment is not None else payment_id)
    wish = Wish(row, amount, origin_of(actor, row), reason, end_subscription=end_subscription)
    request = request_for(wish, actor, client_key=client_key)
    result = perform(request, lambda operation: give_back(operation, wish))
    return Refund.objects.select_related("payment").get(pk=result["refund"])


def request_for(wish: Wish, actor: User | None, *, client_key: str = "", **body: str) -> operations.Request:
    """The operation belongs to who paid, so that all about one person's money happens one after the other, and to the
    actor once that person has been erased. Raises NotRefundable when there is neither."""
    owner = wish.payment.user_id or (actor.pk if actor is not None else None)
    if owner is None:
        raise NotRefundable("Nobody is left to give this payment back to.")
    params = {
        "payment_id": str(wish.payment.pk),
        "amount": "" if wish.amount is None else str(wish.amount),
        "reason": wish.reason,
        "origin": wish.origin.value,
        "request_id": str(wish.request.pk) if wish.request else "",
        "end_subscription": "yes" if wish.end_subscription else "",
    }
    return operations.Request(
        user_id=owner,
        kind=OperationKind.CREATE_REFUND,
        body=params | body,
        params=params | {"actor_id": str(actor.pk) if actor else ""},
        client_key=client_key,
        # Also who has closed their account gets their money back.
        is_farewell=actor is None or actor.pk != owner,
    )


def give_back(operation: BillingOperation, wish: Wish) -> dict[str, Any]:
    """Under the lock of the operation's person; answers the operation's result. Raises as ``create_refund``."""
    payment = wish.payment
    with customer_lock(payment.customer.stripe_id, wait_seconds=operations.PATIENCE_SECONDS):
        amount = _reserve(operation, wish)
        metadata = {"operation_id": str(operation.pk), "origin": wish.origin.value}
        if wish.request is not None:
            metadata["refund_request_id"] = str(wish.request.pk)
        with _learning_from_refusal(payment), operations.asking(operation):
            view = gateway.create_refund(
                key=operation.key(),
                payment_id=payment.stripe_id,
                amount=amount,
                reason=wish.reason,
                metadata=metadata,
            )
        return _finish(payment, view.id, is_end_wanted=wish.end_subscription)


def refuse_unless_refundable(payment: Payment, amount: int | None) -> int:
    """What is to be given back, in minor units. Raises NotRefundable, ChargeDisputed, ChargeAlreadyRefunded,
    RefundTooLarge."""
    if payment.status != "succeeded" or not payment.amount or payment.livemode != gateway.is_livemode():
        raise NotRefundable
    if not payment.refundable:
        raise ChargeAlreadyRefunded
    _refuse_disputed(payment)
    if amount is not None and not 0 < amount <= payment.refundable:
        left = in_words(payment.refundable, payment.currency)
        raise RefundTooLarge(f"At most {left} of this payment can be given back.", field="amount")
    return payment.refundable if amount is None else amount


@settles(OperationKind.CREATE_REFUND)
def settle_refund(operation: BillingOperation) -> None:
    """Whether the refund was made is written in Stripe's list. Raises TooEarly, StripeUnavailable, LockTimeout."""
    payment = Payment.objects.select_related("customer").filter(pk=operation.params.get("payment_id")).first()
    made = _made_by(operation, payment) if payment is not None and operation.asked_at is not None else None
    if payment is None or made is None:
        give_up_when_certain(operation)
        return
    is_end_wanted = bool(operation.params.get("end_subscription"))
    operations.succeed(operation, _finish(payment, made.id, is_end_wanted=is_end_wanted))


def payment_by(payment_id: UUID | str | None) -> Payment:
    """Raises NotFound."""
    rows = Payment.objects.select_related("customer", "invoice__subscription")
    found = rows.filter(pk=payment_id).first() if payment_id else None
    if found is None:
        raise NotFound
    return found


def origin_of(actor: User | None, payment: Payment) -> RefundOrigin:
    if actor is None:
        return RefundOrigin.POLICY
    return RefundOrigin.CUSTOMER if actor.pk == payment.user_id else RefundOrigin.OPERATOR


def _reserve(operation: BillingOperation, wish: Wish) -> int:
    """The amount, which nobody else can take while the lock is held; kept with the operation, because the same key
    asks for the same."""
    wish.payment.refresh_from_db(fields=["status", "amount_refunded", "paid_at"])
    if operation.asked_at is not None:
        return int(operation.params["amount"])
    amount = refuse_unless_refundable(wish.payment, wish.amount)
    left = wish.payment.refundable - _reserved_by_others(operation, wish.payment)
    if amount > left:
        raise RefundTooLarge(field="amount")
    operations.note(operation, amount=str(amount))
    return amount


def _reserved_by_others(operation: BillingOperation, payment: Payment) -> int:
    """What operations of unknown outcome may have given back. Two people's operations meet at one payment only when
    operators act for somebody erased; everybody else's were found out before."""
    others = BillingOperation.objects.filter(
        kind=OperationKind.CREATE_REFUND,
        state__in=UNSETTLED,
        asked_at__isnull=False,
        params__payment_id=str(payment.pk),
    )
    return sum(int(other.params["amount"]) for other in others.exclude(pk=operation.pk))


def _refuse_disputed(payment: Payment) -> None:
    """What we last heard of a dispute may be old, so a refusal follows a look only."""
    for dispute in payment.disputes.filter(is_charge_refundable=False):
        if not sync.sync_dispute(dispute.stripe_id, payment_id=payment.stripe_id).is_charge_refundable:
            raise ChargeDisputed


@contextmanager
def _learning_from_refusal(payment: Payment) -> Iterator[None]:
    try:
        yield
    except (ChargeAlreadyRefunded, RefundTooLarge):
        # Somebody has given it back in Stripe's dashboard, and we have not heard of it yet.
        sync.sync_refunds(payment.stripe_id)
        raise
    except gateway.ObjectMissing as missing:
        log.error("payment_missing_at_stripe", payment=payment.stripe_id)
        raise gateway.StripeMisconfigured from missing


def _finish(payment: Payment, refund_id: str, *, is_end_wanted: bool) -> dict[str, Any]:
    """The money is on its way, so nothing that goes wrong here is a refusal, nor what a seller's handler raises: it is
    tried again."""
    try:
        sync.sync_refunds(payment.stripe_id)
        if is_end_wanted:
            _end_subscription(payment)
        row = Refund.objects.get(stripe_id=refund_id)
    except gateway.StripeUnavailable:
        raise
    except Exception as error:
        log.exception("refund_not_followed_up", refund=refund_id, payment=payment.stripe_id)
        raise gateway.StripeUnavailable(retry_after=2) from error
    return {"refund": str(row.pk), "request": str(row.request_id or "")}


def _end_subscription(payment: Payment) -> None:
    subscription = payment.invoice.subscription if payment.invoice else None
    if subscription is not None and not subscription.is_over:
        gateway.cancel_subscription(subscription.stripe_id)
        sync.sync_subscription(subscription.stripe_id, customer_id=payment.customer.stripe_id)


def _made_by(operation: BillingOperation, payment: Payment) -> RefundView | None:
    views = sync.sync_refunds(payment.stripe_id)
    return next((view for view in views if view.operation_id == str(operation.pk)), None)
