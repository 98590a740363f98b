"""What operations of selling have made at Stripe when their answer never came."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, fields, replace
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from numerai.common import clock
from payments import gateway, sync
from payments.gateway import CheckoutView, IntentView
from payments.models import BillingOperation, OperationKind, OperationState, Payment, StripeCustomer
from payments.services import operations
from payments.services.selling.answers import (
    WAITING,
    NewCheckout,
    NewPayment,
    checkout_answer,
    payment_answer,
)
from payments.services.settling import customers_of, give_up_when_certain, settles

# For clocks that differ.
EARLIER = timedelta(minutes=5)
# An answer that nobody has had is kept for whoever asks for the same again this soon.
KEPT_FOR = timedelta(hours=1)
UNHEARD = "unheard"


class Made(Protocol):
    @property
    def operation_id(self) -> str: ...


View = TypeVar("View", bound=Made)
Answer = TypeVar("Answer", NewPayment, NewCheckout)


@settles(OperationKind.CREATE_PAYMENT)
def settle_payment(operation: BillingOperation) -> None:
    """Under the person's lock. Raises TooEarly, StripeUnavailable, LockTimeout."""
    for customer in customers_of(operation):
        view = intent_made_by(operation, customer)
        if view is not None:
            sync.sync_purchase(view.id, customer_id=customer.stripe_id)
            row = Payment.objects.get(stripe_id=view.id)
            operations.succeed(operation, asdict(payment_answer(view, row)) | {UNHEARD: True})
            return
    give_up_when_certain(operation)


@settles(OperationKind.CREATE_CHECKOUT)
def settle_checkout(operation: BillingOperation) -> None:
    """Under the person's lock. Raises TooEarly, StripeUnavailable, LockTimeout."""
    for customer in customers_of(operation):
        view = checkout_made_by(operation, customer)
        if view is not None:
            sync.sync_checkout(view.id, customer_id=customer.stripe_id)
            operations.succeed(operation, asdict(checkout_answer(view)))
            return
    give_up_when_certain(operation)


def intent_made_by(operation: BillingOperation, customer: StripeCustomer) -> IntentView | None:
    """The intent that the operation has made, None when there is none. Asks nothing unless there may be one."""
    return _made_by(operation, customer, gateway.payment_intents_since)


def checkout_made_by(operation: BillingOperation, customer: StripeCustomer) -> CheckoutView | None:
    """As intent_made_by, for the session."""
    return _made_by(operation, customer, gateway.checkouts_since)


def _made_by(
    operation: BillingOperation, customer: StripeCustomer, list_since: Callable[..., Iterable[View]]
) -> View | None:
    if operation.asked_at is None:
        return None
    try:
        found = list_since(customer.stripe_id, operation.created_at - EARLIER)
    except gateway.ObjectMissing:
        sync.sync_customer(customer.stripe_id)
        return None
    return next((view for view in found if view.operation_id == str(operation.pk)), None)


def take_unheard(operation: BillingOperation) -> NewPayment | None:
    """What the same request has bought before without its caller ever hearing of it; told once. Else None.

    Under the person's lock, which makes "once" true.
    """
    same = BillingOperation.objects.filter(
        user=operation.user, fingerprint=operation.fingerprint, state=OperationState.SUCCEEDED
    )
    since = clock.now() - KEPT_FOR
    unheard = same.filter(created_at__gte=since, result__unheard=True).order_by("-created_at").first()
    if unheard is None:
        return None
    hear(unheard)
    answer = only(NewPayment, operations.answer_of(unheard))
    row = Payment.objects.get(stripe_id=answer.payment_intent_id)
    if row.status == "canceled":
        return None
    return replace(answer, status=row.status, client_secret=answer.client_secret if row.status in WAITING else None)


def hear(operation: BillingOperation) -> None:
    """Somebody is being told the answer now."""
    if operation.result_of(UNHEARD):
        operation.result = {name: value for name, value in (operation.result or {}).items() if name != UNHEARD}
        operation.save(update_fields=["result"])


def only(answer: type[Answer], result: dict[str, Any]) -> Answer:
    """The answer that ``result`` holds."""
    return answer(**{each.name: result[each.name] for each in fields(answer)})
