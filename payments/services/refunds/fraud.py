import structlog
from django.conf import settings

from numerai.common.errors import DomainError, ServiceUnavailable
from payments import sync
from payments.services.operations import own_key
from payments.services.refunds import policy
from payments.services.refunds.refunding import FRAUDULENT, create_refund

log = structlog.get_logger(__name__)


def answer_fraud_warning(warning_id: str, *, payment_id: str = "") -> None:
    """Note the warning and, where the settings say so, give the payment back once, before a dispute costs more.

    A card that is not the customer's is not charged again, so a current subscription ends with it. A refusal is not
    tried again. Raises what ``sync_fraud_warning`` raises, StripeUnavailable, and whatever says to try again later.
    """
    payment, view = sync.sync_fraud_warning(warning_id, payment_id=payment_id)
    if not settings.FRAUD_WARNING_REFUNDS or not view.is_actionable or payment.user_id is None:
        return
    is_end = policy.ends_subscription(payment, payment.refundable)
    key = own_key("fraud_warning", view.id)
    try:
        create_refund(payment=payment, reason=FRAUDULENT, client_key=key, end_subscription=is_end)
    except ServiceUnavailable:
        raise
    except DomainError as refusal:
        if refusal.retry_after is not None:
            raise
        log.warning("fraud_not_refunded", payment=payment.stripe_id, why=refusal.code)
