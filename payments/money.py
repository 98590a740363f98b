"""Money is an integer in minor units and a currency; decimals exist only as text, floats nowhere.

Exponents are Stripe's (docs.stripe.com/currencies): ISK and UGX have no minor unit in daily life, but Stripe counts
them in hundredths.
"""

from decimal import Decimal, InvalidOperation

ZERO_DECIMALS = frozenset(
    ("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf")
)
THREE_DECIMALS = frozenset(("bhd", "jod", "kwd", "omr", "tnd"))
WHOLE_ONLY = frozenset({"isk", "ugx"})


class AmountInvalid(ValueError):
    """The text is no amount that this currency can pay."""


def exponent(currency: str) -> int:
    """How many decimals the currency's minor unit stands for."""
    if currency in ZERO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


def to_decimal_string(amount: int, currency: str) -> str:
    """``1999, "usd"`` → "19.99"; ``500, "jpy"`` → "500"; ``5120, "kwd"`` → "5.120"."""
    return f"{Decimal(amount).scaleb(-exponent(currency)):f}"


def to_minor_units(text: str, currency: str) -> int:
    """``"19.99", "usd"`` → 1999. Raises AmountInvalid for anything that is not exactly a payable amount."""
    try:
        minor = Decimal(text).scaleb(exponent(currency))
    except InvalidOperation:
        raise AmountInvalid(text) from None
    if not minor.is_finite() or minor < 0 or minor != minor.to_integral_value():
        raise AmountInvalid(text)
    amount = int(minor)
    if (currency in THREE_DECIMALS and amount % 10) or (currency in WHOLE_ONLY and amount % 100):
        raise AmountInvalid(text)
    return amount


def in_words(amount: int, currency: str) -> str:
    """For a sentence: "19.99 USD"."""
    return f"{to_decimal_string(amount, currency)} {currency.upper()}"
