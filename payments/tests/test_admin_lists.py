"""Every list of money: opens, costs the same however long it is, is filtered by age, and changes nothing."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from conftest import make_user
from numerai.common import clock
from numerai.common.models import AuditEntry
from payments.models import (
    BillingHistory,
    BillingOperation,
    CheckoutSession,
    Dispute,
    Drift,
    LedgerEntry,
    Payment,
    PurchaseReview,
    ReconcileRun,
    Refund,
    RefundRequest,
    StripeCustomer,
    Subscription,
    WebhookEvent,
)
from payments.tests.desk import MODELS, Model, a_delivery, an_operation, everything_of, page
from payments.tests.factories import paid_invoice, paid_payment, paid_subscription

pytestmark = pytest.mark.django_db
EVERY_MODEL = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
HOUR, DAY, OLD = timedelta(hours=1), timedelta(days=1), timedelta(days=2)


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def people(count: int, *, offset: int = 0) -> list[User]:
    return [
        make_user(email=f"person{number + offset}@example.com", full_name="P", born=None) for number in range(count)
    ]


def opened(desk: Client, model: Model, **query: str) -> tuple[int, int]:
    """How many queries the list costs, and how many rows it shows."""
    with CaptureQueriesContext(database) as queries:
        answer = desk.get(page(model, "changelist"), query)
    assert answer.status_code == 200
    return len(queries), int(answer.context["cl"].result_count)


@EVERY_MODEL
def test_a_list_of_six_costs_as_many_queries_as_one_of_two(desk: Client, model: Model) -> None:
    for person in people(2):
        everything_of(person)
    opened(desk, model)
    few, of_few = opened(desk, model)
    for person in people(4, offset=2):
        everything_of(person)
    many, of_many = opened(desk, model)
    assert of_few >= 2
    assert of_many >= of_few + 4
    assert many == few


@EVERY_MODEL
def test_superusers_too_can_only_look(desk: Client, bob: User, model: Model) -> None:
    everything_of(bob)
    row = model._default_manager.order_by("pk")[0]
    before = list(model._default_manager.order_by("pk").values())
    assert desk.get(page(model, "add")).status_code == 403
    assert desk.post(page(model, "add"), {"amount": 1}).status_code == 403
    assert desk.post(page(model, "change", row.pk), {"status": "active", "amount": 1}).status_code == 403
    assert desk.get(page(model, "delete", row.pk)).status_code == 403
    assert desk.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"}
    assert "delete_selected" not in desk.post(page(model, "changelist"), action, follow=True).content.decode()
    assert list(model._default_manager.order_by("pk").values()) == before


@EVERY_MODEL
def test_a_page_opens_and_leads_to_the_audit(desk: Client, bob: User, model: Model) -> None:
    everything_of(bob)
    row = model._default_manager.order_by("pk")[0]
    answer = desk.get(page(model, "change", row.pk))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "pi_1_secret_2" not in text
    if model is not AuditEntry:
        assert f"{page(AuditEntry, 'changelist')}?q={row.pk}" in text


@EVERY_MODEL
def test_lists_begin_with_the_newest_and_say_what_can_be_searched(model: Model) -> None:
    registered = admin.site._registry[model]
    assert registered.search_help_text
    assert registered.ordering
    # What is due first is what matters of disputes.
    assert str(registered.ordering[0]).startswith("-") or model is Dispute


@EVERY_MODEL
def test_every_choice_of_every_filter_opens(desk: Client, bob: User, model: Model) -> None:
    everything_of(bob)
    listing = desk.get(page(model, "changelist"))
    for spec in listing.context["cl"].filter_specs:
        for choice in spec.choices(listing.context["cl"]):
            assert desk.get(page(model, "changelist") + choice["query_string"]).status_code == 200


def test_who_may_not_see_the_audit_is_not_led_there(client: Client, bob: User, operator: User) -> None:
    subscription = everything_of(bob)
    operator.is_superuser = False
    operator.save()
    operator.user_permissions.add(Permission.objects.get(codename="view_subscription"))
    client.force_login(operator)
    text = client.get(page(Subscription, "change", subscription.pk)).content.decode()
    assert subscription.stripe_id in text
    assert page(AuditEntry, "changelist") not in text


def aged(model: Model, column: str, age: timedelta, **changes: Any) -> Callable[[], object]:
    """Make the rows of ``model`` that old and different."""
    return lambda: model._default_manager.update(**{column: clock.now() - age}, **changes)


LEASED = {"next_attempt_at": None}
AGES: list[tuple[Model, str, str, Callable[[], object]]] = [
    (Subscription, "attention", "past-due", aged(Subscription, "past_due_since", HOUR, status="past_due")),
    (Subscription, "attention", "past-due-3-days", aged(Subscription, "past_due_since", 4 * DAY, status="past_due")),
    (Subscription, "attention", "past-due-week", aged(Subscription, "past_due_since", 8 * DAY, status="past_due")),
    (
        Subscription,
        "attention",
        "incomplete-day",
        aged(Subscription, "stripe_created_at", OLD, status="incomplete"),
    ),
    (Subscription, "attention", "ending", aged(Subscription, "updated_at", DAY, cancel_at_period_end=True)),
    (Payment, "under-way", "day", aged(Payment, "stripe_created_at", 2 * DAY, status="processing")),
    (Refund, "under-way", "week", aged(Refund, "stripe_created_at", 8 * DAY)),
    (RefundRequest, "undecided", "any", aged(RefundRequest, "created_at", HOUR)),
    (RefundRequest, "undecided", "day", aged(RefundRequest, "created_at", 2 * DAY)),
    (PurchaseReview, "undecided", "hour", aged(PurchaseReview, "created_at", 2 * HOUR)),
    (Dispute, "evidence", "wanted", aged(Dispute, "evidence_due_by", HOUR)),
    (Dispute, "evidence", "3-days", aged(Dispute, "evidence_due_by", -2 * DAY)),
    (Dispute, "evidence", "week", aged(Dispute, "evidence_due_by", -6 * DAY)),
    (Dispute, "evidence", "late", aged(Dispute, "evidence_due_by", HOUR)),
    (Dispute, "evidence", "open", aged(Dispute, "evidence_due_by", HOUR, status="under_review")),
    (CheckoutSession, "end", "overdue", aged(CheckoutSession, "expires_at", HOUR)),
    (CheckoutSession, "end", "left", aged(CheckoutSession, "expires_at", HOUR, status="expired")),
    (WebhookEvent, "waiting", "5-minutes", aged(WebhookEvent, "received_at", HOUR)),
    (WebhookEvent, "waiting", "parked", aged(WebhookEvent, "received_at", HOUR, state="parked", **LEASED)),
    (WebhookEvent, "waiting", "parked-day", aged(WebhookEvent, "received_at", 2 * DAY, state="parked", **LEASED)),
    (
        BillingOperation,
        "in-doubt",
        "hour",
        aged(BillingOperation, "created_at", OLD, state="unknown", finished_at=None),
    ),
    (Drift, "left", "recent", aged(Drift, "found_at", HOUR)),
    (Drift, "left", "any", aged(Drift, "found_at", 9 * DAY)),
    (ReconcileRun, "running", "hour", aged(ReconcileRun, "started_at", DAY, state="running", finished_at=None)),
]


@pytest.mark.parametrize(
    ("model", "parameter", "value", "grow_old"), AGES, ids=lambda part: getattr(part, "__name__", str(part))
)
def test_rows_are_found_by_state_and_age(
    desk: Client, bob: User, model: Model, parameter: str, value: str, grow_old: Callable[[], object]
) -> None:
    everything_of(bob)
    grow_old()
    assert opened(desk, model, **{parameter: value})[1] == 1
    _make_harmless(model)
    assert opened(desk, model, **{parameter: value})[1] == 0


HARMLESS: dict[Model, dict[str, Any]] = {
    Subscription: {"status": "active", "past_due_since": None, "cancel_at_period_end": False},
    Payment: {"status": "succeeded"},
    Refund: {"status": "succeeded"},
    RefundRequest: {"state": "refused"},
    PurchaseReview: {"state": "refused"},
    Dispute: {"status": "won"},
    CheckoutSession: {"status": "complete"},
    WebhookEvent: {"state": "processed"},
    BillingOperation: {"state": "succeeded"},
    Drift: {"is_repaired": True},
    ReconcileRun: {"state": "finished"},
}
MOMENTS = {
    RefundRequest: "decided_at",
    PurchaseReview: "decided_at",
    WebhookEvent: "processed_at",
    BillingOperation: "finished_at",
    ReconcileRun: "finished_at",
}


def _make_harmless(model: Model) -> None:
    moment = {MOMENTS[model]: clock.now()} if model in MOMENTS else {}
    model._default_manager.update(**HARMLESS[model], **moment)


def test_bills_that_are_not_paid_for_long_are_found(desk: Client, bob: User) -> None:
    """What is paid stays so, so these are made open from the start."""
    subscription = everything_of(bob)
    for status, days in (("open", 8), ("uncollectible", 40), ("open", 2), ("void", 50)):
        paid_invoice(subscription, status=status, paid_at=None, created_at=clock.now() - days * DAY)
    found = [opened(desk, BillingHistory, unpaid=age)[1] for age in ("day", "week", "month")]
    assert found == [3, 2, 1]


def test_what_is_younger_is_not_found(desk: Client, bob: User) -> None:
    a_delivery(received_at=clock.now() - timedelta(minutes=4))
    an_operation(bob)
    assert opened(desk, WebhookEvent, waiting="5-minutes")[1] == 0
    assert opened(desk, BillingOperation, **{"in-doubt": "5-minutes"})[1] == 0
    assert opened(desk, BillingOperation, **{"in-doubt": "any"})[1] == 1
    assert opened(desk, WebhookEvent, waiting="nonsense")[1] == 1


AT_STRIPE = "https://dashboard.stripe.com/test"


def assert_leads(desk: Client, row: Any, *targets: str) -> None:
    text = desk.get(page(type(row), "change", row.pk)).content.decode().replace("&amp;", "&")
    missing = [target for target in targets if f'href="{target}"' not in text]
    assert not missing, (type(row).__name__, missing)


def test_who_pays_leads_to_what_they_have(desk: Client, bob: User) -> None:
    subscription = everything_of(bob)
    customer, bill = StripeCustomer.objects.get(), BillingHistory.objects.get()
    of_customer = f"?customer__id__exact={customer.pk}"
    lists = [f"{page(model, 'changelist')}{of_customer}" for model in (Subscription, BillingHistory, Payment)]
    assert_leads(desk, bob, page(StripeCustomer, "change", customer.pk), *lists)
    assert_leads(
        desk,
        customer,
        f"{AT_STRIPE}/customers/{customer.stripe_id}",
        f"{page(WebhookEvent, 'changelist')}?q={customer.stripe_id}",
        page(User, "change", bob.pk),
        page(Subscription, "change", subscription.pk),
        *lists,
    )
    assert_leads(
        desk,
        subscription,
        f"{AT_STRIPE}/subscriptions/{subscription.stripe_id}",
        page(StripeCustomer, "change", customer.pk),
        page(BillingHistory, "change", bill.pk),
        f"{page(BillingHistory, 'changelist')}?subscription__id__exact={subscription.pk}",
    )
    for target in lists:
        assert desk.get(target).context["cl"].result_count == 1


def test_what_was_paid_leads_to_what_became_of_it(desk: Client, bob: User) -> None:
    subscription = everything_of(bob)
    customer, payment = StripeCustomer.objects.get(), Payment.objects.get()
    bill = BillingHistory.objects.get()
    assert_leads(
        desk,
        bill,
        f"{AT_STRIPE}/invoices/{bill.stripe_id}",
        page(StripeCustomer, "change", customer.pk),
        page(Subscription, "change", subscription.pk),
        page(Payment, "change", payment.pk),
    )
    assert_leads(
        desk,
        payment,
        f"{AT_STRIPE}/payments/{payment.stripe_id}",
        page(StripeCustomer, "change", customer.pk),
        page(BillingHistory, "change", bill.pk),
        page(Refund, "change", Refund.objects.get().pk),
        page(RefundRequest, "change", RefundRequest.objects.get().pk),
        page(Dispute, "change", Dispute.objects.get().pk),
        f"{page(LedgerEntry, 'changelist')}?payment__id__exact={payment.pk}",
    )
    for model in (Refund, RefundRequest, Dispute, LedgerEntry):
        assert_leads(desk, model._default_manager.get(), page(Payment, "change", payment.pk))
    assert_leads(
        desk, BillingOperation.objects.get(), f"{page(AuditEntry, 'changelist')}?q={BillingOperation.objects.get().pk}"
    )


def test_a_latest_invoice_that_is_not_here_yet_is_shown_at_stripe(desk: Client, bob: User) -> None:
    subscription = everything_of(bob)
    Subscription.objects.update(latest_invoice_id="in_new")
    text = desk.get(page(Subscription, "change", subscription.pk)).content.decode()
    assert "https://dashboard.stripe.com/test/invoices/in_new" in text


def test_a_payment_that_moved_nothing_has_no_book(desk: Client, bob: User) -> None:
    everything_of(bob)
    payment = Payment.objects.get()
    other = paid_payment(BillingHistory.objects.get())
    texts = [desk.get(page(Payment, "change", row.pk)).content.decode() for row in (payment, other)]
    assert ["1 entry, 5.00 USD left" in text for text in texts] == [True, False]


def test_what_comes_is_said_in_words(desk: Client, bob: User) -> None:
    row, moment = paid_subscription(bob), clock.now()
    paid_subscription(bob, duplicate_of=row)
    day = f"{moment:%Y-%m-%d}"
    wanted: list[tuple[dict[str, Any], str]] = [
        ({}, "bought twice: one of the two must end"),
        ({"current_period_end": moment + DAY}, f"renews {moment + DAY:%Y-%m-%d}"),
        ({"cancel_at": moment}, f"ends {day}"),
        ({"past_due_since": moment, "status": "past_due"}, f"past due since {day}"),
        ({"past_due_since": None, "status": "canceled", "ended_at": moment}, f"ended {day}"),
        ({"cancel_at": None, "ended_at": None}, ">ended<"),
        ({"status": "incomplete"}, ">-<"),
    ]
    for changes, words in wanted:
        Subscription.objects.filter(pk=row.pk).update(**changes | {"updated_at": moment})
        listing = desk.get(page(Subscription, "changelist")).content.decode()
        assert words in re.sub(r"\s*([<>])\s*", r"\1", listing), words
