"""Which subscription is meant, how it stands at Stripe, and what cannot be asked of it now."""

from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db.models import QuerySet

from accounts.models import Plan
from numerai.common.errors import Conflict
from payments import gateway, sync
from payments.catalogue import plan_of_price
from payments.gateway import ItemView, SubscriptionView, is_livemode
from payments.models import BillingOperation, StripeCustomer, Subscription
from payments.models.subscription import LIVE, OVER, PAID

log = structlog.get_logger(__name__)


class NoSubscription(Conflict):
    code = "no_subscription"
    detail = "You have no subscription. Choose a plan to start one."


class SubscriptionOver(Conflict):
    code = "subscription_over"
    detail = "Your subscription has ended. Choose a plan to start a new one."


class SubscriptionIncomplete(Conflict):
    code = "subscription_incomplete"
    detail = "Your subscription has not begun: its first payment is still to be confirmed."


class SubscriptionPastDue(Conflict):
    code = "subscription_past_due"
    detail = "The last bill of your subscription is not paid. Pay it first."


class SubscriptionPaused(Conflict):
    code = "subscription_paused"
    detail = "Your subscription is paused. Resume it first."


class SubscriptionEnding(Conflict):
    code = "subscription_ending"
    detail = "Your subscription has been cancelled and is going to end. Keep it first."


class SubscriptionNotChangeable(Conflict):
    code = "subscription_not_changeable"
    detail = "Your subscription cannot be changed here. Please contact us."


class ChangePending(Conflict):
    code = "change_pending"
    detail = "A change of your plan waits for its payment. Confirm it, or choose your present plan to give it up."


class ChangeScheduled(Conflict):
    code = "change_scheduled"
    detail = "A change of your plan is scheduled. Choose your present plan to withdraw it first."


REFUSALS: dict[str, type[Conflict]] = {
    "incomplete": SubscriptionIncomplete,
    "past_due": SubscriptionPastDue,
    "unpaid": SubscriptionPastDue,
    "paused": SubscriptionPaused,
    **dict.fromkeys(OVER, SubscriptionOver),
}


@dataclass(frozen=True)
class Standing:
    """A subscription as Stripe has it at this moment, mirrored already."""

    row: Subscription
    view: SubscriptionView
    item: ItemView

    @property
    def plan(self) -> Plan | None:
        """The plan of its price; None when the price is none that is sold now."""
        return plan_of_price(self.item.price_id)

    @property
    def customer(self) -> StripeCustomer:
        return self.row.customer

    def refuse_unless_running(self) -> None:
        """Raise what stands against a change: only an active subscription or a trial can be changed."""
        if self.view.status not in PAID:
            raise REFUSALS.get(self.view.status, SubscriptionNotChangeable)


def require_subscription(user_id: UUID) -> Subscription:
    """The subscription that the person means: the live one, else one that waits for its first payment, else the last.
    Raises NoSubscription."""
    own = _own(user_id)
    row = (
        own.filter(status__in=LIVE, duplicate_of__isnull=True).first()
        or own.exclude(status__in=(*LIVE, *OVER)).first()
        or own.first()
    )
    if row is None:
        raise NoSubscription
    return row


def look(user_id: UUID) -> Standing:
    """A fresh look at the person's subscription. Raises NoSubscription, StripeUnavailable, StripeMisconfigured."""
    return look_again(require_subscription(user_id))


def look_again(row: Subscription) -> Standing:
    """A fresh look at this subscription. Raises StripeUnavailable, StripeMisconfigured."""
    customer = row.customer
    try:
        seen, view = sync.see_subscription(row.stripe_id, customer_id=customer.stripe_id)
    except gateway.ObjectMissing:
        log.error("subscription_missing_at_stripe", subscription=row.stripe_id)
        raise gateway.StripeMisconfigured from None
    return Standing(row=seen, view=view, item=sync.billed_item(view))


def meant_by(operation: BillingOperation) -> Standing:
    """A fresh look at the subscription that the operation names, else at that of its person. Raises as ``look``."""
    named = operation.params.get("subscription_id")
    if named:
        return look_again(Subscription.objects.select_related("customer").get(pk=named))
    if operation.user_id is None:
        raise NoSubscription
    return look(operation.user_id)


def left_by(operation: BillingOperation) -> Standing | None:
    """How the subscription stands that an operation of unknown outcome was about; None when nobody has one."""
    try:
        return meant_by(operation)
    except NoSubscription:
        return None


def withdraw_schedule(operation: BillingOperation, standing: Standing) -> None:
    if standing.view.schedule is not None:
        gateway.release_schedule(key=operation.key("release"), schedule_id=standing.view.schedule.id)


def withdraw_pending(operation: BillingOperation, standing: Standing) -> bool:
    """Give up the change that waits for its payment; False when it has been paid meanwhile."""
    if standing.view.pending is None:
        return True
    invoice = standing.view.latest_invoice_id
    return gateway.void_invoice(key=operation.key(f"void:{invoice}"), invoice_id=invoice)


def _own(user_id: UUID) -> QuerySet[Subscription]:
    rows = Subscription.objects.filter(user_id=user_id, livemode=is_livemode())
    return rows.select_related("customer").order_by("-stripe_created_at")
