"""Which card is charged from now on, also for what is owed."""

from dataclasses import dataclass

from accounts.models import User
from numerai.common.errors import JsonObject, NotFound
from payments import gateway, sync
from payments.models import BillingHistory, BillingOperation, OperationKind, Subscription
from payments.models.subscription import OVER
from payments.services import operations
from payments.services.operations import Request
from payments.services.performing import perform
from payments.services.settling import customers_of, give_up_when_certain, settles
from payments.services.wallet.owning import Wallet, wallet_of

IN_ARREARS = ("past_due", "unpaid")


@dataclass(frozen=True)
class NewDefault:
    """``open_invoice`` is what became of a bill that was owed: paid, declined, action_required or processing; None when
    nothing was. ``invoice_url`` is where it can be paid by hand."""

    payment_method_id: str
    open_invoice: str | None = None
    invoice_url: str | None = None


def set_default_payment_method(*, user: User, payment_method_id: str, client_key: str = "") -> NewDefault:
    """Charge this card from now on; what is owed is collected with it, once.

    Raises NotFound, IdempotencyKeyReused, IdempotencyKeyInUse, AnotherPurchaseInProgress, StripeUnavailable,
    StripeMisconfigured.
    """
    body = {"payment_method_id": payment_method_id}
    request = Request(
        user_id=user.pk,
        kind=OperationKind.SET_DEFAULT_PAYMENT_METHOD,
        body=body,
        params=body,
        client_key=client_key,
    )
    return NewDefault(**perform(request, lambda operation: _carry_out(operation, user)))


def _carry_out(operation: BillingOperation, user: User) -> JsonObject:
    wallet = wallet_of(user)
    if wallet is None:
        raise NotFound
    method = wallet.method(operation.params["payment_method_id"])
    use(operation, wallet, method.id)
    answer: JsonObject = {"payment_method_id": method.id}
    if wallet.subscription is None:
        return answer
    row = sync.sync_subscription(wallet.subscription.stripe_id, customer_id=wallet.customer.stripe_id)
    return answer | (_collect(operation, row, method.id) if row.status in IN_ARREARS else {})


def use(operation: BillingOperation, wallet: Wallet, payment_method_id: str) -> None:
    """Write the card wherever it decides what is charged: what a subscription names itself comes before what its
    customer does."""
    gateway.set_default_payment_method(
        key=operation.key(f"customer:{payment_method_id}"),
        payment_method_id=payment_method_id,
        customer_id=wallet.customer.stripe_id,
    )
    if wallet.subscription is None:
        return
    view = gateway.fetch_subscription(wallet.subscription.stripe_id)
    # Our row may not know yet that it has ended, and what has ended takes no card.
    if view.status not in OVER and (view.default_payment_method or view.default_source):
        gateway.set_subscription_payment_method(
            key=operation.key(f"subscription:{payment_method_id}"),
            subscription_id=view.id,
            payment_method_id=payment_method_id,
        )


def _collect(operation: BillingOperation, row: Subscription, payment_method_id: str) -> JsonObject:
    bill = BillingHistory.objects.filter(subscription=row, status="open").order_by("-created_at").first()
    if bill is None:
        return {}
    customer_id, refusal = bill.customer.stripe_id, "processing"
    try:
        with operations.asking(operation):
            gateway.pay_invoice(
                key=operation.key(f"pay:{bill.stripe_id}"),
                invoice_id=bill.stripe_id,
                payment_method_id=payment_method_id,
            )
    except gateway.CardDeclined:
        refusal = "declined"
    except gateway.AuthenticationRequired:
        refusal = "action_required"
    bill = sync.sync_invoice(bill.stripe_id, customer_id=customer_id)
    return {"open_invoice": "paid" if bill.status == "paid" else refusal, "invoice_url": bill.invoice_url or None}


@settles(OperationKind.SET_DEFAULT_PAYMENT_METHOD)
def settle_default(operation: BillingOperation) -> None:
    """The card is set again by whoever asks again; whether a bill was paid is read from the bill."""
    customers = [customer.pk for customer in customers_of(operation)]
    for bill in BillingHistory.objects.filter(customer__in=customers, status="open").select_related("customer"):
        sync.sync_invoice(bill.stripe_id, customer_id=bill.customer.stripe_id)
    give_up_when_certain(operation)
