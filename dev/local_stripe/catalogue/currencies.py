"""Sums of money as a person reads them."""

ZERO_DECIMAL = {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof"}


def money(amount: int, currency: str) -> str:
    """Minor units in the currency's own notation: 999 usd is 9.99 USD."""
    if currency in ZERO_DECIMAL:
        return f"{amount} {currency.upper()}"
    whole, rest = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:02} {currency.upper()}"
