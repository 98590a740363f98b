"""Settings under which money would go wrong, found at start instead of by a customer."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from payments.catalogue import OFFERS
from payments.gateway import is_livemode
from payments.money import AmountInvalid, to_minor_units

CODE_LENGTH = 3
SECOND_TAB = ("close", "refund")
# Stripe's own limits.
LONGEST_TRIAL_DAYS = 730
WITHOUT_CARD = ("cancel", "pause", "create_invoice")
KNOWN_KEYS = ("sk_test_", "rk_test_", "sk_live_", "rk_live_")


@register()
def every_plan_has_a_price(**_: Any) -> list[CheckMessage]:
    prices = [settings.STRIPE_PRICE_IDS.get(plan.value, "").strip() for plan in OFFERS]
    if not all(prices):
        return [
            Error(
                "STRIPE_PRICE_IDS must name a Stripe price for each plan that is sold.",
                hint="Set STRIPE_PRICE_ID_BASIC, STRIPE_PRICE_ID_PREMIUM and STRIPE_PRICE_ID_ELITE.",
                id="payments.E001",
            )
        ]
    if len(set(prices)) < len(prices):
        return [
            Error(
                "Two plans share a Stripe price, so a payment would not tell which of them was bought.",
                hint="Make a price for each plan at Stripe and name it in STRIPE_PRICE_ID_<PLAN>.",
                id="payments.E002",
            )
        ]
    return []


@register()
def webhooks_are_signed(**_: Any) -> list[CheckMessage]:
    secrets = settings.STRIPE_WEBHOOK_SECRETS
    if not secrets or not all(secret.strip() for secret in secrets):
        return [
            Error(
                "STRIPE_WEBHOOK_SECRET is empty, so no event from Stripe could be told from a forged one.",
                hint="Copy the signing secret (whsec_…) of the webhook endpoint; two, separated by a comma, "
                "while one is being replaced.",
                id="payments.E003",
            )
        ]
    return []


@register()
def key_is_a_secret_key(**_: Any) -> list[CheckMessage]:
    if not settings.STRIPE_SECRET_KEY.startswith(KNOWN_KEYS):
        return [
            Error(
                "STRIPE_SECRET_KEY is no secret key of Stripe.",
                hint="It begins with sk_test_, sk_live_, rk_test_ or rk_live_; pk_… is the page's key.",
                id="payments.E004",
            )
        ]
    return []


@register()
def evidence_is_kept_as_long_as_the_law_says(**_: Any) -> list[CheckMessage]:
    if settings.MONEY_RETENTION_YEARS < 7 or settings.WEBHOOK_PAYLOAD_DAYS < 1:
        return [
            Error(
                "MONEY_RETENTION_YEARS must be at least 7, and WEBHOOK_PAYLOAD_DAYS at least 1.",
                hint="The database refuses to remove evidence of money that is younger.",
                id="payments.E010",
            )
        ]
    return []


@register()
def purchases_have_limits(**_: Any) -> list[CheckMessage]:
    amounts = {
        name: [(text, currency) for currency, text in getattr(settings, name).items() if not _is_amount(text, currency)]
        for name in ("PURCHASE_DAILY_MAX", "PURCHASE_AUTHENTICATED_FROM")
    }
    found: list[CheckMessage] = [
        Error(
            f"{name} holds what is no amount: {', '.join(f'{currency}={text}' for text, currency in wrong)}.",
            hint="Currencies in lower case, amounts in major units: usd=2000.00,jpy=300000.",
            id="payments.E030",
        )
        for name, wrong in amounts.items()
        if wrong
    ]
    if settings.CHECKOUT_SECOND_TAB not in SECOND_TAB:
        hint = f"It is one of {', '.join(SECOND_TAB)}."
        found.append(Error("CHECKOUT_SECOND_TAB is no policy that we have.", hint=hint, id="payments.E031"))
    return found


@register()
def refunds_have_bounds(**_: Any) -> list[CheckMessage]:
    wrong = [currency for currency, text in settings.REFUND_AUTO_MAX.items() if not _is_amount(text, currency)]
    if not wrong and settings.REFUND_AUTO_DAYS >= 0:
        return []
    return [
        Error(
            "REFUND_AUTO_MAX holds what is no amount of its currency, or REFUND_AUTO_DAYS is negative.",
            hint="Currencies in lower case, amounts in major units: usd=30.00,jpy=4000. 0 days leave all to operators.",
            id="payments.E050",
        )
    ]


def _is_amount(text: str, currency: str) -> bool:
    try:
        return len(currency) == CODE_LENGTH and currency.islower() and to_minor_units(text, currency) > 0
    except AmountInvalid:
        return False


@register()
def trials_are_possible(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    days = settings.STRIPE_TRIAL_DAYS
    is_possible = all(0 <= each <= LONGEST_TRIAL_DAYS for each in days.values())
    if set(days) - {plan.value for plan in OFFERS} or not is_possible:
        hint = f"One number of days for all plans, or some by name: basic=7,elite=14. At most {LONGEST_TRIAL_DAYS}."
        found.append(Error("STRIPE_TRIAL_DAYS names no plan of ours, or no such time.", hint=hint, id="payments.E020"))
    if settings.STRIPE_TRIAL_WITHOUT_CARD not in WITHOUT_CARD:
        hint = f"One of {', '.join(WITHOUT_CARD)}."
        found.append(Error("STRIPE_TRIAL_WITHOUT_CARD is nothing that Stripe does.", hint=hint, id="payments.E021"))
    return found


@register(deploy=True)
def deployment_takes_real_money(**_: Any) -> list[CheckMessage]:
    if not is_livemode():
        return [
            Warning(
                "This deployment uses a Stripe test key: nobody can really pay.",
                hint="Set STRIPE_SECRET_KEY to a live key, with the price ids and the webhook secret of live mode.",
                id="payments.W001",
            )
        ]
    return []
