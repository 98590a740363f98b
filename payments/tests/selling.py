"""A seller of tickets for tests: what it sells, what it was told, and what a person was."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from accounts.models import User
from dev.local_stripe import LocalStripe
from notifications.models import Notification
from payments import purchasables
from payments.purchasables import Fee, Limits, Price, Purchasable, Purchase
from payments.tests.delivering import Deliver, handle_all

KIND = "ticket"


@dataclass
class Seller:
    """Sells every reference that starts with "row", to everybody but Charlie."""

    paid: list[Purchase] = field(default_factory=list)
    refunded: list[Purchase] = field(default_factory=list)
    prices: dict[str, Price] = field(default_factory=dict)
    fails: bool = False

    def price(self, user: User, reference: str) -> Price:
        return self.prices.get(reference, Price(2500, "usd"))

    def find(self, user: User, reference: str) -> bool:
        return reference.startswith("row") and user.email != "charlie@example.com"

    def on_paid(self, purchase: Purchase) -> None:
        if self.fails:
            raise ZeroDivisionError
        self.paid.append(purchase)

    def on_refunded(self, purchase: Purchase) -> None:
        self.refunded.append(purchase)

    def offers(self) -> Purchasable:
        return Purchasable(
            kind=KIND,
            description=lambda user, reference: f"A ticket for {reference}",
            price=self.price,
            find=self.find,
            on_paid=self.on_paid,
            on_refunded=self.on_refunded,
            platform_fee=Fee(basis_points=1000, fixed=30),
        )


@contextmanager
def selling(limits: Limits | None = None, **changes: Any) -> Iterator[Seller]:
    """While the block runs there is a seller, whose offer differs by ``changes``."""
    seller = Seller()
    offer = replace(seller.offers(), **changes) if changes else seller.offers()
    purchasables.register(replace(offer, limits=limits) if limits else offer)
    try:
        yield seller
    finally:
        purchasables.unregister(offer.kind)


def told(user: User) -> list[str]:
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def news(server: LocalStripe, deliver: Deliver, *types: str) -> None:
    """Deliver what Stripe has to say about ``types``, and handle it."""
    for event in server.events():
        if event["type"] in types:
            deliver(event)
    handle_all()


def gets(server: LocalStripe) -> list[str]:
    return [request.path for request in server.requests if request.method == "GET"]
