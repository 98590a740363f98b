"""Another plan: a higher one now, for the difference; a lower one from the next period on, until then revocable."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Plan, User
from numerai.common import clock
from numerai.common.errors import Conflict, DomainError
from payments import gateway
from payments.catalogue import OFFERS, RANKS
from payments.models import BillingOperation, OperationKind, Subscription
from payments.services import operations
from payments.services.settling import give_up_when_certain, settles
from payments.services.subscriptions.answers import Answer, answer, carry_out, latest_bill, secret_of
from payments.services.subscriptions.promotions import redeemed_by
from payments.services.subscriptions.standing import (
    ChangePending,
    Standing,
    SubscriptionEnding,
    SubscriptionNotChangeable,
    left_by,
    look,
    look_again,
    require_subscription,
    withdraw_pending,
    withdraw_schedule,
)

# For clocks that differ: whoever names a later moment would have the time until then for nothing.
AHEAD = timedelta(minutes=1)


class CurrencyMismatch(Conflict):
    code = "currency_mismatch"
    detail = "Your subscription is billed in another currency than this plan. Please contact us."


class ProrationDateInvalid(DomainError):
    code, title = "proration_date_invalid", "The date of the preview is not valid"
    detail = "The date of the preview is outside of the present period, or still to come. Look at the preview again."


def change_plan(
    *,
    user: User,
    plan: str,
    goes_on: bool = False,
    proration_date: datetime | None = None,
    promotion_code: str = "",
    client_key: str = "",
) -> Answer:
    """Change to ``plan``: now when it is higher or nothing is paid yet, else from the next period on. The present plan
    withdraws whatever change was on its way. ``goes_on`` also withdraws a cancellation.

    While the payment waits to be confirmed the old plan stays and ``client_secret`` is there. The same ``client_key``
    gives the same answer. Raises CardDeclined, PaymentMethodMissing, PromotionCodeInvalid, NoSubscription and the other
    refusals of ``standing``, CurrencyMismatch, ProrationDateInvalid, and what ``perform`` raises.
    """
    require_subscription(user.pk)
    moment = proration_date or clock.now()
    body = {
        "plan": plan,
        "goes_on": str(goes_on),
        "proration_date": proration_date.isoformat() if proration_date else "",
        "promotion_code": promotion_code,
    }
    request = operations.Request(
        user_id=user.pk,
        kind=OperationKind.CHANGE_PLAN,
        body=body,
        params=body | {"price_id": OFFERS[Plan(plan)].price_id, "proration_date": moment.isoformat()},
        client_key=client_key,
    )
    return carry_out(request, lambda operation: _change(operation, user))


def redeem(*, user: User, promotion_code: str, client_key: str = "") -> Answer:
    """Have a promotion code lower the bills to come. Raises PromotionCodeInvalid, and as ``change_plan`` does."""
    require_subscription(user.pk)
    body = {"promotion_code": promotion_code}
    request = operations.Request(
        user_id=user.pk, kind=OperationKind.CHANGE_PLAN, body=body, params=body, client_key=client_key
    )
    return carry_out(request, lambda operation: _redeem(operation, user))


@settles(OperationKind.CHANGE_PLAN)
def settle_change(operation: BillingOperation) -> None:
    """A change carries its operation's id wherever it waits or holds. Raises TooEarly, StripeUnavailable."""
    standing = left_by(operation)
    if standing is not None and operation.asked_at is not None and str(operation.pk) in _changes_of(standing):
        row = standing.row
        coming = row.pending_plan or row.scheduled_plan or row.plan
        operations.succeed(operation, answer(f"Your plan: {Plan(coming).label}.", row))
    else:
        give_up_when_certain(operation)


def _changes_of(standing: Standing) -> set[str]:
    view = standing.view
    waiting = (view.pending, view.schedule)
    return {view.change_id, *(change.operation_id for change in waiting if change is not None)}


def refuse_wrong_offer(standing: Standing, plan: Plan) -> None:
    """Raise SubscriptionNotChangeable for a subscription whose price is not sold, CurrencyMismatch for one in other
    money than the plan's."""
    if standing.plan is None:
        raise SubscriptionNotChangeable
    if standing.item.currency != OFFERS[plan].currency:
        raise CurrencyMismatch


def is_immediate(standing: Standing, plan: Plan) -> bool:
    """Whether a change to ``plan`` takes effect now. Nothing is paid in a trial, so nothing has to be used up."""
    present = standing.plan or Plan.FREE
    return standing.view.status == "trialing" or RANKS[plan] > RANKS[present]


def refuse_wrong_moment(standing: Standing, moment: datetime) -> None:
    """Raise ProrationDateInvalid for a moment from which nothing can be prorated, and for one that is still to come:
    a higher plan holds at once, so it is paid for from now on."""
    if not standing.item.period_start <= moment <= min(standing.item.period_end, clock.now() + AHEAD):
        raise ProrationDateInvalid(field="proration_date")


def _redeem(operation: BillingOperation, user: User) -> dict[str, Any]:
    standing = look(user.pk)
    standing.refuse_unless_running()
    code = redeemed_by(operation, standing)
    with operations.asking(operation):
        gateway.apply_promotion_code(
            key=operation.key(), subscription_id=standing.row.stripe_id, promotion_code_id=code
        )
    return answer("Your promotion code lowers your bills from the next one on.", look_again(standing.row).row)


def _change(operation: BillingOperation, user: User) -> dict[str, Any]:
    standing, plan = look(user.pk), Plan(operation.params["plan"])
    standing.refuse_unless_running()
    refuse_wrong_offer(standing, plan)
    if standing.plan == plan:
        return _stay(operation, standing)
    if standing.view.pending is not None:
        if OFFERS[plan].price_id not in standing.view.pending.price_ids:
            raise ChangePending
        return _outcome(operation, standing, plan)
    if is_immediate(standing, plan):
        return _change_now(operation, standing, plan)
    return _change_later(operation, standing, plan)


def _stay(operation: BillingOperation, standing: Standing) -> dict[str, Any]:
    """The plan is in force already: by an earlier call, or all along."""
    row = standing.row
    if standing.view.schedule is None and standing.view.pending is None and not _is_kept(operation, standing):
        return answer(f"You are on {row.get_plan_display()}.", row)
    with operations.asking(operation):
        is_withdrawn = withdraw_pending(operation, standing)
        withdraw_schedule(operation, standing)
        _keep(operation, standing)
    row = look_again(standing.row).row
    return answer(f"You {'stay' if is_withdrawn else 'are'} on {row.get_plan_display()}.", row)


def _is_kept(operation: BillingOperation, standing: Standing) -> bool:
    """Whether a cancellation is to be withdrawn with the change."""
    return operation.params["goes_on"] == "True" and standing.view.cancels_at is not None


def _keep(operation: BillingOperation, standing: Standing) -> None:
    if _is_kept(operation, standing):
        gateway.withdraw_cancellation(
            key=operation.key("keep"),
            subscription_id=standing.row.stripe_id,
            is_at_period_end=standing.view.cancel_at_period_end,
        )


def _change_now(operation: BillingOperation, standing: Standing, plan: Plan) -> dict[str, Any]:
    moment = datetime.fromisoformat(operation.params["proration_date"])
    if standing.view.status != "trialing":
        refuse_wrong_moment(standing, moment)
    code = redeemed_by(operation, standing) if operation.params["promotion_code"] else ""
    withdraw_schedule(operation, standing)
    at_period_end = standing.view.cancel_at_period_end
    try:
        with operations.asking(operation):
            gateway.change_plan(
                key=operation.key(),
                subscription_id=standing.row.stripe_id,
                item_id=standing.item.id,
                price_id=OFFERS[plan].price_id,
                proration_date=moment,
                operation_id=str(operation.pk),
                goes_on=at_period_end and _is_kept(operation, standing),
                promotion_code_id=code,
            )
        result = _outcome(operation, look_again(standing.row), plan)
    except (gateway.CardDeclined, gateway.PaymentMethodMissing, gateway.PromotionCodeInvalid):
        _schedule_again(operation, standing)
        raise
    if not at_period_end and result["client_secret"] is None and _is_kept(operation, standing):
        _keep(operation, standing)
        look_again(standing.row)
    return result


def _outcome(operation: BillingOperation, standing: Standing, plan: Plan) -> dict[str, Any]:
    """How a change that bills its difference at once has ended: carried out, to be confirmed, or declined."""
    bill = latest_bill(standing) if standing.view.latest_invoice_id else None
    if standing.view.pending is None or bill is None:
        return answer(f"Your plan is now {plan.label}.", standing.row)
    if bill.is_declined and withdraw_pending(operation, standing):
        look_again(standing.row)
        raise gateway.card_declined(bill.refusal)
    return _of_settled(look_again(standing.row), plan)


def _of_settled(standing: Standing, plan: Plan) -> dict[str, Any]:
    if standing.view.pending is None:
        return answer(f"Your plan is now {plan.label}.", standing.row)
    message = f"Confirm the payment to change to {plan.label}."
    return answer(message, standing.row, client_secret=secret_of(standing))


def _change_later(operation: BillingOperation, standing: Standing, plan: Plan) -> dict[str, Any]:
    if standing.view.cancels_at is not None and not _is_kept(operation, standing):
        raise SubscriptionEnding
    code = redeemed_by(operation, standing) if operation.params["promotion_code"] else ""
    with operations.asking(operation):
        if code:
            gateway.apply_promotion_code(
                key=operation.key("promotion"), subscription_id=standing.row.stripe_id, promotion_code_id=code
            )
        _keep(operation, standing)
        _schedule(operation, standing, OFFERS[plan].price_id)
    row = look_again(standing.row).row
    return answer(f"Your plan changes to {plan.label} on {_day(row)}.", row)


def _schedule(operation: BillingOperation, standing: Standing, price_id: str, step: str = "") -> None:
    schedule = standing.view.schedule or gateway.attach_schedule(
        key=operation.key(f"schedule{step}"), subscription_id=standing.row.stripe_id
    )
    gateway.plan_next_phase(
        key=operation.key(f"phases{step}"),
        schedule=schedule,
        old_price_id=standing.item.price_id,
        new_price_id=price_id,
        operation_id=str(operation.pk),
    )


def _schedule_again(operation: BillingOperation, before: Standing) -> None:
    """A change that failed leaves the one that was scheduled before it."""
    price = before.row.scheduled_plan and OFFERS[Plan(before.row.scheduled_plan)].price_id
    if price:
        _schedule(operation, look_again(before.row), price, step=":again")
        look_again(before.row)


def _day(row: Subscription) -> str:
    return row.scheduled_at.date().isoformat() if row.scheduled_at else "renewal"
