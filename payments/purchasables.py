"""What other apps sell. Each registers its own in ``AppConfig.ready()``; payments takes the money and says when.

``find`` and ``price`` are asked before anybody pays, ``on_paid`` and ``on_refunded`` are called inside the transaction
that records the fact, once for each: they write rows and enqueue on commit, and never call the network. If one of them
raises, nothing is recorded and the event is tried again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import User
from numerai.common.errors import DomainError, NotFound

KIND = re.compile(r"[a-z][a-z0-9_.]{0,63}")
RESERVED = ("subscription",)
BASIS_POINTS = 10_000


class NotForSale(DomainError):
    code, title = "not_for_sale", "This is not sold here"
    detail = "There is nothing of this kind for sale."


@dataclass(frozen=True)
class Price:
    """``amount`` in minor units of ``currency``, three lower-case letters."""

    amount: int
    currency: str


@dataclass(frozen=True)
class Fee:
    """Our share of a price: ``basis_points`` of it, rounded down, and ``fixed`` minor units; at most the price."""

    basis_points: int = 0
    fixed: int = 0

    def of(self, amount: int) -> int:
        return min(amount, amount * self.basis_points // BASIS_POINTS + self.fixed)


@dataclass(frozen=True)
class Limits:
    """``minimum`` and ``maximum`` in minor units; ``per_person`` is how often one person may have the same thing."""

    minimum: int = 1
    maximum: int | None = None
    per_person: int | None = None


@dataclass(frozen=True)
class Purchase:
    """What was paid for. Amounts are in minor units; ``user_id`` is None once the person has been erased."""

    payment_id: UUID
    user_id: UUID | None
    kind: str
    reference: str
    description: str
    amount: int
    amount_refunded: int
    platform_fee: int
    currency: str
    paid_at: datetime | None

    @property
    def is_fully_refunded(self) -> bool:
        return self.amount_refunded >= self.amount


Happening = Callable[[Purchase], object]


@dataclass(frozen=True)
class Purchasable:
    """One kind of thing that an app sells; ``reference`` is the app's own id of what is bought.

    ``find(user, reference)`` answers whether that person may buy that thing; False is a 404. ``price`` and
    ``description`` are fixed, or asked as ``price(user, reference)``. ``on_paid`` is called again when a refund of the
    whole has failed or a dispute was won afterwards; ``on_refunded`` whenever the amount given back has changed. What
    is handed over belongs to ``purchase.payment_id``: after a refund the same thing may be paid for by another payment.
    """

    kind: str
    description: str | Callable[[User, str], str]
    price: Price | Callable[[User, str], Price]
    find: Callable[[User, str], bool]
    on_paid: Happening
    on_refunded: Happening
    limits: Limits = Limits()
    platform_fee: Fee = Fee()


@dataclass(frozen=True)
class Offering:
    """What one person would pay now for one thing."""

    kind: str
    reference: str
    description: str
    price: Price
    platform_fee: int
    limits: Limits


_registered: dict[str, Purchasable] = {}


def register(purchasable: Purchasable) -> None:
    """Make it known. Raises ValueError for a name that cannot be, or for a second, different thing of a name."""
    if not KIND.fullmatch(purchasable.kind) or purchasable.kind in RESERVED:
        raise ValueError(f"{purchasable.kind!r} is no name of a kind.")
    if _registered.setdefault(purchasable.kind, purchasable) != purchasable:
        raise ValueError(f"{purchasable.kind} is registered already, and differently.")


def unregister(kind: str) -> None:
    _registered.pop(kind, None)


def registered() -> tuple[str, ...]:
    """Every kind, in the order of names."""
    return tuple(sorted(_registered))


def get(kind: str) -> Purchasable:
    """Raises NotForSale."""
    try:
        return _registered[kind]
    except KeyError:
        raise NotForSale(field="kind") from None


def offering(user: User, kind: str, reference: str) -> Offering:
    """What ``user`` would pay. Raises NotForSale, and NotFound for what is unknown or not theirs to buy."""
    purchasable = get(kind)
    if not purchasable.find(user, reference):
        raise NotFound
    price = purchasable.price if isinstance(purchasable.price, Price) else purchasable.price(user, reference)
    described = purchasable.description
    return Offering(
        kind=kind,
        reference=reference,
        description=(described if isinstance(described, str) else described(user, reference))[:500],
        price=price,
        platform_fee=purchasable.platform_fee.of(price.amount),
        limits=purchasable.limits,
    )
