"""What Stripe may refuse, in our words: never a raw message of the vendor, never a reason that would help a thief."""

from typing import Any

import stripe
import structlog

from numerai.common.errors import DomainError, ServiceUnavailable

log = structlog.get_logger(__name__)

RETRY_AFTER_SECONDS = 10.0

SENTENCES = {
    "insufficient_funds": "Your card does not have enough funds. Please use another card.",
    "expired_card": "Your card has expired. Please use another card.",
    "incorrect_cvc": "The security code of your card is not right. Please check it and try again.",
    "invalid_cvc": "The security code of your card is not right. Please check it and try again.",
    "incorrect_number": "The number of your card is not right. Please check it and try again.",
    "invalid_number": "The number of your card is not right. Please check it and try again.",
    "invalid_expiry_month": "The expiry date of your card is not right. Please check it and try again.",
    "invalid_expiry_year": "The expiry date of your card is not right. Please check it and try again.",
    "card_not_supported": "Your card does not support this kind of purchase. Please use another card.",
    "currency_not_supported": "Your card does not support this currency. Please use another card.",
    "processing_error": "Your bank could not process the payment just now. Please try again in a moment.",
    "authentication_required": "Your bank wants you to confirm this payment. Please try again and follow its steps.",
}
# Told as a plain decline, so that whoever holds a stolen card does not learn that it was reported.
UNSPOKEN = {
    "fraudulent",
    "lost_card",
    "merchant_blacklist",
    "pickup_card",
    "restricted_card",
    "security_violation",
    "stolen_card",
}
AUTHENTICATION_CODES = {
    "authentication_required",
    "invoice_payment_intent_requires_action",
    "subscription_payment_intent_requires_action",
}


class CardDeclined(DomainError):
    status, code, title = 402, "card_declined", "The card was declined"
    detail = "Your card was declined. Please use another card or ask your bank."


class PaymentMethodInvalid(DomainError):
    status, code, title = 400, "payment_method_invalid", "The payment method cannot be used"
    detail = "This payment method cannot be used. Please enter your card again."


class PromotionCodeInvalid(DomainError):
    code, title = "promotion_code_invalid", "The promotion code cannot be redeemed"
    detail = "This promotion code is not valid, has expired, or does not apply to your purchase."


class CurrencyFixed(DomainError):
    status, code, title = 409, "currency_fixed", "Another currency is in use"
    detail = "Your earlier purchases were in another currency, which cannot be changed. Please contact us."


class StripeUnavailable(ServiceUnavailable):
    """No definite answer came. ``is_final`` tells that Stripe will give this same answer to this key for ever;
    ``was_sent`` that Stripe may have carried the request out all the same."""

    code = "payments_unavailable"
    detail = "Payments are unavailable for a moment. You will not be charged twice; please try again shortly."
    is_final = False
    was_sent = True


class StripeMisconfigured(ServiceUnavailable):
    code = "payments_misconfigured"
    detail = "Payments are unavailable at the moment. We have been told and are looking into it."


class PlanNotSold(DomainError):
    status, code, title = 404, "plan_not_sold", "This plan is not sold"
    detail = "This plan cannot be bought at the moment. We have been told and are looking into it."


class ObjectMissing(Exception):
    """Stripe does not know the object that was named by ``param`` ("id" for the object itself)."""

    def __init__(self, param: str) -> None:
        super().__init__(f"Stripe does not know this {param}.")
        self.param = param


class AuthenticationRequired(Exception):
    """The bank wants the customer to take part in the payment."""


class NetworkCallInsideTransaction(RuntimeError):
    """A call to Stripe would hold row locks for as long as Stripe takes."""


def translate(error: stripe.StripeError) -> Exception:
    """Our exception for ``error``; what needs an operator is logged here with Stripe's request id."""
    if isinstance(error, stripe.CardError):
        return _of_card_error(error)
    is_replay = (error.headers or {}).get("Idempotent-Replayed") == "true"
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        log.error("stripe_refuses_our_key", request_id=error.request_id, status=error.http_status)
        return StripeMisconfigured()
    if isinstance(error, stripe.APIConnectionError | stripe.RateLimitError):
        log.warning("stripe_unreachable", error=type(error).__name__, request_id=error.request_id)
        return StripeUnavailable(retry_after=RETRY_AFTER_SECONDS)
    if (error.http_status or 500) >= 500 or error.http_status == 409:
        log.warning("stripe_failed", status=error.http_status, request_id=error.request_id, replayed=is_replay)
        unavailable = StripeUnavailable(retry_after=RETRY_AFTER_SECONDS)
        unavailable.is_final = is_replay
        return unavailable
    return _of_refusal(error)


def is_outage(error: stripe.StripeError) -> bool:
    """Whether the error speaks of Stripe's health rather than of our request."""
    return isinstance(error, stripe.APIConnectionError) or (error.http_status or 0) >= 500


def card_declined(decline_code: str, code: str = "") -> CardDeclined:
    """The refusal to show for a bank's reason."""
    if decline_code in UNSPOKEN:
        decline_code = "generic_decline"
    sentence = SENTENCES.get(decline_code) or SENTENCES.get(code)
    return CardDeclined(sentence, extra={"decline_code": decline_code or "generic_decline"})


def _of_card_error(error: stripe.CardError) -> Exception:
    details: Any = error.error
    decline_code = getattr(details, "decline_code", None) or error.code or "generic_decline"
    if AUTHENTICATION_CODES & {error.code, decline_code}:
        return AuthenticationRequired()
    return card_declined(decline_code, error.code or "")


def _of_refusal(error: stripe.StripeError) -> Exception:
    param = str(getattr(error, "param", None) or "id")
    if param.startswith("discounts"):
        return PromotionCodeInvalid(field="promotion_code")
    if "combine currencies" in str(error.user_message):
        return CurrencyFixed()
    if error.code == "resource_missing":
        return ObjectMissing(param)
    if error.code in {"payment_method_unexpected_state", "payment_method_unactivated"} or "payment_method" in param:
        return PaymentMethodInvalid(field="payment_method_id")
    if param.endswith("[price]") and "active" in (error.user_message or ""):
        log.error("price_not_sold", param=param, request_id=error.request_id)
        return PlanNotSold()
    log.error(
        "stripe_refuses_our_request",
        code=error.code,
        param=param,
        status=error.http_status,
        request_id=error.request_id,
        message=error.user_message,
    )
    return StripeMisconfigured()
