"""Money is an integer in minor units and a currency; decimals exist only as text, floats nowhere.

Exponents are Stripe's (docs.stripe.com/currencies): ISK and UGX have no minor unit in daily life, but Stripe counts
them in hundredths.
"""

import re
from decimal import Decimal

ZERO_DECIMALS = frozenset(
    ("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf")
)
THREE_DECIMALS = frozenset(("bhd", "jod", "kwd", "omr", "tnd"))
WHOLE_ONLY = frozenset({"isk", "ugx"})

# The smallest charge in minor units: docs.stripe.com/currencies#minimum-and-maximum-charge-amounts. For a currency that
# is not listed Stripe demands what is worth about half a dollar; the values below are the coins nearest to it.
MINIMUM_CHARGES = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50, "gbp": 30,
    "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "pln": 200,
    "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip
MINIMUM_ELSEWHERE = {0: 50, 2: 50, 3: 150}
# The same page: an amount has eight digits at most.
MAXIMUM_CHARGE = 99_999_999

# Plain digits alone: "1E+999990" is a number whose digits would keep a processor busy for minutes.
WRITTEN = re.compile(r"[0-9]{1,16}(\.[0-9]{1,6})?")


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
    if not WRITTEN.fullmatch(text):
        raise AmountInvalid(text)
    minor = Decimal(text).scaleb(exponent(currency))
    if minor != minor.to_integral_value():
        raise AmountInvalid(text)
    amount = int(minor)
    if not is_payable(amount, currency):
        raise AmountInvalid(text)
    return amount


def is_payable(amount: int, currency: str) -> bool:
    """Whether the currency has coins for it, as Stripe counts them."""
    return not ((currency in THREE_DECIMALS and amount % 10) or (currency in WHOLE_ONLY and amount % 100))


def minimum_charge(currency: str) -> int:
    """The smallest amount that Stripe charges, in minor units."""
    return MINIMUM_CHARGES.get(currency, MINIMUM_ELSEWHERE[exponent(currency)])


def is_chargeable(amount: int, currency: str) -> bool:
    """Whether Stripe takes a charge of that amount."""
    return minimum_charge(currency) <= amount <= MAXIMUM_CHARGE and is_payable(amount, currency)


def in_words(amount: int, currency: str) -> str:
    """For a sentence: "19.99 USD"."""
    return f"{to_decimal_string(amount, currency)} {currency.upper()}"
