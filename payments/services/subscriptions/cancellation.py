"""Going: at the end of what is paid for, or now; and what is left open or unused then."""

from typing import Any

import structlog
from django.conf import settings

from accounts.models import User
from numerai.common import clock
from numerai.common.errors import Conflict, DomainError
from payments import gateway, sync
from payments.models import BillingHistory, BillingOperation, OperationKind, Payment
from payments.services import operations
from payments.services.operations import AnotherPurchaseInProgress
from payments.services.purchases import AlreadySubscribed
from payments.services.refunds.refunding import create_refund
from payments.services.replacing import give_up_unpaid
from payments.services.settling import give_up_when_certain, settles
from payments.services.subscriptions.answers import Answer, answer, carry_out
from payments.services.subscriptions.standing import (
    Standing,
    left_by,
    look_again,
    meant_by,
    require_subscription,
    withdraw_pending,
    withdraw_schedule,
)

log = structlog.get_logger(__name__)

PERIOD_END, NOW = "period_end", "now"
# Under this an operation keeps the plan that would have come.
WITHDRAWN = "withdrawn_plan"
# Nothing is being used up, so there is no end of a period to wait for.
ENDED_AT_ONCE = ("incomplete", "paused", "unpaid")


class RefundNotOffered(Conflict):
    code = "refund_not_offered"
    detail = "Unused time is not given back. You can use it until the end of the period instead."


def cancel_subscription(
    *,
    user: User,
    when: str = PERIOD_END,
    refund: bool = False,
    feedback: str = "",
    comment: str = "",
    client_key: str = "",
) -> Answer:
    """End the subscription at the end of the period, or now. One that is going to end, or is over, stays so.

    A change that is scheduled is withdrawn, and the message says so. One that is paused, unpaid or was never paid for
    ends now in any case. Whatever is open then is not collected any
    more; with ``refund`` unused time is given back to the card. ``feedback`` is one of Stripe's words. The same
    ``client_key`` gives the same answer. Raises NoSubscription, RefundNotOffered, AnotherPurchaseInProgress while the
    first payment is under way, and what ``perform`` raises.
    """
    if refund and not settings.REFUND_UNUSED_TIME:
        raise RefundNotOffered(field="refund")
    require_subscription(user.pk)
    body = {"when": when, "refund": str(refund), "feedback": feedback, "comment": comment}
    request = operations.Request(
        user_id=user.pk, kind=OperationKind.CANCEL_SUBSCRIPTION, body=body, params=body, client_key=client_key
    )
    return carry_out(request, cancel)


def ended_answer(operation: BillingOperation, standing: Standing) -> dict[str, Any]:
    """What to say of one that is over or is going to end."""
    row = standing.row
    if row.is_over or row.ends_at is None:
        return answer("Your subscription has ended.", row)
    message = f"Your subscription ends on {row.ends_at.date().isoformat()}."
    if WITHDRAWN in operation.params:
        message += f" The change to {operation.params[WITHDRAWN]} is withdrawn."
    return answer(message, row)


def cancel(operation: BillingOperation) -> dict[str, Any]:
    """The work of such an operation, for ``perform``."""
    standing = meant_by(operation)
    if standing.row.is_over:
        return _finish(operation, standing)
    if standing.view.status == "incomplete":
        try:
            with operations.asking(operation):
                give_up_unpaid(standing.view, operation, standing.customer)
            return ended_answer(operation, look_again(standing.row))
        except AlreadySubscribed:
            # Its page was quicker, so it is one like any other.
            standing = look_again(standing.row)
    if operation.params["when"] == NOW or standing.view.status in ENDED_AT_ONCE:
        return _end_now(operation, standing)
    if not _ends_with_the_period(standing):
        _end_later(operation, standing)
    return ended_answer(operation, look_again(standing.row))


def _ends_with_the_period(standing: Standing) -> bool:
    ends_at = standing.view.cancels_at
    return ends_at is not None and ends_at <= max(item.period_end for item in standing.view.items)


def _end_later(operation: BillingOperation, standing: Standing) -> None:
    if standing.row.scheduled_plan:
        operations.note(operation, **{WITHDRAWN: standing.row.get_scheduled_plan_display()})
    with operations.asking(operation):
        if not withdraw_pending(operation, standing):
            raise AnotherPurchaseInProgress(retry_after=2)
        withdraw_schedule(operation, standing)
        gateway.cancel_at_period_end(
            key=operation.key(),
            subscription_id=standing.row.stripe_id,
            feedback=operation.params["feedback"],
            comment=operation.params["comment"],
        )


def _end_now(operation: BillingOperation, standing: Standing) -> dict[str, Any]:
    if operation.params["refund"] == "True":
        _note_unused(operation, standing)
    with operations.asking(operation):
        withdraw_schedule(operation, standing)
        gateway.cancel_subscription(
            standing.row.stripe_id, feedback=operation.params["feedback"], comment=operation.params["comment"]
        )
    return _finish(operation, look_again(standing.row))


def _note_unused(operation: BillingOperation, standing: Standing) -> None:
    """How much Stripe would give back for what is left of the period, of what this period was paid with: what a credit
    has paid for was never taken from a card."""
    if standing.view.status != "active" or "refund_amount" in operation.params:
        return
    paid = Payment.objects.filter(
        invoice__subscription=standing.row, invoice__status="paid", status="succeeded", invoice__amount_paid__gt=0
    )
    payment = paid.filter(invoice__period_end__gt=clock.now()).order_by("-stripe_created_at").first()
    unused = -gateway.preview_end(standing.row.stripe_id).total
    if payment is not None and unused > 0 and payment.refundable > 0:
        amount = min(unused, payment.refundable)
        operations.note(operation, refund_amount=str(amount), refund_payment=str(payment.pk))


@settles(OperationKind.CANCEL_SUBSCRIPTION)
def settle_cancellation(operation: BillingOperation) -> None:
    """Whether it ended is to be seen; what was to follow its end is made up for. Raises TooEarly, StripeUnavailable."""
    standing = left_by(operation)
    if standing is not None and operation.asked_at is not None and standing.row.ends_at is not None:
        result = _finish(operation, standing) if standing.row.is_over else ended_answer(operation, standing)
        operations.succeed(operation, result)
    else:
        give_up_when_certain(operation)


def _finish(operation: BillingOperation, standing: Standing) -> dict[str, Any]:
    """What follows an end: nothing is collected any more, and unused time is given back if that was asked for."""
    _close_bills(operation, standing)
    _give_back(operation)
    return ended_answer(operation, standing)


def _close_bills(operation: BillingOperation, standing: Standing) -> None:
    """Make what is open impossible to pay, so that nobody is reminded of it."""
    left = BillingHistory.objects.filter(subscription=standing.row, status="open").values_list("stripe_id", flat=True)
    latest = [standing.view.latest_invoice_id] if standing.view.latest_invoice_status == "open" else []
    for invoice in sorted({*left, *latest}):
        gateway.void_invoice(key=operation.key(f"void:{invoice}"), invoice_id=invoice)
        sync.sync_invoice(invoice, customer_id=standing.customer.stripe_id)


def _give_back(operation: BillingOperation) -> None:
    """The end stands, whatever becomes of this: a refund that Stripe refuses is for the operators."""
    if "refund_amount" not in operation.params:
        return
    amount = int(operation.params["refund_amount"])
    try:
        create_refund(payment_id=operation.params["refund_payment"], amount=amount, client_key=operation.key("refund"))
    except gateway.StripeUnavailable:
        raise
    except (DomainError, gateway.ObjectMissing) as error:
        log.error("unused_time_not_given_back", operation=str(operation.pk), error=type(error).__name__)
