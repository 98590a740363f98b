"""What an operation is to sell, as it was committed before Stripe was asked: strings by name."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from django.conf import settings

from payments.models import BillingOperation
from payments.purchasables import Offering
from payments.services.selling.pricing import asks_three_d_secure

RETURN_PAGE = "/billing"


@dataclass(frozen=True)
class Wanted:
    """One thing at one price, in minor units. ``per_person`` is 0 where nothing limits how often one may have it."""

    kind: str
    reference: str
    description: str
    amount: int
    currency: str
    platform_fee: int
    per_person: int
    payment_method_id: str = ""
    success_url: str = ""
    cancel_url: str = ""

    @property
    def asks_three_d_secure(self) -> bool:
        return asks_three_d_secure(self.amount, self.currency)

    def params(self) -> dict[str, str]:
        return {name: str(value) for name, value in asdict(self).items()}


def wanted_by(operation: BillingOperation) -> Wanted:
    kept: dict[str, Any] = {each.name: operation.params[each.name] for each in fields(Wanted)}
    return Wanted(**kept | {name: int(kept[name]) for name in NUMBERS})


NUMBERS = {each.name for each in fields(Wanted) if each.type is int}


def wanted(offering: Offering, **more: str) -> Wanted:
    return Wanted(
        kind=offering.kind,
        reference=offering.reference,
        description=offering.description,
        amount=offering.price.amount,
        currency=offering.price.currency,
        platform_fee=offering.platform_fee,
        per_person=offering.limits.per_person or 0,
        **more,
    )


def metadata_of(operation: BillingOperation) -> dict[str, str]:
    """What is written on everything that the operation makes at Stripe, so that it can be found and understood."""
    thing = wanted_by(operation)
    return {
        "user_id": str(operation.user_id),
        "operation_id": str(operation.pk),
        "kind": thing.kind,
        "reference": thing.reference,
        "description": thing.description,
        "platform_fee": str(thing.platform_fee),
    }


def frontend(path: str) -> str:
    return settings.FRONTEND_URL.rstrip("/") + path
