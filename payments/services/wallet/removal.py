from accounts.models import User
from numerai.common.errors import Conflict, JsonObject, NotFound
from payments import gateway, sync
from payments.models import BillingOperation, OperationKind, Subscription
from payments.models.subscription import PAID
from payments.services.operations import Request
from payments.services.performing import perform
from payments.services.wallet.default import use
from payments.services.wallet.owning import wallet_of


class LastPaymentMethod(Conflict):
    code, title = "last_payment_method", "The card is needed"
    detail = "Your subscription is paid with this card. Add another card first, or end the subscription."


def remove_payment_method(*, user: User, payment_method_id: str, client_key: str = "") -> None:
    """Forget a saved card. The one that is charged is replaced by the newest of the others.

    Raises NotFound, LastPaymentMethod, IdempotencyKeyReused, IdempotencyKeyInUse, AnotherPurchaseInProgress,
    StripeUnavailable, StripeMisconfigured.
    """
    body = {"payment_method_id": payment_method_id}
    request = Request(
        user_id=user.pk, kind=OperationKind.REMOVE_PAYMENT_METHOD, body=body, params=body, client_key=client_key
    )
    perform(request, lambda operation: _carry_out(operation, user))


def _carry_out(operation: BillingOperation, user: User) -> JsonObject:
    wallet = wallet_of(user)
    if wallet is None:
        raise NotFound
    method, row = wallet.method(operation.params["payment_method_id"]), wallet.subscription
    others = [each for each in wallet.methods if each.id != method.id]
    if row is not None:
        row = sync.sync_subscription(row.stripe_id, customer_id=wallet.customer.stripe_id)
        if not others and _will_be_charged(row):
            raise LastPaymentMethod
    if others and method.id == wallet.used:
        use(operation, wallet, others[0].id)
    gateway.forget_payment_method(key=operation.key(), payment_method_id=method.id)
    if row is not None:
        sync.sync_subscription(row.stripe_id, customer_id=wallet.customer.stripe_id)
    return {}


def _will_be_charged(row: Subscription) -> bool:
    """One that is paid for and only waits for its end needs no card any more."""
    return row.is_live and not (row.status in PAID and row.ends_at is not None)
