"""Operators find everything, change nothing, and can have an event handled again."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection as database
from django.db import models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from numerai.common import clock
from numerai.common.redis import connection
from payments.models import (
    BillingHistory,
    BillingOperation,
    EventState,
    Payment,
    StripeCustomer,
    Subscription,
    WebhookEvent,
)
from payments.privacy import erase
from payments.tests.delivering import Deliver, an_event
from payments.tests.factories import paid_subscription

pytestmark = pytest.mark.django_db

MODELS = (StripeCustomer, Subscription, BillingHistory, Payment, WebhookEvent, BillingOperation)
EVERY_MODEL = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
Model = type[models.Model]


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


@pytest.fixture
def rows(bob: User, deliver: Deliver) -> None:
    subscription = paid_subscription(bob)
    about = {"id": subscription.latest_invoice_id, "object": "invoice", "customer": subscription.customer.stripe_id}
    deliver(an_event(data={"object": about}))
    BillingOperation.objects.create(
        user=bob,
        kind="create_subscription",
        livemode=False,
        fingerprint="x",
        params={"plan": "premium"},
        state="succeeded",
        result={"status": "incomplete", "client_secret": "pi_1_secret_2"},
        finished_at=clock.now(),
    )


def page(model: Model, name: str, *arguments: object) -> str:
    return reverse(f"admin:payments_{model._meta.model_name}_{name}", args=arguments)


@EVERY_MODEL
def test_lists_and_pages_open(desk: Client, rows: None, model: Model) -> None:
    row = model._default_manager.get()
    listing = desk.get(page(model, "changelist"))
    assert listing.status_code == 200
    shown = desk.get(page(model, "change", row.pk))
    assert shown.status_code == 200
    assert "pi_1_secret_2" not in shown.content.decode()


@EVERY_MODEL
def test_nothing_is_added_changed_or_deleted(desk: Client, rows: None, model: Model) -> None:
    row = model._default_manager.get()
    before = model._default_manager.values().get()
    assert desk.get(page(model, "add")).status_code == 403
    assert desk.post(page(model, "change", row.pk), {"status": "active", "amount": 1}).status_code == 403
    assert desk.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model._default_manager.values().get() == before


@EVERY_MODEL
def test_strangers_stay_outside(client: Client, bob: User, model: Model) -> None:
    client.force_login(bob)
    assert client.get(page(model, "changelist")).status_code == 302


@EVERY_MODEL
def test_a_list_costs_a_fixed_number_of_queries(desk: Client, rows: None, charlie: User, model: Model) -> None:
    with CaptureQueriesContext(database) as few:
        desk.get(page(model, "changelist"))
    paid_subscription(charlie)
    with CaptureQueriesContext(database) as more:
        desk.get(page(model, "changelist"))
    assert len(more) == len(few)


@EVERY_MODEL
@pytest.mark.parametrize("words", ["bob@example.com", "nobody", "sub_1' OR 1=1", "%", "00000000"])
def test_searching_never_fails(desk: Client, rows: None, model: Model, words: str) -> None:
    assert desk.get(page(model, "changelist"), {"q": words}).status_code == 200


def found(desk: Client, model: Model, words: str) -> int:
    return int(desk.get(page(model, "changelist"), {"q": words}).context["cl"].result_count)


def test_rows_are_found_by_what_an_operator_has_at_hand(desk: Client, rows: None) -> None:
    subscription = Subscription.objects.select_related("customer").get()
    bill, payment = BillingHistory.objects.get(), Payment.objects.get()
    wanted: list[tuple[Model, str]] = [
        (StripeCustomer, "bob@example.com"),
        (StripeCustomer, subscription.customer.stripe_id),
        (Subscription, str(subscription.pk)),
        (Subscription, subscription.stripe_id),
        (Subscription, "BOB@example.com"),
        (BillingHistory, bill.number),
        (BillingHistory, bill.stripe_id),
        (Payment, payment.charge_id),
        (WebhookEvent, "evt_1"),
        (WebhookEvent, subscription.customer.stripe_id),
        (BillingOperation, "bob@example.com"),
    ]
    for model, words in wanted:
        assert found(desk, model, words) == 1, (model.__name__, words)
    assert found(desk, Subscription, "charlie@example.com") == 0


def test_pages_lead_to_each_other_and_to_stripe(desk: Client, rows: None) -> None:
    subscription = Subscription.objects.select_related("customer").get()
    text = desk.get(page(Subscription, "change", subscription.pk)).content.decode()
    assert page(StripeCustomer, "change", subscription.customer.pk) in text
    assert f"https://dashboard.stripe.com/test/subscriptions/{subscription.stripe_id}" in text
    bill = BillingHistory.objects.get(stripe_id=subscription.latest_invoice_id)
    assert page(BillingHistory, "change", bill.pk) in text
    of_bill = desk.get(page(BillingHistory, "change", bill.pk)).content.decode()
    assert f"https://dashboard.stripe.com/test/invoices/{bill.stripe_id}" in of_bill
    assert page(Payment, "change", bill.payments.get().pk) in of_bill
    event = desk.get(page(WebhookEvent, "change", WebhookEvent.objects.get().pk)).content.decode()
    assert page(StripeCustomer, "change", subscription.customer.pk) in event


def test_a_page_opens_after_the_person_is_gone(desk: Client, rows: None, bob: User) -> None:
    Subscription.objects.update(status="canceled", latest_invoice_id="")
    erase(bob.pk)
    for model in MODELS:
        text = desk.get(page(model, "change", model._default_manager.get().pk)).content.decode()
        assert "bob@example.com" not in text


def test_a_payload_is_shown_as_text(desk: Client, deliver: Deliver) -> None:
    deliver(an_event(data={"object": {"id": "in_1", "object": "invoice", "note": "<script>alert(1)</script>"}}))
    text = desk.get(page(WebhookEvent, "change", WebhookEvent.objects.get().pk)).content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert(1)" not in text


@pytest.mark.django_db(transaction=True)
def test_an_event_is_handled_again(desk: Client, rows: None) -> None:
    event = WebhookEvent.objects.get()
    WebhookEvent.objects.update(state=EventState.PARKED, attempts=16, next_attempt_at=None, last_error="broken")
    before = int(str(connection().llen("celery")))
    answer = desk.post(
        page(WebhookEvent, "changelist"), {"action": "replay", "_selected_action": [str(event.pk)]}, follow=True
    )
    assert "1 of 1 will be handled again" in answer.content.decode()
    event.refresh_from_db()
    assert (event.state, event.attempts, event.last_error) == (EventState.PENDING, 0, "")
    assert int(str(connection().llen("celery"))) == before + 1


def test_looking_at_events_is_not_enough_to_have_them_handled_again(client: Client, rows: None, charlie: User) -> None:
    event = WebhookEvent.objects.get()
    WebhookEvent.objects.update(state=EventState.PARKED, next_attempt_at=None)
    charlie.is_staff = True
    charlie.save()
    charlie.user_permissions.add(Permission.objects.get(codename="view_webhookevent"))
    client.force_login(charlie)
    action = {"action": "replay", "_selected_action": [str(event.pk)]}
    client.post(page(WebhookEvent, "changelist"), action)
    event.refresh_from_db()
    assert event.state == EventState.PARKED
    charlie.user_permissions.add(Permission.objects.get(codename="replay_webhookevent"))
    client.post(page(WebhookEvent, "changelist"), action)
    event.refresh_from_db()
    assert event.state == EventState.PENDING


def test_every_model_is_registered() -> None:
    assert all(admin.site.is_registered(model) for model in MODELS)
