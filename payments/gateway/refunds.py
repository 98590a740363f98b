from typing import TYPE_CHECKING

import stripe

from numerai.common.errors import Conflict, DomainError
from payments.gateway.connection.client import refuse_empty, stripe_client
from payments.gateway.snapshots.refunds import RefundView, refund_view

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams, RefundListParams

INTENT = "pi_"


class RefundTooLarge(DomainError):
    code, title = "refund_too_large", "More than is left of the payment"
    detail = "This is more than what is left of the payment."


class ChargeAlreadyRefunded(Conflict):
    code = "charge_already_refunded"
    detail = "This payment has been given back already."


class ChargeDisputed(Conflict):
    code = "charge_disputed"
    detail = "The bank is looking into this payment, so it cannot be given back now."


def create_refund(*, key: str, payment_id: str, amount: int, reason: str, metadata: dict[str, str]) -> RefundView:
    """Give ``amount`` minor units of the payment intent or charge back; ``reason`` is one of Stripe's words.

    Raises ChargeAlreadyRefunded, ChargeDisputed, RefundTooLarge, ObjectMissing.
    """
    params: RefundCreateParams = {"amount": amount, "reason": reason, "metadata": metadata}
    if payment_id.startswith(INTENT):
        params["payment_intent"] = payment_id
    else:
        params["charge"] = payment_id
    with stripe_client() as client:
        try:
            refund = client.v1.refunds.create(params, {"idempotency_key": key})
        except stripe.InvalidRequestError as refusal:
            ours = _refusal_of(refusal)
            if ours is None:
                raise
            raise ours from refusal
    return refund_view(refund.to_dict())


def refunds_of(payment_id: str) -> tuple[RefundView, ...]:
    """Everything given back of the payment intent or charge, whoever did it, newest first."""
    refuse_empty(payment_id)
    params: RefundListParams = {"limit": 100}
    if payment_id.startswith(INTENT):
        params["payment_intent"] = payment_id
    else:
        params["charge"] = payment_id
    with stripe_client() as client:
        found = client.v1.refunds.list(params)
        return tuple(refund_view(refund.to_dict()) for refund in found.auto_paging_iter())


def _refusal_of(refusal: stripe.InvalidRequestError) -> DomainError | None:
    if refusal.code == "charge_already_refunded":
        return ChargeAlreadyRefunded()
    if refusal.code == "charge_disputed":
        return ChargeDisputed()
    return RefundTooLarge(field="amount") if refusal.param == "amount" else None
