"""Stripe's test tokens: which card each stands for and how that card behaves."""

import hashlib
from dataclasses import dataclass

DECLINED = "Your card was declined."
MESSAGES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}


@dataclass(frozen=True)
class TestCard:
    """`decline` is the code a charge fails with; `attaches` whether it can be saved all the same;
    `authentication` is always, on_session (saved cards pay off session without it) or never; a `slow` one is
    answered for after days; `refund` is succeeded, pending (it succeeds after a day) or failed (after a day);
    `trouble` is a dispute, an inquiry or a warning that follows every payment."""

    number: str
    brand: str = "visa"
    decline: str = ""
    attaches: bool = True
    authentication: str = "never"
    funding: str = "credit"
    slow: bool = False
    refund: str = "succeeded"
    trouble: str = ""

    @property
    def fingerprint(self) -> str:
        """Equal for every copy of the same card, as with Stripe."""
        return hashlib.sha256(self.number.encode()).hexdigest()[:16]


CARDS = {
    "pm_card_visa": TestCard("4242424242424242"),
    "pm_card_visa_debit": TestCard("4000056655665556", funding="debit"),
    "pm_card_mastercard": TestCard("5555555555554444", brand="mastercard"),
    "pm_card_amex": TestCard("378282246310005", brand="amex"),
    "pm_card_discover": TestCard("6011111111111117", brand="discover"),
    "pm_card_chargeDeclined": TestCard("4000000000000002", decline="generic_decline", attaches=False),
    "pm_card_chargeDeclinedInsufficientFunds": TestCard(
        "4000000000009995", decline="insufficient_funds", attaches=False
    ),
    "pm_card_chargeDeclinedExpiredCard": TestCard("4000000000000069", decline="expired_card", attaches=False),
    "pm_card_chargeDeclinedIncorrectCvc": TestCard("4000000000000127", decline="incorrect_cvc", attaches=False),
    "pm_card_chargeDeclinedProcessingError": TestCard("4000000000000119", decline="processing_error", attaches=False),
    "pm_card_chargeCustomerFail": TestCard("4000000000000341", decline="generic_decline"),
    "pm_card_authenticationRequired": TestCard("4000002760003184", authentication="always"),
    "pm_card_threeDSecure2Required": TestCard("4000000000003220", authentication="always"),
    "pm_card_authenticationRequiredOnSetup": TestCard("4000002500003155", authentication="on_session"),
    "pm_card_pendingRefund": TestCard("4000000000007726", refund="pending"),
    "pm_card_refundFail": TestCard("4000000000005126", refund="failed"),
    "pm_card_createDispute": TestCard("4000000000000259", trouble="dispute"),
    "pm_card_createDisputeInquiry": TestCard("4000000000001976", trouble="inquiry"),
    "pm_card_createIssuerFraudRecord": TestCard("4000000000005423", trouble="warning"),
    # Not Stripe's: payments that are decided days later, as with bank debits.
    "pm_local_slow": TestCard("4000000000000077", slow=True),
    "pm_local_slowDeclined": TestCard("4000000000000085", slow=True, decline="insufficient_funds"),
}


def failure(reason: str) -> dict[str, str]:
    """Code, decline code and message of a decline: three reasons are codes of their own, the rest are declines."""
    message = MESSAGES.get(reason, DECLINED)
    if reason in ("expired_card", "incorrect_cvc", "processing_error", "authentication_required"):
        return {"code": reason, "decline_code": reason, "message": message}
    return {"code": "card_declined", "decline_code": reason, "message": message}
