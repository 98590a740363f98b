from accounts.models import Plan
from payments.catalogue import RANKS, plan_of_price
from payments.models import BillingHistory, Subscription
from payments.sync.access import refresh_access
from payments.sync.rows import write_columns

ARREARS = ("past_due", "unpaid")


def remember_what_was_paid(bill: BillingHistory, subscription: Subscription | None) -> None:
    """Whoever is in arrears keeps what an earlier bill has paid for, also when we see that bill only now.

    Inside the caller's transaction, after the bill and its lines were written.
    """
    if subscription is None or subscription.status not in ARREARS or bill.status != "paid":
        return
    # What is given back on a bill was paid for by an earlier one.
    paid = [line for line in bill.lines.all() if line.amount >= 0]
    lines = [(line.period_end, RANKS[plan]) for line in paid if (plan := plan_of_price(line.price_id))]
    if not lines:
        return
    end, rank = max(lines)
    until = subscription.paid_through
    if until is None or (until, RANKS[Plan(subscription.paid_plan or Plan.FREE)]) < (end, rank):
        plan = next(plan for plan, own in RANKS.items() if own == rank)
        write_columns(subscription, {"paid_plan": plan.value, "paid_through": end})
        if subscription.user_id is not None:
            refresh_access(user_id=subscription.user_id, status=subscription.status)
