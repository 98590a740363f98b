"""How an app sells: three things, ten lines each. The sets stand for the app's own tables.

``register_all`` belongs into the app's ``AppConfig.ready()``. A handler runs inside the transaction that records the
payment: it writes rows and enqueues on commit, and never calls the network. What it hands over belongs to that payment:
the same thing may be paid for once more after a refund, and the refund may fail.
"""

from datetime import date
from uuid import UUID

from accounts.models import User
from payments.purchasables import Fee, Limits, Price, Purchasable, Purchase, register

# --- an entry fee: one price for everybody, once for each person ------------------------------------------------
TOURNAMENTS = {"spring-open": "the Spring Open"}
ENTRIES: dict[UUID, tuple[str, str]] = {}


def give_up_entry(purchase: Purchase) -> None:
    if purchase.is_fully_refunded:
        ENTRIES.pop(purchase.payment_id, None)


ENTRY_FEE = Purchasable(
    kind="tournament_entry",
    description=lambda user, reference: f"Entry to {TOURNAMENTS[reference]}",
    price=Price(2500, "usd"),
    find=lambda user, reference: reference in TOURNAMENTS,
    on_paid=lambda purchase: ENTRIES.update({purchase.payment_id: (purchase.reference, str(purchase.user_id))}),
    on_refunded=give_up_entry,
    limits=Limits(per_person=1),
)

# --- a session: each teacher's own price, of which a part is ours ------------------------------------------------
TEACHERS = {"ada": 12000, "grace": 15000}
SESSIONS: dict[UUID, tuple[str, str]] = {}


def is_free(reference: str) -> bool:
    return all(taken != reference for taken, _ in SESSIONS.values())


SESSION = Purchasable(
    kind="teaching_session",
    description=lambda user, reference: f"An hour with {reference.partition(':')[0].title()}",
    price=lambda user, reference: Price(TEACHERS[reference.partition(":")[0]], "usd"),
    find=lambda user, reference: reference.partition(":")[0] in TEACHERS and is_free(reference),
    on_paid=lambda purchase: SESSIONS.update({purchase.payment_id: (purchase.reference, str(purchase.user_id))}),
    on_refunded=lambda purchase: SESSIONS.pop(purchase.payment_id, None) if purchase.is_fully_refunded else None,
    platform_fee=Fee(basis_points=1500),
)

# --- a venue: only whoever holds the reservation pays for it, in yen ---------------------------------------------
RESERVATIONS: dict[str, tuple[str, date]] = {}
CONFIRMED: dict[UUID, str] = {}


def hall_price(user: User, reference: str) -> Price:
    """Weekends cost more."""
    return Price(50000 if RESERVATIONS[reference][1].weekday() >= 5 else 30000, "jpy")


VENUE = Purchasable(
    kind="venue_booking",
    description=lambda user, reference: f"The hall on {RESERVATIONS[reference][1]:%d %B %Y}",
    price=hall_price,
    find=lambda user, reference: RESERVATIONS.get(reference, ("",))[0] == str(user.pk),
    on_paid=lambda purchase: CONFIRMED.update({purchase.payment_id: purchase.reference}),
    on_refunded=lambda purchase: CONFIRMED.pop(purchase.payment_id, None) if purchase.is_fully_refunded else None,
    limits=Limits(maximum=100_000, per_person=1),
)


def register_all() -> None:
    for purchasable in (ENTRY_FEE, SESSION, VENUE):
        register(purchasable)
