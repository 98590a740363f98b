import time

import stripe
from django.conf import settings

from numerai.common.errors import DomainError


class WebhookSignatureInvalid(DomainError):
    status, code, title = 400, "webhook_signature_invalid", "The signature is not valid"
    detail = "The request is not signed by Stripe, or it is too old."


def verify_signature(*, payload: bytes, header: str) -> None:
    """Raise WebhookSignatureInvalid unless ``header`` signs exactly ``payload`` with one of our secrets, now.

    Several secrets are valid while one is being rotated.
    """
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        if _is_signed(payload, header, secret):
            _refuse_future(header)
            return
    raise WebhookSignatureInvalid


def _is_signed(payload: bytes, header: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(payload, header, secret, settings.STRIPE_WEBHOOK_TOLERANCE_SECONDS)
    except (stripe.SignatureVerificationError, ValueError, TypeError, AttributeError):
        # Bytes that are not UTF-8 and signatures that are not ASCII make the SDK raise errors of Python's own.
        return False
    return True


def _refuse_future(header: str) -> None:
    """The SDK refuses what is too old; a moment far ahead would make a signature that never grows old."""
    signed_at = next(int(part.split("=")[1]) for part in header.split(",") if part.startswith("t="))
    if signed_at > time.time() + settings.STRIPE_WEBHOOK_TOLERANCE_SECONDS:
        raise WebhookSignatureInvalid
