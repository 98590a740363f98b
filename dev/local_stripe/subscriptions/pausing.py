"""Pausing (`paused` bills nothing, `pause_collection` voids what is billed), and how trials end."""

from dev.local_stripe.api import DAY, Call, Document, Params, World, invalid
from dev.local_stripe.invoices.collection import finalize_and_collect, require_method
from dev.local_stripe.invoices.invoicing import default_method, draft, finalize, issue, void, void_if_open
from dev.local_stripe.invoices.lines import net_amounts, period_line
from dev.local_stripe.subscriptions.billing import begin_period, recurring_of, unused_time
from dev.local_stripe.subscriptions.standing import UPDATED, cancel_now
from dev.local_stripe.world.periods import period_end

REMINDER = 3 * DAY


def set_pause_collection(subscription: Document, params: Params) -> None:
    if "pause_collection" in params:
        given = params["pause_collection"]
        if given and given["behavior"] != "void":
            raise invalid("The local Stripe voids what is billed meanwhile.", param="pause_collection[behavior]")
        subscription["pause_collection"] = {"resumes_at": None, **given} if given else None


def renew_or_withhold(world: World, subscription_id: str) -> None:
    """The next period begins; while collection is paused its invoice is voided."""
    invoice = begin_period(world, world.get("subscription", subscription_id))
    if world.get("subscription", subscription_id)["pause_collection"] is not None:
        void(world, finalize(world, invoice))


def mark_paused(world: World, subscription: Document, reason: str) -> Document:
    paused = {"subscription": {"type": reason}, "transitioned_at": world.now(), "type": "subscription"}
    subscription |= {"status": "paused", "status_details": {"paused": paused}}
    return world.put("subscription", subscription, UPDATED, "customer.subscription.paused")


def pause(world: World, call: Call) -> Document:
    """Stops service and invoices. Unused time is given back with the next invoice."""
    subscription, params = world.get("subscription", call.id), call.params
    if subscription["status"] not in ("active", "trialing", "past_due"):
        raise invalid(f"A subscription with status {subscription['status']} cannot be paused.")
    if subscription["schedule"] is not None:
        raise invalid("A subscription that is attached to a schedule cannot be paused.")
    since = params.get("bill_for", {}).get("unused_time_from", {"type": "now"})["type"]
    if (since, params.get("invoicing_behavior", "pending_invoice_item")) != ("now", "pending_invoice_item"):
        raise invalid("The local Stripe gives unused time back from now on, with the next invoice.", param="bill_for")
    subscription["_pending_lines"] += unused_time(world, subscription, world.now())
    subscription["_paid_for"] = {}
    return mark_paused(world, subscription, "pause_requested")


def resume(world: World, call: Call) -> Document:
    """Ends a pause: a trial goes on as it was, anything else with a new period, which is billed now. As long as
    that invoice is open the subscription stays paused."""
    subscription, params = world.get("subscription", call.id), call.params
    if subscription["status"] != "paused":
        raise invalid("The subscription is not paused.", code="subscription_not_paused")
    in_trial = (subscription["trial_end"] or 0) > world.now()
    if (params.get("billing_cycle_anchor", {}).get("type") == "unchanged") != in_trial:
        raise invalid("The local Stripe keeps the anchor of a running trial only.", param="billing_cycle_anchor")
    if params.get("payment_behavior") != "resume_on_payment_success":
        raise invalid("The local Stripe resumes on success of the payment only.", param="payment_behavior")
    if in_trial:
        subscription |= {"status": "trialing", "status_details": None}
        return world.put("subscription", subscription, UPDATED, "customer.subscription.resumed")
    # A second resumption takes the place of one that nobody paid.
    given_up = void_if_open(world, subscription["_resuming_invoice"]) or {"lines": {"data": []}}
    subscription["_pending_lines"] += [line for line in given_up["lines"]["data"] if line["amount"] < 0]
    items = subscription["items"]["data"]
    end = period_end(world.now(), recurring_of(world, items), world.now())
    for item in items:
        item |= {"current_period_start": world.now(), "current_period_end": end}
    lines = subscription["_pending_lines"] + [period_line(world, item) for item in items]
    if sum(line["amount"] for line in lines) > 0:
        require_method(world, subscription)
    invoice = draft(world, subscription, lines, reason="subscription_update")
    subscription |= {"billing_cycle_anchor": world.now(), "_resuming_invoice": invoice["id"]}
    subscription |= {"_paid_for": net_amounts(world, subscription, items), "_pending_lines": []}
    issue(world, subscription, invoice, UPDATED)
    finalize_and_collect(world, invoice, off_session=False)
    return world.get("subscription", call.id)


def remind(world: World, subscription_id: str) -> None:
    told = {"_reminded_of": world.get("subscription", subscription_id)["trial_end"]}
    world.change("subscription", subscription_id, told, "customer.subscription.trial_will_end")


def end_trial(world: World, subscription_id: str) -> None:
    """Bills the first paid period, or does what the trial settings say when there is no card to bill."""
    subscription = world.get("subscription", subscription_id)
    without_card = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if without_card == "create_invoice" or default_method(world, subscription) is not None:
        begin_period(world, subscription | {"status": "active"})
    elif without_card == "cancel":
        cancel_now(world, subscription_id, reason="payment_failed")
    else:
        mark_paused(world, subscription, "trial_end_without_payment_method")
