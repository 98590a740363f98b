from uuid import UUID

import structlog
from django.db import transaction

from accounts.models import User
from numerai.common import audit
from payments import gateway
from payments.gateway import CustomerView
from payments.models import StripeCustomer
from payments.sync.people.contacts import address_has_changed, receipts_go_to
from payments.sync.rows import first_columns

log = structlog.get_logger(__name__)


class CustomerNotLinked(Exception):
    """Nobody of ours belongs to this Stripe customer, at least not yet."""


class CustomerNotOurs(CustomerNotLinked):
    """The customer was not made by us and never will be ours: its metadata names no person."""


def owner_of(customer_id: str) -> StripeCustomer:
    """Our row of the customer, made now if the event outran the request that created the customer.

    Raises CustomerNotLinked. Called under the customer's lock, outside a transaction.
    """
    known = StripeCustomer.objects.filter(stripe_id=customer_id).first()
    return known or link_customer(gateway.fetch_customer(customer_id))


def link_customer(view: CustomerView) -> StripeCustomer:
    """Remember that the customer is the person named in its metadata. Raises CustomerNotLinked."""
    user_id = _uuid(view.user_id)
    if user_id is None:
        raise CustomerNotOurs(f"The metadata of {view.id} names no person.")
    if view.is_deleted or not User.objects.filter(pk=user_id).exists():
        raise CustomerNotLinked(f"The metadata of {view.id} names nobody of ours.")
    row = StripeCustomer(user_id=user_id, stripe_id=view.id, livemode=view.livemode)
    with transaction.atomic():
        StripeCustomer.objects.bulk_create([row], ignore_conflicts=True)
        linked = StripeCustomer.objects.filter(stripe_id=view.id).first()
        if linked is not None and linked.pk == row.pk:
            _note_newer_address(user_id, view)
            audit.record(StripeCustomer, row.pk, action=audit.CREATED, before={}, after=first_columns(row))
    if linked is None:
        log.error("second_stripe_customer", customer=view.id, user_id=str(user_id))
        raise CustomerNotLinked(f"The person of {view.id} has another customer already.")
    return linked


def _note_newer_address(user_id: UUID, view: CustomerView) -> None:
    """It may have changed while Stripe was making the customer."""
    # Waits for whoever is changing it now, who has found no customer to mark.
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if receipts_go_to(user) != view.email:
        address_has_changed(user)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
