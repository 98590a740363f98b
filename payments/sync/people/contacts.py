"""Whose address Stripe is still to be told: a mark on the customer, which is the job."""

from accounts.models import User
from numerai.common import clock
from numerai.common.jobs import enqueue
from payments.gateway import is_livemode
from payments.models import StripeCustomer


def receipts_go_to(user: User) -> str:
    """The address for receipts; "" while nobody has proved to read it."""
    return user.email if user.email and user.email_verified_at is not None else ""


def address_has_changed(user: User) -> int:
    """Mark the customers of ``user``, in the caller's transaction; answers how many there are to tell."""
    now = clock.now()
    standing = StripeCustomer.objects.filter(user=user, livemode=is_livemode(), deleted_at__isnull=True)
    # By id, because UPDATE cannot tell which rows it has written.
    marked = list(standing.values_list("pk", flat=True))
    StripeCustomer.objects.filter(pk__in=marked).update(contact_changed_at=now, contact_due_at=now)
    for pk in marked:
        _announce(str(pk))
    return len(marked)


def _announce(pk: str) -> None:
    from payments.tasks import tell_contact

    enqueue(tell_contact, pk)
