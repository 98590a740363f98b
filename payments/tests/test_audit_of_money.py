"""Every change of money and access names its cause, and the events alone lead to the same end again."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.test import Client
from django_celery_beat.models import IntervalSchedule
from pytest_django import Settings

from accounts.models import Plan, User
from accounts.plans import record_plan
from conftest import Api
from dev.local_stripe import LocalStripe
from numerai.common import audit, clock
from numerai.common.models import AuditEntry
from payments.gateway import StripeUnavailable
from payments.gateway.connection.breaker import breaker
from payments.models import (
    BillingHistory,
    BillingOperation,
    Dispute,
    LedgerEntry,
    Payment,
    Refund,
    StripeCustomer,
    Subscription,
    WebhookEvent,
)
from payments.services import create_subscription, replay_webhook_events, sweep_operations
from payments.sync import sync_customer
from payments.sync.arrears import remember_what_was_paid
from payments.tests.delivering import Deliver, asked, difference, forget, handle_all
from payments.tests.factories import paid_invoice, paid_subscription

DAY = 86400
MIRRORED: tuple[type[models.Model], ...] = (StripeCustomer, Subscription, BillingHistory, Payment, Refund, Dispute)
# Ours alone: when we first saw a thing, and which row stands for it here.
OWN = {
    "id",
    "created_at",
    "updated_at",
    "customer_id",
    "subscription_id",
    "invoice_id",
    "payment_id",
    "duplicate_of_id",
}


class Life:
    """What happens at Stripe, and a postman who brings every event that has not been brought."""

    def __init__(self, server: LocalStripe, browser: stripe.StripeClient, deliver: Deliver) -> None:
        self.server, self.browser, self.deliver = server, browser, deliver
        self._brought = 0

    def bring(self) -> None:
        events = self.server.events()
        for event in events[self._brought :]:
            assert self.deliver(event).status_code == 200
        self._brought = len(events)
        handle_all()

    def wait(self, seconds: int) -> None:
        self.server.advance(seconds)
        self.bring()

    def use_card(self, token: str) -> None:
        row = Subscription.objects.select_related("customer").get()
        card = self.browser.v1.payment_methods.attach(token, {"customer": row.customer.stripe_id})
        self.browser.v1.subscriptions.update(row.stripe_id, {"default_payment_method": card.id})

    def stop_paying(self) -> None:
        self.use_card("pm_card_chargeCustomerFail")
        self.wait(31 * DAY)

    def end(self) -> None:
        self.browser.v1.subscriptions.cancel(Subscription.objects.get().stripe_id)
        self.bring()

    def give_back(self, amount: int) -> None:
        charge = Payment.objects.filter(status="succeeded").order_by("stripe_created_at")[0].charge_id
        self.browser.v1.refunds.create({"charge": charge, "amount": amount})
        self.bring()


@pytest.fixture
def life(local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User) -> Life:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    begun = Life(local_stripe, browser, deliver)
    begun.bring()
    return begun


def entries(model: type[models.Model]) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(object_type=model._meta.label_lower).order_by("pk"))


def assert_history_leads_to_rows(model: type[models.Model]) -> None:
    """Whoever applies the entries of a row, one after another, arrives at the row."""
    for row in model._default_manager.all():
        state: dict[str, Any] = {}
        for entry in entries(model):
            if entry.object_id == str(row.pk):
                for name, value in entry.before.items():
                    assert state.get(name) in (value, None), (model, name)
                state |= entry.after
        for name, value in state.items():
            assert as_kept(getattr(row, name)) == value, (model, name)


def as_kept(value: Any) -> Any:
    """The value as an entry holds it."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def test_rule_100_every_change_names_cause_actor_before_and_after(life: Life, api: Api, bob: User) -> None:
    life.wait(31 * DAY)
    life.use_card("pm_card_chargeCustomerFail")
    life.wait(31 * DAY)
    life.end()
    assert difference(life.server) == []

    for model in (StripeCustomer, Subscription, BillingHistory, Payment):
        assert entries(model)[0].action == "created", model
        assert {entry.object_id for entry in entries(model)} == {str(row.pk) for row in model._default_manager.all()}
        assert_history_leads_to_rows(model)
    later = [entry for entry in entries(Subscription)[1:] if "status" in entry.after]
    assert [(entry.before["status"], entry.after["status"]) for entry in later] == [
        ("active", "past_due"),
        ("past_due", "canceled"),
    ]
    access = [(entry.before.get("plan"), entry.after.get("plan")) for entry in entries(User) if "plan" in entry.after]
    assert access == [("free", "premium"), ("premium", "free")]

    operations = {str(row.pk) for row in BillingOperation.objects.all()}
    events = set(WebhookEvent.objects.values_list("event_id", flat=True))
    for entry in AuditEntry.objects.all():
        assert entry.cause_id in {"operation": operations, "event": events}[entry.cause_kind]
        assert entry.actor_kind == {"operation": "system", "event": "stripe"}[entry.cause_kind]
        assert entry.before != entry.after
    assert entries(Subscription)[0].cause_kind == "operation"
    assert entries(Subscription)[-1].cause_kind == "event"


def test_rule_100_a_purchase_names_the_person_the_request_and_the_operation(
    local_stripe: LocalStripe, api: Api, bob: User
) -> None:
    answer = api(bob).post(
        "/api/v1/payments/create-subscription/",
        {"plan": "premium", "payment_method_id": "pm_card_visa"},
        headers={"X-Request-ID": "the-request-of-bob"},
    )
    assert answer.status_code == 201
    kinds = dict(BillingOperation.objects.values_list("pk", "kind"))
    causes = {"payments.stripecustomer": "create_customer", "payments.subscription": "create_subscription"}
    assert {entry.object_type for entry in AuditEntry.objects.all()} >= set(causes)
    for entry in AuditEntry.objects.all():
        assert (entry.actor_kind, entry.actor_id, entry.request_id) == ("person", str(bob.pk), "the-request-of-bob")
        assert entry.client_address == "127.0.0.1"
        assert entry.cause_kind == "operation"
        if entry.object_type in causes:
            assert [kinds[pk] for pk in kinds if str(pk) == entry.cause_id] == [causes[entry.object_type]]


def test_rule_100_what_the_sweep_finds_out_names_the_operation(local_stripe: LocalStripe, bob: User) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", close_after_commit=True, times=3)
    with pytest.raises(StripeUnavailable):
        create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    local_stripe.faults.configure({"api": []})
    assert not Subscription.objects.exists()
    operation = BillingOperation.objects.get(kind="create_subscription")
    BillingOperation.objects.update(created_at=clock.now() - timedelta(minutes=5))
    breaker.close()
    assert sweep_operations() >= 1
    [entry] = entries(Subscription)
    assert (entry.cause_kind, entry.cause_id, entry.actor_kind) == ("operation", str(operation.pk), "system")
    assert len(asked(local_stripe, "POST", "/v1/subscriptions")) >= 1


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Everything that mirrors Stripe and what follows from it, without what is ours alone."""

    def columns(row: models.Model) -> dict[str, Any]:
        fields = [field for field in row._meta.concrete_fields if field.attname not in OWN]
        return {field.attname: field.value_from_object(row) for field in fields}

    rows: dict[str, list[dict[str, Any]]] = {
        model.__name__: [columns(row) for row in model._default_manager.order_by("stripe_id")] for model in MIRRORED
    }
    movements = LedgerEntry.objects.order_by("kind", "source")
    links: dict[str, Any] = {
        "ledger": movements.values("kind", "source", "amount", "currency", "payment__stripe_id"),
        "invoices": BillingHistory.objects.order_by("stripe_id").values("stripe_id", "subscription__stripe_id"),
        "payments": Payment.objects.order_by("stripe_id").values("stripe_id", "invoice__stripe_id"),
        "access": User.objects.order_by("pk").values("pk", "plan", "plan_until"),
    }
    return rows | {name: list(found) for name, found in links.items()}


def rebuild(order: Callable[[list[Any]], list[Any]]) -> None:
    """As after the loss of everything but the inbox: each event is handled again, from empty tables."""
    forget(*MIRRORED, LedgerEntry)
    for user in User.objects.exclude(plan="free"):
        record_plan(user_id=user.pk, plan=Plan.FREE, until=None)
    row_ids = order(list(WebhookEvent.objects.order_by("created_at", "received_at").values_list("pk", flat=True)))
    assert replay_webhook_events(row_ids) == len(row_ids)
    handle_all()


def live(life: Life, story: str) -> None:
    for chapter in story.split():
        {
            "bought": lambda: None,
            "renewed": lambda: life.wait(31 * DAY),
            "refunded": lambda: life.give_back(500),
            "ended": life.end,
            "unpaid": life.stop_paying,
        }[chapter]()


@pytest.mark.parametrize("order", [list, lambda rows: rows[::-1]], ids=["in order", "reversed"])
@pytest.mark.parametrize(
    "story",
    ["bought", "renewed", "refunded", "ended", "renewed renewed", "unpaid", "renewed unpaid", "renewed refunded ended"],
)
def test_rule_100_the_events_alone_lead_to_the_same_end(
    life: Life, story: str, order: Callable[[list[Any]], list[Any]]
) -> None:
    live(life, story)
    before = snapshot()
    assert before["Payment"]
    rebuild(order)
    assert snapshot() == before


def test_what_an_operator_does_in_the_admin_names_the_operator(client: Client, operator: User) -> None:
    """The admin signs in by session, of which the middleware knows nothing."""

    def note(instance: models.Model, **_: Any) -> None:
        audit.record(IntervalSchedule, instance.pk, action=audit.CREATED, before={}, after={})

    client.force_login(operator)
    models.signals.post_save.connect(note, sender=IntervalSchedule)
    try:
        answer = client.post("/admin/django_celery_beat/intervalschedule/add/", {"every": 5, "period": "days"})
    finally:
        models.signals.post_save.disconnect(note, sender=IntervalSchedule)
    assert answer.status_code == 302
    [entry] = AuditEntry.objects.all()
    assert (entry.actor_kind, entry.actor_id, entry.cause_kind) == ("operator", str(operator.pk), "request")
    assert entry.request_id == entry.cause_id == answer["X-Request-ID"]
    assert entry.client_address == "127.0.0.1"


def test_a_customer_that_is_gone_at_stripe_is_recorded_once(life: Life, browser: stripe.StripeClient) -> None:
    customer = StripeCustomer.objects.get()
    browser.v1.customers.delete(customer.stripe_id)
    sync_customer(customer.stripe_id)
    sync_customer(customer.stripe_id)
    [created, updated] = entries(StripeCustomer)
    assert (created.action, updated.action) == ("created", "updated")
    assert (updated.before, set(updated.after)) == ({"deleted_at": None}, {"deleted_at"})


def test_access_that_stays_as_it_is_leaves_no_entry(bob: User) -> None:
    until = clock.now()
    assert not record_plan(user_id=bob.pk, plan=Plan.FREE, until=None)
    assert record_plan(user_id=bob.pk, plan=Plan.FREE, until=until)
    assert not record_plan(user_id=bob.pk, plan=Plan.FREE, until=until)
    [entry] = entries(User)
    assert (set(entry.before), entry.cause_kind) == ({"plan_until"}, "command")
    bob.delete()
    assert not record_plan(user_id=bob.pk, plan=Plan.FREE, until=None)


@pytest.mark.parametrize(("price", "is_erased", "remembered"), [("", False, ""), ("sold", True, "premium")])
@pytest.mark.django_db
def test_a_paid_bill_is_remembered_in_arrears_if_it_was_for_a_plan(
    bob: User, settings: Settings, price: str, is_erased: bool, remembered: str
) -> None:
    row = paid_subscription(bob, status="past_due", paid_plan="", paid_through=None)
    row.user = None if is_erased else bob
    bill = BillingHistory.objects.get(subscription=row)
    when = {"period_start": bill.period_start, "period_end": bill.period_end}
    price_id = settings.STRIPE_PRICE_IDS["premium"] if price else ""
    bill.lines.create(stripe_id="il_1", position=0, amount=1, currency="usd", price_id=price_id, **when)
    with transaction.atomic():
        remember_what_was_paid(bill, row)
    row.refresh_from_db()
    assert row.paid_plan == remembered


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["as they were paid", "the other way round"])
@pytest.mark.django_db
def test_an_upgrade_paid_before_the_arrears_is_remembered_whichever_bill_is_seen_first(
    bob: User, settings: Settings, order: tuple[int, int]
) -> None:
    """The second bill gives back the first plan for the same days."""
    row = paid_subscription(bob, status="past_due", paid_plan="", paid_through=None)
    bills = [BillingHistory.objects.get(subscription=row), paid_invoice(row)]
    end = bills[0].period_end
    amounts = [{"premium": 1999}, {"premium": -1999, "elite": 2999}]
    for number, (bill, plans) in enumerate(zip(bills, amounts, strict=True)):
        for plan, amount in plans.items():
            bill.lines.create(
                stripe_id=f"il_{number}_{plan}",
                position=0,
                amount=amount,
                currency="usd",
                price_id=settings.STRIPE_PRICE_IDS[plan],
                period_start=bill.period_start,
                period_end=end,
            )
    for number in order:
        with transaction.atomic():
            remember_what_was_paid(bills[number], row)
    row.refresh_from_db()
    assert (row.paid_plan, row.paid_through) == ("elite", end)
