"""Trials: moved, cut short, and what follows when they end."""

from dev.local_stripe.api.errors import invalid
from dev.local_stripe.invoices.invoicing import default_method
from dev.local_stripe.subscriptions.cancellation import cancel_now
from dev.local_stripe.subscriptions.pausing import mark_paused
from dev.local_stripe.subscriptions.renewal import begin_period
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import DAY, World

REMINDER = 3 * DAY


def change_trial_end(world: World, subscription: Document, end: int | str) -> bool:
    """Moves the end of a running trial. True when it ends now and its first period is to be billed at once."""
    if subscription["status"] != "trialing":
        if end == "now":
            return False
        raise invalid("The local Stripe moves the end of running trials only.", param="trial_end")
    if isinstance(end, int) and end <= world.now():
        raise invalid("Invalid timestamp: must be in the future.", param="trial_end")
    billable = _without_card(subscription) == "create_invoice" or default_method(world, subscription) is not None
    if end == "now" and billable:
        return True
    move_trial(subscription, world.now() if isinstance(end, str) else end)
    if end == "now":
        world.put("subscription", subscription)
        end_trial(world, subscription["id"])
        subscription |= world.get("subscription", subscription["id"])
    return False


def _without_card(subscription: Document) -> str:
    return str(subscription["trial_settings"]["end_behavior"].get("missing_payment_method", "create_invoice"))


def move_trial(subscription: Document, moment: int) -> None:
    subscription |= {"trial_end": moment, "billing_cycle_anchor": moment}
    for item in subscription["items"]["data"]:
        item["current_period_end"] = moment
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = moment


def remind(world: World, subscription_id: str) -> None:
    subscription = world.get("subscription", subscription_id)
    subscription["_reminded_of"] = subscription["trial_end"]
    world.put("subscription", subscription, "customer.subscription.trial_will_end")


def end_trial(world: World, subscription_id: str) -> None:
    """Bills the first paid period, or does what the trial settings say when there is no card to bill."""
    subscription = world.get("subscription", subscription_id)
    without_card = _without_card(subscription)
    if without_card != "create_invoice" and default_method(world, subscription) is None:
        if without_card == "cancel":
            cancel_now(world, subscription_id, reason="payment_failed")
        else:
            mark_paused(world, subscription, "trial_end_without_payment_method")
        return
    subscription["status"] = "active"
    begin_period(world, subscription)
