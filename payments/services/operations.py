"""The life of a BillingOperation: written down before the first call, settled by the answer, else by looking."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.models import User
from numerai.common import audit, clock
from numerai.common.errors import Conflict, DomainError, NotAuthenticated, ServiceUnavailable
from payments.gateway import AuthenticationRequired, ObjectMissing, StripeUnavailable, is_livemode
from payments.models import UNSETTLED, BillingOperation, OperationKind, OperationState
from payments.sync.locks import LockTimeout, person_lock

# Each waiting request holds a thread of the server.
PATIENCE_SECONDS = 2.0
NO_PATIENCE_SECONDS = 0.001
# Stripe forgets a key after a day; an hour less leaves room for clocks that differ.
KEY_LIFETIME = timedelta(hours=23)


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
    ``params`` is everything that a repetition needs; ``is_farewell`` marks what is done about somebody who leaves."""

    user_id: UUID
    kind: OperationKind
    body: dict[str, str]
    params: dict[str, str]
    client_key: str = ""
    is_farewell: bool = False

    @property
    def fingerprint(self) -> str:
        canonical = json.dumps([self.kind.value, self.body], sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


def own_key(*parts: object) -> str:
    """A key for what the product asks of itself, such as the refund of a certain warning. Callers' keys are ASCII, so
    nobody can take it."""
    return ":".join(("§", *map(str, parts)))


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
    """A new operation, committed before anything is asked of Stripe. Raises NotAuthenticated for somebody whose account
    was closed while the request waited for its turn."""
    if not request.is_farewell and not User.objects.filter(pk=request.user_id, is_active=True).exists():
        raise NotAuthenticated
    return BillingOperation.objects.create(
        user_id=request.user_id,
        kind=request.kind,
        livemode=is_livemode(),
        client_key=request.client_key,
        fingerprint=request.fingerprint,
        params=request.params,
    )


def note(operation: BillingOperation, **decided: str) -> None:
    """Keep what was decided on the way, so that a repetition asks for exactly the same."""
    operation.params |= decided
    operation.save(update_fields=["params"])


def left_behind(user_id: UUID, *kinds: OperationKind) -> list[BillingOperation]:
    """The person's operations whose outcome nobody knows, oldest first.

    Under the person's lock, so one that is still marked as running belonged to a process that died.
    """
    own = BillingOperation.objects.filter(user_id=user_id, livemode=is_livemode())
    return list(own.filter(kind__in=kinds, state__in=UNSETTLED).order_by("created_at"))


def may_be_asked_again(operation: BillingOperation) -> bool:
    """Whether Stripe still knows the operation's key, so that asking again cannot make a second object."""
    return operation.livemode == is_livemode() and clock.now() - operation.created_at < KEY_LIFETIME


@contextmanager
def asking(operation: BillingOperation) -> Iterator[None]:
    """Around the call that makes what the operation is about: unless it was refused or never sent, it may exist."""
    before = operation.asked_at
    _note_asked(operation, clock.now())
    try:
        yield
    except StripeUnavailable as error:
        if not error.was_sent:
            _note_asked(operation, before)
        raise
    except (ServiceUnavailable, AuthenticationRequired):
        _note_asked(operation, before)
        raise
    except (DomainError, ObjectMissing):
        # Stripe would have repeated its answer if it had carried out an earlier try with the same key.
        _note_asked(operation, None)
        raise


@contextmanager
def settling(operation: BillingOperation) -> Iterator[None]:
    """Record how the block ends: a refusal is final, and so is everything else before Stripe was asked to make
    something. After that, only an answer tells what was made, and a refusal on the way there is none."""
    earlier = operation.asked_at
    try:
        with audit.cause("operation", operation.pk):
            yield
    except StripeUnavailable as error:
        _settle(operation, error, is_known=error.is_final or operation.asked_at is None)
        raise
    except DomainError as error:
        _settle(operation, error, is_known=earlier is None or operation.asked_at != earlier)
        raise
    except BaseException:
        if operation.asked_at is None:
            give_up(operation)
        else:
            _mark_unknown(operation)
        raise


def succeed(operation: BillingOperation, result: dict[str, Any]) -> None:
    _finish(operation, OperationState.SUCCEEDED, result)


def give_up(operation: BillingOperation) -> None:
    """Nothing was made, and nobody was refused anything: who asks with the same key again starts anew."""
    operation.client_key = ""
    _finish(operation, OperationState.FAILED, {"outcome": "nothing_made"})


def answer_of(operation: BillingOperation) -> dict[str, Any]:
    """The result of a settled operation; a refusal is raised again as it was raised then."""
    refusal = operation.result_of("refusal")
    if refusal is not None:
        error = DomainError.registry[refusal["code"]]
        raise error(refusal["detail"], field=refusal["field"], extra=refusal["extra"])
    return operation.result or {}


def _settle(operation: BillingOperation, error: DomainError, *, is_known: bool) -> None:
    if not is_known:
        _mark_unknown(operation)
    elif isinstance(error, ServiceUnavailable) or error.retry_after is not None:
        # Whoever is told to try again later may do so with the same key.
        give_up(operation)
    else:
        _finish(operation, OperationState.FAILED, _stored(error))


def _stored(error: DomainError) -> dict[str, Any]:
    return {"refusal": {"code": error.code, "detail": error.detail, "field": error.field, "extra": error.extra}}


def _finish(operation: BillingOperation, state: OperationState, result: dict[str, Any]) -> None:
    operation.state, operation.result, operation.finished_at = state, result, clock.now()
    operation.save(update_fields=["state", "result", "finished_at", "client_key"])


def _mark_unknown(operation: BillingOperation) -> None:
    operation.state = OperationState.UNKNOWN
    operation.save(update_fields=["state"])


def _note_asked(operation: BillingOperation, moment: datetime | None) -> None:
    operation.asked_at = moment
    operation.save(update_fields=["asked_at"])
