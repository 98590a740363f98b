from dataclasses import asdict, dataclass

from accounts.models import User
from payments import gateway
from payments.gateway import PaymentMethodView
from payments.models import BillingOperation, OperationKind
from payments.services.customers import get_or_create_stripe_customer
from payments.services.operations import Request
from payments.services.performing import perform
from payments.services.settling import give_up_when_certain, settles
from payments.services.wallet.owning import wallet_of


@dataclass(frozen=True)
class SavedMethod:
    """What its owner sees of a payment method; ``id`` is Stripe's."""

    id: str
    brand: str
    last4: str
    exp_month: int | None
    exp_year: int | None
    is_default: bool


@dataclass(frozen=True)
class NewMethod:
    """The page saves a card with ``client_secret``."""

    client_secret: str
    setup_intent_id: str


def get_customer_payment_methods(user: User) -> list[SavedMethod]:
    """What the person has saved, newest first, live from Stripe: nothing of it is stored. Raises StripeUnavailable."""
    wallet = wallet_of(user)
    return [shown(method, wallet.used) for method in wallet.methods] if wallet else []


def shown(method: PaymentMethodView, used: str) -> SavedMethod:
    return SavedMethod(
        id=method.id,
        brand=method.brand,
        last4=method.last4,
        exp_month=method.exp_month,
        exp_year=method.exp_year,
        is_default=method.id == used,
    )


def add_payment_method(*, user: User, client_key: str = "") -> NewMethod:
    """Let the page save a card that is charged later, and nothing now.

    Raises IdempotencyKeyReused, IdempotencyKeyInUse, AnotherPurchaseInProgress, StripeUnavailable, StripeMisconfigured.
    """
    request = Request(user_id=user.pk, kind=OperationKind.ADD_PAYMENT_METHOD, body={}, params={}, client_key=client_key)

    def work(operation: BillingOperation) -> dict[str, str]:
        customer = get_or_create_stripe_customer(user)
        made = gateway.create_setup_intent(
            key=operation.key(),
            customer_id=customer.stripe_id,
            metadata={"user_id": str(user.pk), "operation_id": str(operation.pk)},
        )
        return asdict(NewMethod(client_secret=made.client_secret, setup_intent_id=made.id))

    return NewMethod(**perform(request, work))


@settles(OperationKind.ADD_PAYMENT_METHOD, OperationKind.REMOVE_PAYMENT_METHOD, OperationKind.CREATE_PORTAL_SESSION)
def settle_free_of_charge(operation: BillingOperation) -> None:
    """What costs nothing may be asked for anew."""
    give_up_when_certain(operation)
