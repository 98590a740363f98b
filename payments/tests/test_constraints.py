"""What the database refuses, whoever writes."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, models, transaction

from accounts.models import User
from numerai.common import clock
from payments.models import BillingHistory, BillingOperation, Payment, StripeCustomer, Subscription, WebhookEvent
from payments.tests.factories import paid_subscription, stripe_customer

pytestmark = pytest.mark.django_db

NOW = clock.now()

WRONG: list[tuple[type[models.Model], dict[str, Any]]] = [
    (StripeCustomer, {"stripe_id": ""}),
    (Subscription, {"plan": "free"}),
    (Subscription, {"plan": "platinum"}),
    (Subscription, {"status": ""}),
    (Subscription, {"stripe_id": ""}),
    (Subscription, {"amount": -1}),
    (Subscription, {"currency": "USD"}),
    (Subscription, {"current_period_end": NOW - timedelta(days=999)}),
    (BillingHistory, {"amount": -1}),
    (BillingHistory, {"amount_paid": -1}),
    (BillingHistory, {"currency": "us"}),
    (BillingHistory, {"period_end": NOW - timedelta(days=999)}),
    (BillingHistory, {"paid_at": None}),
    (BillingHistory, {"status": ""}),
    (Payment, {"kind": "Not a kind"}),
    (Payment, {"amount": -1}),
    (Payment, {"paid_at": None}),
    (Payment, {"currency": ""}),
    (WebhookEvent, {"state": "lost"}),
    (WebhookEvent, {"event_id": ""}),
    (WebhookEvent, {"state": "processing"}),
    (WebhookEvent, {"lease_until": NOW}),
    (WebhookEvent, {"state": "processed"}),
    (WebhookEvent, {"processed_at": NOW}),
    (WebhookEvent, {"next_attempt_at": None}),
    (BillingOperation, {"kind": "gift"}),
    (BillingOperation, {"state": "lost"}),
    (BillingOperation, {"state": "succeeded"}),
    (BillingOperation, {"finished_at": NOW}),
]


@pytest.fixture
def rows(bob: User) -> None:
    """One good row of each."""
    paid_subscription(bob)
    WebhookEvent.objects.create(
        event_id="evt_1", type="x", livemode=False, payload={}, created_at=NOW, next_attempt_at=NOW
    )
    BillingOperation.objects.create(user=bob, kind="create_customer", livemode=False, fingerprint="x")


@pytest.mark.parametrize(
    ("model", "change"),
    WRONG,
    ids=[f"{model.__name__}-{'-'.join(change)}-{n}" for n, (model, change) in enumerate(WRONG)],
)
def test_a_wrong_row_is_refused(rows: None, model: type[models.Model], change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        model._default_manager.update(**change)


def test_one_live_subscription_each(bob: User, charlie: User) -> None:
    first = paid_subscription(bob)
    with pytest.raises(IntegrityError), transaction.atomic():
        paid_subscription(bob, status="past_due")
    paid_subscription(bob, status="canceled")
    paid_subscription(bob, status="incomplete")
    paid_subscription(bob, livemode=True)
    paid_subscription(bob, duplicate_of=first)
    paid_subscription(charlie)
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.filter(pk=first.pk).update(duplicate_of=first)


def test_one_customer_each(bob: User) -> None:
    first = stripe_customer(bob)
    with pytest.raises(IntegrityError), transaction.atomic():
        stripe_customer(bob)
    stripe_customer(bob, livemode=True)
    first.deleted_at = clock.now()
    first.save()
    stripe_customer(bob)


@pytest.mark.parametrize("model", [StripeCustomer, Subscription, BillingHistory, Payment])
def test_an_object_of_stripes_has_one_row(bob: User, model: Any) -> None:
    paid_subscription(bob)
    row = model.objects.get()
    row.pk, row._state.adding = uuid4(), True
    if model is Subscription:
        row.status = "canceled"
    if model is StripeCustomer:
        row.livemode = True
    with pytest.raises(IntegrityError, match="stripe_id"), transaction.atomic():
        row.save(force_insert=True)


def test_one_operation_for_each_key_of_a_person(bob: User, charlie: User) -> None:
    fields = {"kind": "create_subscription", "livemode": False, "fingerprint": "x"}
    BillingOperation.objects.create(user=bob, client_key="k", **fields)
    BillingOperation.objects.create(user=charlie, client_key="k", **fields)
    BillingOperation.objects.create(user=bob, **fields)
    BillingOperation.objects.create(user=bob, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        BillingOperation.objects.create(user=bob, client_key="k", **fields)


def test_rows_outlive_the_person(bob: User) -> None:
    paid_subscription(bob)
    bob.delete()
    for model in (StripeCustomer, Subscription, BillingHistory, Payment):
        assert model._default_manager.get().user_id is None
