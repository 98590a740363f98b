"""Promotion codes for a subscription that runs."""

from django.db.models import Q

from payments import gateway
from payments.models import BillingOperation, OperationKind, OperationState
from payments.services import operations
from payments.services.subscriptions.standing import Standing

USED = "You have used this promotion code already."


def redeemable(code: str, standing: Standing) -> str:
    """Stripe's id of what the customer entered. Stripe itself would take the same code month after month, and with it
    make the first free month the last one that is paid for. Raises PromotionCodeInvalid."""
    found = gateway.find_promotion_code(code, customer_id=standing.customer.stripe_id)
    if not found:
        raise gateway.PromotionCodeInvalid(field="promotion_code")
    if _was_redeemed(found, standing):
        raise gateway.PromotionCodeInvalid(USED, field="promotion_code")
    return found


def redeemed_by(operation: BillingOperation, standing: Standing) -> str:
    """As redeemable, for the code that the operation names, and the same whenever it is repeated."""
    if "promotion_code_id" not in operation.params:
        operations.note(operation, promotion_code_id=redeemable(operation.params["promotion_code"], standing))
    return str(operation.params["promotion_code_id"])


def _was_redeemed(promotion_id: str, standing: Standing) -> bool:
    """On a change that holds, or when this subscription began. One that had to be confirmed may never have held."""
    done = BillingOperation.objects.filter(user=standing.row.user, state=OperationState.SUCCEEDED)
    began = Q(kind=OperationKind.CREATE_SUBSCRIPTION, result__subscription_id=str(standing.row.pk))
    changed = Q(kind=OperationKind.CHANGE_PLAN, result__client_secret=None)
    return done.filter(began | changed, params__promotion_code_id=promotion_id).exists()
