import structlog
from django.conf import settings

from numerai.common.errors import DomainError, ServiceUnavailable
from payments import sync
from payments.services.refunds.refunding import FRAUDULENT, create_refund

log = structlog.get_logger(__name__)


def answer_fraud_warning(warning_id: str, *, payment_id: str = "") -> None:
    """Note the warning and, where the settings say so, give the payment back once, before a dispute costs more.

    A refusal is not tried again. Raises what ``sync_fraud_warning`` raises, and StripeUnavailable.
    """
    payment, view = sync.sync_fraud_warning(warning_id, payment_id=payment_id)
    if not settings.FRAUD_WARNING_REFUNDS or not view.is_actionable or payment.user_id is None:
        return
    try:
        create_refund(payment=payment, reason=FRAUDULENT, client_key=f"fraud_warning:{view.id}")
    except ServiceUnavailable:
        raise
    except DomainError as refusal:
        log.warning("fraud_not_refunded", payment=payment.stripe_id, why=refusal.code)
