"""What operations of selling have made at Stripe when their answer never came."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, fields, replace
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from numerai.common import clock
from payments import gateway, sync
from payments.gateway import CheckoutView, IntentView
from payments.models import BillingOperation, Fulfilment, OperationKind, Payment, StripeCustomer
from payments.models.payment import WAITING
from payments.services import operations
from payments.services.selling.answers import (
    NewCheckout,
    NewPayment,
    checkout_answer,
    paid_already,
    payment_answer,
)
from payments.services.settling import customers_of, give_up_when_certain, settles

# For clocks that differ.
EARLIER = timedelta(minutes=5)
# An answer that nobody has had is kept for whoever asks for the same again this soon.
KEPT_FOR = timedelta(hours=1)
UNHEARD = "unheard"
PAYING = ("succeeded", "processing")


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
    """What was bought of the same thing before without its caller ever hearing of it; told once. Else None.

    What is paid is told to whoever wants to pay in another way as well. Under the person's lock, which makes "once"
    true.
    """
    for unheard, row in _unheard(operation):
        is_same = unheard.fingerprint == operation.fingerprint
        if row.status in PAYING or (is_same and row.status in WAITING):
            hear(unheard)
            answer = only(NewPayment, operations.answer_of(unheard))
            secret = answer.client_secret if row.status in WAITING else None
            return replace(answer, status=row.status, client_secret=secret)
    return None


def refuse_unheard(operation: BillingOperation) -> None:
    """Raise PaidAlready, once, for a thing whose earlier payment nobody has heard of. Under the person's lock."""
    for unheard, row in _unheard(operation):
        if row.status in PAYING:
            hear(unheard)
            raise paid_already(row)


def _unheard(operation: BillingOperation) -> Iterator[tuple[BillingOperation, Payment]]:
    """Newest first; what was given back since is bought no more."""
    own = BillingOperation.objects.filter(user=operation.user, kind=OperationKind.CREATE_PAYMENT, result__unheard=True)
    thing = {f"params__{name}": operation.params[name] for name in ("kind", "reference")}
    for unheard in own.filter(created_at__gte=clock.now() - KEPT_FOR, **thing).order_by("-created_at"):
        intent = only(NewPayment, operations.answer_of(unheard)).payment_intent_id
        row = Payment.objects.exclude(fulfilment=Fulfilment.REVERSED).filter(stripe_id=intent).first()
        if row is not None:
            yield unheard, row


def hear(operation: BillingOperation) -> None:
    """Somebody is being told the answer now."""
    if operation.result_of(UNHEARD):
        operation.result = {name: value for name, value in (operation.result or {}).items() if name != UNHEARD}
        operation.save(update_fields=["result"])


def only(answer: type[Answer], result: dict[str, Any]) -> Answer:
    """The answer that ``result`` holds."""
    return answer(**{each.name: result[each.name] for each in fields(answer)})
