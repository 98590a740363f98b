"""Asking Stripe for one thing: once, alone, and with the same answer for the same Idempotency-Key."""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog

from numerai.common.errors import DomainError
from payments import gateway
from payments.models import BillingOperation, OperationKind
from payments.services import operations
from payments.services.operations import Request
from payments.services.settling import SETTLERS, TooEarly
from payments.sync.locks import LockTimeout

log = structlog.get_logger(__name__)

# What other operations may have bought already of what is asked for.
AKIN = {
    OperationKind.CREATE_PAYMENT: (OperationKind.CREATE_CHECKOUT,),
    OperationKind.CREATE_CHECKOUT: (OperationKind.CREATE_PAYMENT, OperationKind.CREATE_SUBSCRIPTION),
}

Work = Callable[[BillingOperation], dict[str, Any]]
Found = TypeVar("Found")


def perform(request: Request, work: Work) -> dict[str, Any]:
    """Carry out ``work`` under the person's lock and keep its JSON-ready answer as the operation's result.

    ``work`` gets the committed operation, takes its idempotency keys from ``operation.key(step)``, and wraps the call
    that makes something in ``operations.asking(operation)``. What earlier operations of this kind, and of those akin to
    it, have left unclear is found out first. Raises IdempotencyKeyReused, IdempotencyKeyInUse,
    AnotherPurchaseInProgress, StripeUnavailable, StripeMisconfigured, and whatever refusal ``work`` raises.
    """
    earlier = operations.of_client_key(request)
    if earlier is None or earlier.finished_at is None:
        with operations.alone(request.user_id, is_repetition=earlier is not None):
            earlier = operations.of_client_key(request)
            if earlier is None or earlier.finished_at is None:
                return _carry_out(request, earlier, work)
    return operations.answer_of(earlier)


def _carry_out(request: Request, earlier: BillingOperation | None, work: Work) -> dict[str, Any]:
    again = earlier if earlier is not None and operations.may_be_asked_again(earlier) else None
    for left in operations.left_behind(request.user_id, request.kind, *AKIN.get(request.kind, ())):
        if left != again:
            find_out(left, SETTLERS[OperationKind(left.kind)])
    operation = operations.of_client_key(request) or operations.start(request)
    if operation.finished_at is not None:
        return operations.answer_of(operation)
    with operations.settling(operation):
        try:
            result = work(operation)
        except LockTimeout:
            raise gateway.StripeUnavailable(retry_after=2) from None
        operations.succeed(operation, result)
    return result


def find_out(operation: BillingOperation, settle: Callable[[BillingOperation], Found]) -> Found | None:
    """What an operation of unknown outcome came to, before anything of its kind is asked for anew.

    None when a bug of ours keeps that unknown, which must not stand before everything else that the person wants.
    Raises StripeUnavailable while it may still come to something.
    """
    try:
        return settle(operation)
    except TooEarly as early:
        raise gateway.StripeUnavailable(retry_after=early.retry_after) from None
    except LockTimeout:
        raise gateway.StripeUnavailable(retry_after=2) from None
    except DomainError:
        raise
    except Exception:
        log.exception("operation_not_settled", operation=str(operation.pk))
        return None
