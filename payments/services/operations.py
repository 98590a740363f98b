"""The life of a BillingOperation: written down before the first call, settled by the answer, else asked again."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from numerai.common import clock
from numerai.common.errors import Conflict, DomainError
from payments.gateway import StripeUnavailable, is_livemode
from payments.models import UNSETTLED, BillingOperation, OperationKind, OperationState
from payments.sync.locks import LockTimeout, person_lock

PATIENCE_SECONDS = 15.0
NO_PATIENCE_SECONDS = 0.001


class IdempotencyKeyReused(DomainError):
    status, code, title = 422, "idempotency_key_reused", "The Idempotency-Key belongs to another request"
    detail = "This Idempotency-Key was used for another request already. Use a new key."


class IdempotencyKeyInUse(Conflict):
    code = "idempotency_key_in_use"
    detail = "The request with this Idempotency-Key is still being carried out. Please wait a moment."


class AnotherPurchaseInProgress(Conflict):
    code = "purchase_in_progress"
    detail = "Another purchase of yours is being carried out. Please wait a moment and try again."


@dataclass(frozen=True)
class Request:
    """What a person asks of Stripe. ``body`` is what the caller sent and decides whether two requests are the same;
    ``params`` is everything that a repetition needs."""

    user_id: UUID
    kind: OperationKind
    body: dict[str, str]
    params: dict[str, str]
    client_key: str = ""

    @property
    def fingerprint(self) -> str:
        canonical = json.dumps([self.kind.value, self.body], sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


def of_client_key(request: Request) -> BillingOperation | None:
    """The operation that this client key started before. Raises IdempotencyKeyReused if it was for something else."""
    if not request.client_key:
        return None
    found = BillingOperation.objects.filter(user_id=request.user_id, client_key=request.client_key).first()
    if found is not None and found.fingerprint != request.fingerprint:
        raise IdempotencyKeyReused
    return found


@contextmanager
def alone(user_id: UUID, *, is_repetition: bool) -> Iterator[None]:
    """One operation of a person at a time. A repetition does not wait for the first to end, it is told to."""
    patience = NO_PATIENCE_SECONDS if is_repetition else PATIENCE_SECONDS
    try:
        with person_lock(user_id, wait_seconds=patience):
            yield
    except LockTimeout:
        raise (IdempotencyKeyInUse if is_repetition else AnotherPurchaseInProgress)(retry_after=2) from None


def start(request: Request) -> BillingOperation:
    """A new operation, committed before anything is asked of Stripe."""
    return BillingOperation.objects.create(
        user_id=request.user_id,
        kind=request.kind,
        livemode=is_livemode(),
        client_key=request.client_key,
        fingerprint=request.fingerprint,
        params=request.params,
    )


def left_behind(user_id: UUID, kind: OperationKind) -> list[BillingOperation]:
    """The person's operations whose outcome nobody knows, oldest first.

    Under the person's lock, so one that is still marked as running belonged to a process that died.
    """
    unsettled = BillingOperation.objects.filter(user_id=user_id, kind=kind, state__in=UNSETTLED)
    return list(unsettled.order_by("created_at"))


@contextmanager
def settling(operation: BillingOperation) -> Iterator[None]:
    """Record how the block ends. A refusal is final; without a definite answer the same key has to be asked again."""
    try:
        yield
    except StripeUnavailable as error:
        if error.is_final:
            _finish(operation, OperationState.FAILED, _stored(error))
        else:
            _mark_unknown(operation)
        raise
    except DomainError as error:
        _finish(operation, OperationState.FAILED, _stored(error))
        raise
    except BaseException:
        _mark_unknown(operation)
        raise


def succeed(operation: BillingOperation, result: dict[str, Any]) -> None:
    _finish(operation, OperationState.SUCCEEDED, result)


def answer_of(operation: BillingOperation) -> dict[str, Any]:
    """The result of a settled operation; a refusal is raised again as it was raised then."""
    refusal = operation.result_of("refusal")
    if refusal is not None:
        error = DomainError.registry[refusal["code"]]
        raise error(refusal["detail"], field=refusal["field"], extra=refusal["extra"])
    return operation.result or {}


def _stored(error: DomainError) -> dict[str, Any]:
    return {"refusal": {"code": error.code, "detail": error.detail, "field": error.field, "extra": error.extra}}


def _finish(operation: BillingOperation, state: OperationState, result: dict[str, Any]) -> None:
    operation.state, operation.result, operation.finished_at = state, result, clock.now()
    operation.save(update_fields=["state", "result", "finished_at"])


def _mark_unknown(operation: BillingOperation) -> None:
    operation.state = OperationState.UNKNOWN
    operation.save(update_fields=["state"])
