"""One operation, once: what happens around the work itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from dev.local_stripe import LocalStripe
from numerai.common import clock
from payments.gateway import StripeUnavailable
from payments.models import BillingOperation, OperationKind, OperationState
from payments.services import create_payment_intent, operations
from payments.services.operations import KEY_LIFETIME, Request
from payments.services.performing import perform
from payments.sync.locks import LockTimeout
from payments.tests.selling import KIND, selling


def request_of(user: User) -> Request:
    return Request(user.pk, OperationKind.CREATE_PORTAL_SESSION, {"what": "this"}, {}, client_key="k")


def test_a_lock_that_is_not_to_be_had_is_a_busy_stripe(db: None, bob: User) -> None:
    def wait_in_vain(operation: BillingOperation) -> dict[str, Any]:
        raise LockTimeout("cus_1")

    with pytest.raises(StripeUnavailable) as refusal:
        perform(request_of(bob), wait_in_vain)

    assert refusal.value.retry_after == 2
    assert BillingOperation.objects.get().state == OperationState.FAILED


def test_a_repetition_that_had_to_wait_hears_the_answer_of_the_first(
    db: None, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = operations.start(request_of(bob))

    @contextmanager
    def while_the_first_ends(user_id: UUID, *, is_repetition: bool) -> Iterator[None]:
        assert is_repetition
        operations.succeed(first, {"url": "https://billing.example/1"})
        yield

    monkeypatch.setattr(operations, "alone", while_the_first_ends)

    assert perform(request_of(bob), lambda operation: {"url": "another"}) == {"url": "https://billing.example/1"}


def test_rule_36_a_key_that_stripe_has_forgotten_is_answered_with_what_was_found(
    local_stripe: LocalStripe, bob: User
) -> None:
    with selling():
        local_stripe.faults.api(method="POST", path_prefix="/v1/payment_intents", close_after_commit=True, times=3)
        with pytest.raises(StripeUnavailable):
            create_payment_intent(user=bob, kind=KIND, reference="row-1", client_key="k")
        old = clock.now() - KEY_LIFETIME - timedelta(minutes=1)
        BillingOperation.objects.filter(client_key="k").update(created_at=old, asked_at=old)

        found = create_payment_intent(user=bob, kind=KIND, reference="row-1", client_key="k")

    assert [each["id"] for each in local_stripe.objects("payment_intent")] == [found.payment_intent_id]
