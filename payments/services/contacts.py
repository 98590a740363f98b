"""Stripe learns where a person's receipts go, once their address has changed."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db.models import QuerySet
from django.dispatch import receiver

from accounts.models import User
from accounts.signals import email_changed
from numerai.common import clock
from numerai.common.errors import ServiceUnavailable
from numerai.common.jobs import enqueue
from payments import gateway, sync
from payments.models import StripeCustomer
from payments.sync.locks import LockTimeout, customer_lock
from payments.sync.people.contacts import address_has_changed, receipts_go_to

log = structlog.get_logger(__name__)

# A try that failed, or whose worker died, is followed by the next after as long as the change is old.
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
LATE_AFTER = timedelta(days=1)
PATIENCE_SECONDS = 2
SWEEP_BATCH = 100


@receiver(email_changed, dispatch_uid="payments.contacts")
def mark_customer(user: User, **_: Any) -> None:
    address_has_changed(user)


def tell_contact(customer_id: UUID) -> bool:
    """Give Stripe the address that the person has by now, if that is due; answers whether it was given.

    Where Stripe is away the mark stays, and the sweeper finds it.
    """
    row = _taken(customer_id)
    if row is None:
        return False
    try:
        with customer_lock(row.stripe_id, wait_seconds=PATIENCE_SECONDS):
            return _tell(customer_id)
    except gateway.ObjectMissing:
        sync.sync_customer(row.stripe_id)
        StripeCustomer.objects.filter(pk=row.pk, deleted_at__isnull=False).update(**_settled())
    except (ServiceUnavailable, LockTimeout) as error:
        _report(row, error)
    return False


def sweep_contacts() -> int:
    """Put what is due in the queue; answers how many."""
    from payments.tasks import tell_contact as task

    due = list(_due(clock.now()).order_by("contact_due_at").values_list("pk", flat=True)[:SWEEP_BATCH])
    for pk in due:
        enqueue(task, str(pk))
    return len(due)


def _due(now: datetime) -> "QuerySet[StripeCustomer]":
    standing = StripeCustomer.objects.filter(deleted_at__isnull=True, user__isnull=False)
    return standing.filter(contact_due_at__lte=now, livemode=gateway.is_livemode())


def _taken(customer_id: UUID) -> StripeCustomer | None:
    """The customer, if it is due, and then nobody else's for the length of a pause."""
    now = clock.now()
    row = _due(now).filter(pk=customer_id).first()
    if row is None or row.contact_changed_at is None:
        return None
    pause = min(max(now - row.contact_changed_at, SHORTEST_PAUSE), LONGEST_PAUSE)
    mine = StripeCustomer.objects.filter(pk=row.pk, contact_due_at=row.contact_due_at)
    return row if mine.update(contact_due_at=now + pause) else None


def _tell(customer_id: UUID) -> bool:
    """Under the customer's lock, so that an older address never arrives after a newer one."""
    marked = StripeCustomer.objects.select_related("user").filter(pk=customer_id, contact_changed_at__isnull=False)
    # One statement, so the address is the one that the mark is about.
    row = marked.filter(user__isnull=False).first()
    if row is None or row.user is None:
        return False
    # The key is that of the try: to the key of an earlier one Stripe would repeat a failure for a day.
    key = f"contact:{row.pk}:{row.contact_due_at:%Y%m%dT%H%M%S.%f}"
    gateway.set_email(key=key, customer_id=row.stripe_id, email=receipts_go_to(row.user))
    return bool(marked.filter(contact_changed_at=row.contact_changed_at).update(**_settled()))


def _settled() -> dict[str, None]:
    return {"contact_changed_at": None, "contact_due_at": None}


def _report(row: StripeCustomer, error: Exception) -> None:
    is_late = row.contact_changed_at is not None and clock.now() - row.contact_changed_at > LATE_AFTER
    if is_late:
        log.error("contact_not_told", customer=row.stripe_id, error=type(error).__name__)
    else:
        log.warning("contact_not_told", customer=row.stripe_id, error=type(error).__name__)
