"""Buying a subscription: at most one per person, paid or confirmed, whatever fails in between."""

from dataclasses import asdict, dataclass

import structlog

from accounts.models import Plan, User
from numerai.common.errors import Conflict, DomainError
from payments import gateway, sync
from payments.catalogue import OFFERS
from payments.gateway import FirstPayment, SubscriptionView
from payments.models import BillingOperation, OperationKind, StripeCustomer, Subscription
from payments.models.subscription import OVER
from payments.services import operations
from payments.services.customers import get_or_create_stripe_customer
from payments.sync.locks import LockTimeout

log = structlog.get_logger(__name__)


class AlreadySubscribed(Conflict):
    code = "already_subscribed"
    detail = "You have a subscription already. Change its plan instead of buying another one."


@dataclass(frozen=True)
class NewSubscription:
    """``subscription_id`` is ours; ``client_secret`` lets the page confirm the first payment while one is due."""

    subscription_id: str
    status: str
    client_secret: str | None
    message: str


def create_subscription(*, user: User, plan: str, payment_method_id: str = "", client_key: str = "") -> NewSubscription:
    """Subscribe ``user`` to ``plan``: charged at once with a payment method, else left for the page to confirm.

    An unpaid subscription of the same plan is offered again, one of another plan is ended first. The same
    ``client_key`` gives the same answer. Raises CardDeclined, PaymentMethodInvalid, AlreadySubscribed,
    IdempotencyKeyReused, IdempotencyKeyInUse, AnotherPurchaseInProgress, StripeUnavailable, StripeMisconfigured.
    """
    request = _request(user, plan, payment_method_id, client_key)
    earlier = operations.of_client_key(request)
    if earlier is None or earlier.finished_at is None:
        with operations.alone(user.pk, is_repetition=earlier is not None):
            earlier = operations.of_client_key(request)
            if earlier is None or earlier.finished_at is None:
                return _carry_out(request, earlier, user)
    return NewSubscription(**operations.answer_of(earlier))


def _request(user: User, plan: str, payment_method_id: str, client_key: str) -> operations.Request:
    body = {"plan": plan, "payment_method_id": payment_method_id}
    return operations.Request(
        user_id=user.pk,
        kind=OperationKind.CREATE_SUBSCRIPTION,
        body=body,
        params=body | {"price_id": OFFERS[Plan(plan)].price_id},
        client_key=client_key,
    )


def _carry_out(request: operations.Request, earlier: BillingOperation | None, user: User) -> NewSubscription:
    others = [row for row in operations.left_behind(user.pk, request.kind) if row != earlier]
    settled = {row.fingerprint: _settle(row, user) for row in others}
    operation = earlier or operations.start(request)
    with operations.settling(operation):
        inherited = settled.get(request.fingerprint)
        if inherited is not None and inherited.status not in OVER:
            operations.succeed(operation, asdict(inherited))
            return inherited
        return _subscribe(operation, user)


def _settle(operation: BillingOperation, user: User) -> NewSubscription | None:
    """Ask an operation of unknown outcome again, so that what it may have bought is known before buying anew."""
    try:
        with operations.settling(operation):
            return _subscribe(operation, user)
    except DomainError as refusal:
        if operation.finished_at is None:
            raise
        log.info("operation_settled", operation=str(operation.pk), refusal=refusal.code)
        return None


def _subscribe(operation: BillingOperation, user: User) -> NewSubscription:
    customer = get_or_create_stripe_customer(user)
    try:
        view = _find_or_buy(operation, customer)
        subscription = _mirror(view, customer)
    except gateway.ObjectMissing as missing:
        raise _refusal_of(missing, customer) from missing
    except LockTimeout:
        raise gateway.StripeUnavailable(retry_after=2) from None
    answer = NewSubscription(
        subscription_id=str(subscription.pk),
        status=subscription.status,
        client_secret=view.client_secret,
        message=_message(subscription),
    )
    operations.succeed(operation, asdict(answer))
    return answer


def _find_or_buy(operation: BillingOperation, customer: StripeCustomer) -> SubscriptionView:
    unpaid = []
    for found in gateway.subscriptions_of(customer.stripe_id):
        if found.operation_id == str(operation.pk):
            return found
        if found.status == "incomplete":
            unpaid.append(found)
        else:
            sync.sync_subscription(found.id, customer_id=customer.stripe_id)
            raise AlreadySubscribed
    reusable = _reusable(operation, unpaid)
    for left in unpaid:
        if left is not reusable:
            gateway.cancel_subscription(left.id)
            _mirror(left, customer)
    return reusable or _buy(operation, customer)


def _reusable(operation: BillingOperation, unpaid: list[SubscriptionView]) -> SubscriptionView | None:
    """An unpaid subscription that the page can still confirm. One with a new card is always bought anew."""
    if operation.params["payment_method_id"]:
        return None
    wanted = operation.params["price_id"]
    return next((view for view in unpaid if view.client_secret and view.items[0].price_id == wanted), None)


def _buy(operation: BillingOperation, customer: StripeCustomer) -> SubscriptionView:
    method = operation.params["payment_method_id"]
    if not method:
        return _create(operation, customer, FirstPayment.CONFIRMED_BY_CUSTOMER, key=operation.key())
    try:
        method = gateway.attach_payment_method(
            key=operation.key("attach"), payment_method_id=method, customer_id=customer.stripe_id
        )
        gateway.set_default_payment_method(
            key=operation.key("default"), payment_method_id=method, customer_id=customer.stripe_id
        )
        return _create(operation, customer, FirstPayment.CHARGED, key=operation.key(), method=method)
    except gateway.AuthenticationRequired:
        # Nothing was created: the bank wants the customer there, so the page confirms the payment.
        return _create(
            operation, customer, FirstPayment.CONFIRMED_BY_CUSTOMER, key=operation.key("confirm"), method=method
        )


def _create(
    operation: BillingOperation, customer: StripeCustomer, first_payment: FirstPayment, *, key: str, method: str = ""
) -> SubscriptionView:
    return gateway.create_subscription(
        key=key,
        customer_id=customer.stripe_id,
        price_id=operation.params["price_id"],
        metadata={"user_id": str(operation.user_id), "operation_id": str(operation.pk)},
        first_payment=first_payment,
        payment_method_id=method,
    )


def _mirror(view: SubscriptionView, customer: StripeCustomer) -> Subscription:
    """Write the subscription with its first invoice, so that the person sees both before any webhook arrives."""
    if view.latest_invoice_id:
        sync.sync_invoice(view.latest_invoice_id, customer_id=customer.stripe_id)
        return Subscription.objects.get(stripe_id=view.id)
    return sync.sync_subscription(view.id, customer_id=customer.stripe_id)


def _refusal_of(missing: gateway.ObjectMissing, customer: StripeCustomer) -> Exception:
    if missing.param == "customer":
        sync.sync_customer(customer.stripe_id)
        gone = gateway.StripeUnavailable(retry_after=1)
        gone.is_final = True
        return gone
    if missing.param == "items[0][price]":
        log.error("price_missing_at_stripe")
        return gateway.StripeMisconfigured()
    return gateway.PaymentMethodInvalid(field="payment_method_id")


def _message(subscription: Subscription) -> str:
    if subscription.is_live:
        return f"Your {subscription.get_plan_display()} subscription is active."
    return f"Confirm the payment to start your {subscription.get_plan_display()} subscription."
