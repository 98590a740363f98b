"""What a purchase costs. The seller says so; what the page says is only held against it."""

from django.conf import settings

from accounts.models import User
from numerai.common.errors import Conflict, DomainError
from payments import purchasables
from payments.gateway import StripeMisconfigured
from payments.money import (
    MAXIMUM_CHARGE,
    AmountInvalid,
    in_words,
    is_chargeable,
    minimum_charge,
    to_decimal_string,
    to_minor_units,
)
from payments.purchasables import Offering


class AmountRefused(DomainError):
    code, title = "amount_invalid", "The amount cannot be charged"
    detail = "This amount cannot be charged."


class PriceChanged(Conflict):
    code, title = "price_changed", "The price is another one"
    detail = "The price has changed. Please look at the new one and confirm it."


def offer(user: User, kind: str, reference: str, *, amount: str = "", currency: str = "") -> Offering:
    """What ``user`` has to pay for it now; ``amount`` and ``currency`` are what they were shown, "" when not told.

    Raises NotForSale, NotFound, AmountRefused, PriceChanged.
    """
    found = purchasables.offering(user, kind, reference)
    price, limits = found.price, found.limits
    if amount or currency:
        _compare(amount, currency, price)
    least = max(limits.minimum, minimum_charge(price.currency))
    most = min(limits.maximum or MAXIMUM_CHARGE, MAXIMUM_CHARGE)
    if not (least <= price.amount <= most and is_chargeable(price.amount, price.currency)):
        between = f"between {in_words(least, price.currency)} and {in_words(most, price.currency)}"
        raise AmountRefused(f"An amount that can be charged here is {between}.", field="amount")
    return found


def _compare(amount: str, currency: str, price: purchasables.Price) -> None:
    """Raises AmountRefused for what is no amount, PriceChanged for another one than the price."""
    shown = price.amount
    if amount:
        try:
            shown = to_minor_units(amount, currency or price.currency)
        except AmountInvalid:
            raise AmountRefused(field="amount") from None
        if not is_chargeable(shown, currency or price.currency):
            raise AmountRefused(field="amount")
    if (shown, currency or price.currency) != (price.amount, price.currency):
        now = {"amount": to_decimal_string(price.amount, price.currency), "currency": price.currency}
        raise PriceChanged(extra=dict(now))


def daily_maximum(currency: str) -> int:
    """In minor units. Raises StripeMisconfigured for a currency that nobody has set a maximum for."""
    text = settings.PURCHASE_DAILY_MAX.get(currency)
    if text is None:
        raise StripeMisconfigured
    return to_minor_units(text, currency)


def asks_three_d_secure(amount: int, currency: str) -> bool:
    """Whether the bank is to authenticate whoever pays that much; always where nobody has set an amount."""
    text = settings.PURCHASE_AUTHENTICATED_FROM.get(currency)
    return text is None or amount >= to_minor_units(text, currency)
