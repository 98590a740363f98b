"""Staying after all: a cancellation is withdrawn, or a pause ended."""

from typing import Any

from accounts.models import User
from numerai.common import clock
from payments import gateway
from payments.models import BillingOperation, OperationKind, OperationState
from payments.models.subscription import OVER, PAID
from payments.services import operations
from payments.services.settling import give_up_when_certain, settles
from payments.services.subscriptions.answers import Answer, answer, carry_out, latest_bill, secret_of
from payments.services.subscriptions.cancellation import WITHDRAWN
from payments.services.subscriptions.standing import (
    Standing,
    SubscriptionIncomplete,
    SubscriptionOver,
    SubscriptionPaused,
    left_by,
    look_again,
    meant_by,
    require_subscription,
)


def resume_subscription(*, user: User, ends_pause: bool = True, client_key: str = "") -> Answer:
    """Withdraw the cancellation, or end the pause; one that renews anyway stays as it is.

    Trial and period stay as they were, but a change that the cancellation withdrew does not come back, and the message
    says so; after a pause a new period begins and is billed, less what was unused before it.

    While that bill waits to be confirmed the pause lasts and ``client_secret`` is there. The same ``client_key`` gives
    the same answer. Raises CardDeclined, PaymentMethodMissing, NoSubscription, SubscriptionOver,
    SubscriptionIncomplete, SubscriptionPaused unless ``ends_pause``, and what ``perform`` raises.
    """
    require_subscription(user.pk)
    body = {"ends_pause": str(ends_pause)}
    request = operations.Request(
        user_id=user.pk, kind=OperationKind.RESUME_SUBSCRIPTION, body=body, params=body, client_key=client_key
    )
    return carry_out(request, resume)


@settles(OperationKind.RESUME_SUBSCRIPTION)
def settle_resumption(operation: BillingOperation) -> None:
    """Raises TooEarly, StripeUnavailable, LockTimeout."""
    standing = left_by(operation)
    is_going_on = standing is not None and standing.view.status in PAID and standing.view.cancels_at is None
    if standing is not None and is_going_on and operation.asked_at is not None:
        operations.succeed(operation, _going_on(operation, standing))
    else:
        give_up_when_certain(operation)


def resume(operation: BillingOperation) -> dict[str, Any]:
    """The work of such an operation, for ``perform``."""
    standing = meant_by(operation)
    view = standing.view
    if view.status in OVER:
        raise SubscriptionOver
    if view.status == "incomplete":
        raise SubscriptionIncomplete
    if view.status == "paused":
        if operation.params["ends_pause"] != "True":
            raise SubscriptionPaused
        return _end_pause(operation, standing)
    if view.cancels_at is not None:
        _note_withdrawn(operation, standing)
        with operations.asking(operation):
            gateway.withdraw_cancellation(
                key=operation.key(), subscription_id=view.id, is_at_period_end=view.cancel_at_period_end
            )
        standing = look_again(standing.row)
    return _going_on(operation, standing)


def _end_pause(operation: BillingOperation, standing: Standing) -> dict[str, Any]:
    view = standing.view
    in_trial = view.trial_end is not None and view.trial_end > clock.now()
    with operations.asking(operation):
        gateway.resume_subscription(key=operation.key(), subscription_id=view.id, in_trial=in_trial)
    standing = look_again(standing.row)
    if standing.view.latest_invoice_id == view.latest_invoice_id:
        return _going_on(operation, standing)
    bill = latest_bill(standing)
    if standing.view.status != "paused":
        return _going_on(operation, standing)
    if bill.is_declined:
        invoice = standing.view.latest_invoice_id
        if gateway.void_invoice(key=operation.key(f"void:{invoice}"), invoice_id=invoice):
            latest_bill(standing)
            raise gateway.card_declined(bill.refusal)
        return _going_on(operation, look_again(standing.row))
    message = "Confirm the payment to resume your subscription."
    return answer(message, standing.row, client_secret=secret_of(standing))


def _note_withdrawn(operation: BillingOperation, standing: Standing) -> None:
    """Keep which change the cancellation withdrew that is now withdrawn itself."""
    ours = BillingOperation.objects.filter(
        user_id=operation.user_id,  # type: ignore[misc]  # whoever resumes has not been erased
        kind__in=(OperationKind.CANCEL_SUBSCRIPTION, OperationKind.RESUME_SUBSCRIPTION),
        state=OperationState.SUCCEEDED,
        result__subscription_id=str(standing.row.pk),
    )
    last = ours.order_by("-created_at").first()
    if last is not None and last.kind == OperationKind.CANCEL_SUBSCRIPTION and WITHDRAWN in last.params:
        operations.note(operation, **{WITHDRAWN: last.params[WITHDRAWN]})


def _going_on(operation: BillingOperation, standing: Standing) -> dict[str, Any]:
    message = f"Your {standing.row.get_plan_display()} subscription goes on."
    if WITHDRAWN in operation.params:
        plan = operation.params[WITHDRAWN]
        message += f" The change to {plan} stays withdrawn; choose {plan} again if you still want it."
    return answer(message, standing.row)
