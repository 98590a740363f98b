from datetime import timedelta

from accounts.models import User
from notifications.services import notify
from numerai.common import clock
from payments.models import BillingHistory
from payments.money import in_words
from payments.notices.kinds import BILLING_PAGE, RECEIPT

# Whoever is found to have paid long ago, by a reconciliation say, is not sent a receipt out of the blue.
NEWS_FOR = timedelta(days=7)


def send_receipt(row: BillingHistory) -> None:
    """By mail alone, once for each invoice on which money was paid: the centre tells of the plan, this of the money."""
    if row.status != "paid" or row.amount_paid == 0 or row.paid_at is None or row.paid_at < clock.now() - NEWS_FOR:
        return
    notify(
        user=User.objects.get(pk=row.user_id),  # type: ignore[misc]  # callers know that there is one
        kind=RECEIPT,
        context={
            "amount": in_words(row.amount_paid, row.currency),
            "description": row.description,
            "number": row.number,
            "paid_on": row.paid_at.date().isoformat(),
            "period_start": row.period_start.date().isoformat(),
            "period_end": row.period_end.date().isoformat(),
        },
        dedupe_key=f"{RECEIPT}:{row.stripe_id}",
        action_url=row.invoice_url or BILLING_PAGE,
    )
