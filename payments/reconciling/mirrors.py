"""Which of our rows mirrors which kind of Stripe's objects, and how it is brought up to date."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from payments import sync
from payments.gateway.listing import Facts, Listable, Listed
from payments.models import BillingHistory, CheckoutSession, Dispute, Payment, Refund, Subscription
from payments.services.selling.checkouts import look_at_checkout


@dataclass(frozen=True)
class Mirror:
    """``repair`` syncs one object; ``created`` is the column with the moment it was created at Stripe. The facts are
    columns of the same names. Rows whose id does not begin with ``prefix`` stand in no list."""

    model: type[models.Model]
    repair: Callable[[Listed], object]
    created: str = "stripe_created_at"
    prefix: str = ""

    def rows(self, ids: Iterable[str]) -> Mapping[str, Any]:
        """Our rows by Stripe's id."""
        return {row.stripe_id: row for row in self._all().filter(stripe_id__in=list(ids))}

    def row(self, stripe_id: str) -> Any:
        return self._all().filter(stripe_id=stripe_id).first()

    def unlisted(self, ids: Iterable[str], *, after: datetime | None, until: datetime, livemode: bool) -> list[Any]:
        """Our rows of objects created later than ``after`` and up to ``until`` that are not among ``ids``."""
        rows = self._all().filter(
            stripe_id__startswith=self.prefix, livemode=livemode, **{f"{self.created}__lte": until}
        )
        if after is not None:
            rows = rows.filter(**{f"{self.created}__gt": after})
        return list(rows.exclude(stripe_id__in=list(ids)))

    def _all(self) -> "models.QuerySet[Any]":
        return self.model._default_manager.all()


def facts_of(row: Any, theirs: Facts) -> dict[str, Any]:
    """What our row says of the same facts; {} when there is no row."""
    return {} if row is None else {name: getattr(row, name) for name in theirs}


MIRRORS: dict[Listable, Mirror] = {
    Listable.SUBSCRIPTION: Mirror(
        Subscription, lambda each: sync.sync_subscription(each.id, customer_id=each.customer_id)
    ),
    Listable.INVOICE: Mirror(
        BillingHistory, lambda each: sync.sync_invoice(each.id, customer_id=each.customer_id), created="created_at"
    ),
    Listable.PAYMENT_INTENT: Mirror(
        Payment,
        lambda each: sync.sync_payment_intent(each.id, customer_id=each.customer_id),
        prefix="pi_",
    ),
    Listable.CHECKOUT_SESSION: Mirror(
        CheckoutSession, lambda each: look_at_checkout(each.id, customer_id=each.customer_id)
    ),
    Listable.REFUND: Mirror(Refund, lambda each: sync.sync_refunds(each.payment_id)),
    Listable.DISPUTE: Mirror(Dispute, lambda each: sync.sync_dispute(each.id, payment_id=each.payment_id)),
}
