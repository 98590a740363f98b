"""Currencies, what can be charged in them, and sums of money as a person reads them."""

ZERO_DECIMAL = {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
THREE_DECIMAL = {"bhd", "jod", "kwd", "omr", "tnd"}
TWO_DECIMAL = (
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop crc "
    "cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd kes kgs khr "
    "kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk "
    "php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx usd "
    "uyu uzs wst xcd xcg yer zar zmw"
)
CURRENCIES = ZERO_DECIMAL | THREE_DECIMAL | set(TWO_DECIMAL.split())
# In minor units; half a dollar's worth where Stripe names none.
MINIMUM_CHARGES = {"aed": 200, "bgn": 100, "czk": 1500, "dkk": 250, "gbp": 30, "hkd": 400, "huf": 17500, "mxn": 1000}
MINIMUM_CHARGES |= {"myr": 200, "nok": 300, "pln": 200, "ron": 200, "sek": 300, "thb": 1000}


def minimum_charge(currency: str) -> int:
    return MINIMUM_CHARGES.get(currency, 150 if currency in THREE_DECIMAL else 50)


def money(amount: int, currency: str) -> str:
    """Minor units in the currency's own notation: 999 usd is 9.99 USD, 1500 kwd 1.500 KWD."""
    if currency in ZERO_DECIMAL:
        return f"{amount} {currency.upper()}"
    places = 3 if currency in THREE_DECIMAL else 2
    whole, rest = divmod(abs(amount), 10**places)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:0{places}} {currency.upper()}"
