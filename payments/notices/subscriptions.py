from accounts.models import User
from notifications.services import notify
from payments.models import Subscription
from payments.models.subscription import LIVE, PAID
from payments.money import in_words
from payments.notices.kinds import ACTIVATED, BILLING_PAGE, ENDED


def tell_about_subscription(row: Subscription, *, before: str) -> None:
    """Say that a subscription has begun or ended; ``before`` is the status it had, "" for a new row."""
    if row.status in PAID and before not in LIVE:
        _tell(row, ACTIVATED, key=f"{row.stripe_id}:{row.plan}")
    elif before in LIVE and row.is_over:
        _tell(row, ENDED, key=row.stripe_id)


def _tell(row: Subscription, kind: str, *, key: str) -> None:
    notify(
        user=User.objects.get(pk=row.user_id),  # type: ignore[misc]  # callers know that there is one
        kind=kind,
        context={"plan": row.get_plan_display(), "amount": in_words(row.amount, row.currency)},
        dedupe_key=f"{kind}:{key}",
        action_url=BILLING_PAGE,
    )
