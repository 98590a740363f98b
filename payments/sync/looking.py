from collections.abc import Callable
from typing import Protocol, TypeVar

from django.db import transaction

from payments.models import StripeCustomer
from payments.sync.customers import owner_of
from payments.sync.locks import customer_lock


class OfCustomer(Protocol):
    @property
    def customer_id(self) -> str: ...


View = TypeVar("View", bound=OfCustomer)
Row = TypeVar("Row")


def look_and_write(*, customer_id: str, look: Callable[[], View], write: Callable[[View, StripeCustomer], Row]) -> Row:
    """Look at Stripe under the customer's lock, then write in one transaction.

    ``customer_id`` is who the object is thought to belong to; "" costs a further look to find out.
    """
    locked = customer_id or look().customer_id
    with customer_lock(locked):
        view = look()
        if view.customer_id == locked:
            owner = owner_of(locked)
            with transaction.atomic():
                return write(view, _held(owner))
    return look_and_write(customer_id=view.customer_id, look=look, write=write)


def _held(owner: StripeCustomer) -> StripeCustomer:
    """The row until the end of the transaction, so that nobody is linked again who is being erased."""
    return StripeCustomer.objects.select_for_update(no_key=True, of=("self",)).get(pk=owner.pk)
