"""Buying a subscription: at most one per person, paid or confirmed, whatever fails in between."""

from dataclasses import asdict

import structlog

from accounts.models import Plan, User
from numerai.common.errors import DomainError
from payments import gateway, sync
from payments.catalogue import OFFERS
from payments.gateway import FirstPayment, SubscriptionView
from payments.models import BillingOperation, OperationKind, StripeCustomer, Subscription
from payments.models.subscription import OVER
from payments.services import operations
from payments.services.customers import get_or_create_stripe_customer
from payments.services.performing import find_out
from payments.services.purchases import AlreadySubscribed, NewSubscription, answer_about, mirror
from payments.services.replacing import give_up_unpaid
from payments.services.settling import settle_purchase
from payments.services.starting.terms import REFUSED_TRIAL, decide_terms
from payments.sync.locks import LockTimeout

log = structlog.get_logger(__name__)


def create_subscription(
    *,
    user: User,
    plan: str,
    payment_method_id: str = "",
    promotion_code: str = "",
    wants_trial: bool = True,
    client_key: str = "",
) -> NewSubscription:
    """Subscribe ``user`` to ``plan``: charged at once with a payment method, else left for the page to confirm.

    Who has not had a trial starts with one, if the plan has any and it is wanted. ``promotion_code`` is the text that
    the customer entered. An unpaid subscription on the same terms is offered again, any other is ended first. The same
    ``client_key`` gives the same answer. Raises CardDeclined, PaymentMethodInvalid, PromotionCodeInvalid, TrialUsed,
    CurrencyFixed, AlreadySubscribed, IdempotencyKeyReused, IdempotencyKeyInUse, AnotherPurchaseInProgress,
    StripeUnavailable, StripeMisconfigured.
    """
    body = {"plan": plan, "payment_method_id": payment_method_id}
    # Left out when empty, so that keys of before these could be asked for still name the same request.
    body |= {"promotion_code": promotion_code} if promotion_code else {}
    body |= {} if wants_trial else {"trial": REFUSED_TRIAL}
    request = _request(user, body, client_key)
    earlier = operations.of_client_key(request)
    if earlier is None or earlier.finished_at is None:
        with operations.alone(user.pk, is_repetition=earlier is not None):
            earlier = operations.of_client_key(request)
            if earlier is None or earlier.finished_at is None:
                return _carry_out(request, earlier, user)
    return NewSubscription(**operations.answer_of(earlier))


def _request(user: User, body: dict[str, str], client_key: str) -> operations.Request:
    return operations.Request(
        user_id=user.pk,
        kind=OperationKind.CREATE_SUBSCRIPTION,
        body=body,
        params=body | {"price_id": OFFERS[Plan(body["plan"])].price_id},
        client_key=client_key,
    )


def _carry_out(request: operations.Request, earlier: BillingOperation | None, user: User) -> NewSubscription:
    again = earlier if earlier is not None and operations.may_be_asked_again(earlier) else None
    others = [row for row in operations.left_behind(user.pk, request.kind) if row != again]
    bought = {
        row.fingerprint: answer
        for row in others
        if (answer := find_out(row, settle_purchase)) and answer.status not in OVER
    }
    operation = operations.of_client_key(request) or operations.start(request)
    if operation.finished_at is not None:
        return NewSubscription(**operations.answer_of(operation))
    with operations.settling(operation):
        inherited = bought.get(request.fingerprint)
        if inherited is None:
            return _subscribe(operation, user)
        operations.succeed(operation, asdict(inherited))
        return inherited


def _subscribe(operation: BillingOperation, user: User) -> NewSubscription:
    customer = get_or_create_stripe_customer(user)
    try:
        decide_terms(operation, user, customer.stripe_id)
        view = _find_or_buy(operation, customer)
    except gateway.ObjectMissing as missing:
        raise _refusal_of(missing, customer) from missing
    except LockTimeout:
        raise gateway.StripeUnavailable(retry_after=2) from None
    answer = answer_about(view, _mirror_bought(view, customer))
    operations.succeed(operation, asdict(answer))
    return answer


def _mirror_bought(view: SubscriptionView, customer: StripeCustomer) -> Subscription:
    """The purchase stands, so nothing that goes wrong here is a refusal of it."""
    try:
        return mirror(view, customer)
    except (LockTimeout, gateway.ObjectMissing, gateway.StripeMisconfigured) as error:
        raise gateway.StripeUnavailable(retry_after=2) from error


def _find_or_buy(operation: BillingOperation, customer: StripeCustomer) -> SubscriptionView:
    unpaid = []
    everything = gateway.subscriptions_of(customer.stripe_id)
    own = next((found for found in everything if found.operation_id == str(operation.pk)), None)
    if own is not None:
        return own
    for found in everything:
        if found.status in OVER:
            continue
        if found.status != "incomplete":
            sync.sync_subscription(found.id, customer_id=customer.stripe_id)
            raise AlreadySubscribed
        unpaid.append(found)
    reusable = _reusable(operation, unpaid)
    for left in unpaid:
        if left is not reusable:
            give_up_unpaid(left, operation, customer)
    return reusable or _buy(operation, customer)


def _reusable(operation: BillingOperation, unpaid: list[SubscriptionView]) -> SubscriptionView | None:
    """An unpaid subscription that the page can still confirm. One with a new card is always bought anew."""
    params = operation.params
    if params["payment_method_id"]:
        return None
    wanted = (params["price_id"], params.get("promotion_code_id", ""), int(params.get("trial_days", 0)))
    found = ((view.items[0].price_id, view.promotion_code, view.trial_days) for view in unpaid)
    return next((view for view, terms in zip(unpaid, found, strict=True) if view.secret and terms == wanted), None)


def _buy(operation: BillingOperation, customer: StripeCustomer) -> SubscriptionView:
    method = operation.params["payment_method_id"]
    if not method:
        return _create(operation, customer, FirstPayment.CONFIRMED_BY_CUSTOMER, key=operation.key())
    is_saved = method in [each.id for each in gateway.payment_methods_of(customer.stripe_id)]
    method = method if is_saved else _attach(operation, customer, method)
    try:
        view = _create(operation, customer, FirstPayment.CHARGED, key=operation.key(), method=method)
    except gateway.CardDeclined:
        if not is_saved:
            _keep_card(operation, customer, method, is_good=False)
        raise
    except gateway.AuthenticationRequired:
        # Nothing was created: the bank wants the customer there, so the page confirms the payment.
        return _create(
            operation, customer, FirstPayment.CONFIRMED_BY_CUSTOMER, key=operation.key("confirm"), method=method
        )
    _keep_card(operation, customer, method, is_good=True)
    return view


def _attach(operation: BillingOperation, customer: StripeCustomer, method: str) -> str:
    try:
        return gateway.attach_payment_method(
            key=operation.key("attach"), payment_method_id=method, customer_id=customer.stripe_id
        )
    except gateway.ObjectMissing as missing:
        if missing.param == "customer":
            raise
        raise gateway.PaymentMethodInvalid(field="payment_method_id") from missing


def _keep_card(operation: BillingOperation, customer: StripeCustomer, method: str, *, is_good: bool) -> None:
    """A card that paid becomes the customer's default, one that was declined is forgotten. The purchase is decided
    already, whatever becomes of this."""
    try:
        if is_good:
            gateway.set_default_payment_method(
                key=operation.key("default"), payment_method_id=method, customer_id=customer.stripe_id
            )
        else:
            gateway.detach_payment_method(key=operation.key("detach"), payment_method_id=method)
    except (DomainError, gateway.ObjectMissing) as error:
        log.warning("card_not_kept_as_wanted", operation=str(operation.pk), error=type(error).__name__)


def _create(
    operation: BillingOperation, customer: StripeCustomer, first_payment: FirstPayment, *, key: str, method: str = ""
) -> SubscriptionView:
    with operations.asking(operation):
        return gateway.create_subscription(
            key=key,
            customer_id=customer.stripe_id,
            price_id=operation.params["price_id"],
            metadata={"user_id": str(operation.user_id), "operation_id": str(operation.pk)},
            first_payment=first_payment,
            payment_method_id=method,
            promotion_code_id=operation.params.get("promotion_code_id", ""),
            trial_days=int(operation.params.get("trial_days", 0)),
        )


def _refusal_of(missing: gateway.ObjectMissing, customer: StripeCustomer) -> Exception:
    if missing.param == "customer":
        sync.sync_customer(customer.stripe_id)
        gone = gateway.StripeUnavailable(retry_after=1)
        gone.is_final = True
        return gone
    if "payment_method" in missing.param:
        return gateway.PaymentMethodInvalid(field="payment_method_id")
    if missing.param == "items[0][price]":
        log.error("price_missing_at_stripe")
        return gateway.PlanNotSold()
    return gateway.StripeMisconfigured()
