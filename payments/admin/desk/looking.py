"""Looking at Stripe now, as an event would make us do, and saying what has changed here."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from accounts.models import User
from payments import reconciling, sync
from payments.models import BillingHistory, Payment, ReconcileRun, StripeCustomer, Subscription


def look_at_subscription(row: Subscription, by: User) -> str:
    return _changes(row, lambda: sync.sync_subscription(row.stripe_id, customer_id=row.customer.stripe_id))


def look_at_invoice(row: BillingHistory, by: User) -> str:
    """With its payments and its subscription."""
    return _changes(row, lambda: sync.sync_invoice(row.stripe_id, customer_id=row.customer.stripe_id))


def look_at_payment(row: Payment, by: User) -> str:
    """With its refunds; what Stripe made no intent for is seen with its invoice."""

    def look() -> None:
        if row.invoice is not None:
            sync.sync_invoice(row.invoice.stripe_id, customer_id=row.customer.stripe_id)
        else:
            sync.sync_purchase(row.stripe_id, customer_id=row.customer.stripe_id)
        if row.paid_at is not None and row.stripe_id.startswith(("pi_", "ch_")):
            sync.sync_refunds(row.stripe_id)

    return _changes(row, look)


def look_at_customer(row: StripeCustomer, by: User) -> str:
    """Everything of the person, compared and repaired. A run that Stripe interrupts is gone on with by itself."""
    if row.user_id is None:
        return _changes(row, lambda: sync.sync_customer(row.stripe_id))
    run = reconciling.go_on(reconciling.start_run(person_id=row.user_id))
    return _report(run)


def _report(run: ReconcileRun) -> str:
    found = run.drifts.count()
    if not found:
        return f"{_counted(run.objects_compared, 'object')} compared, and Stripe says the same."
    left = run.drifts.filter(is_repaired=False).count()
    told = f"{_counted(run.objects_compared, 'object')} compared, {_counted(found, 'difference')} found"
    return f"{told}, {left} not repaired." if left else f"{told} and repaired."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _changes(row: Model, look: Callable[[], Any]) -> str:
    before = _columns(row)
    look()
    after = _columns(row)
    changed = [name for name, value in after.items() if value != before[name]]
    if not changed:
        return "Stripe says the same."
    fields = {field.attname: str(field.verbose_name) for field in row._meta.concrete_fields}
    return f"Brought up to date: {', '.join(fields[name] for name in changed)}."


def _columns(row: Model) -> dict[str, Any]:
    columns: dict[str, Any] = type(row)._default_manager.filter(pk=row.pk).values().get()
    columns.pop("updated_at", None)
    return columns
