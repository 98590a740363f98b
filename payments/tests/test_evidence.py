"""Rows of money outlive everybody's wish to be rid of them, and go when their time is past."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import Error, IntegrityError, ProgrammingError, connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from pytest_django import Settings

from accounts.events import EventKind, record
from accounts.models import SecurityEvent, SecurityEventOrigin, User
from numerai.common import audit, clock
from numerai.common.audit.sealing import seal_new_rows
from numerai.common.audit.verifying import verify
from numerai.common.models import AuditEntry, Seal
from payments import retention
from payments.models import (
    BillingHistory,
    BillingOperation,
    CheckoutSession,
    Dispute,
    EventState,
    InvoiceLine,
    LedgerEntry,
    Payment,
    Refund,
    StripeCustomer,
    Subscription,
    WebhookEvent,
)
from payments.privacy import erase
from payments.retention import removal
from payments.tasks import remove_what_is_past_its_time
from payments.tests.delivering import Deliver, an_event
from payments.tests.factories import paid_subscription

MONEY: tuple[type[models.Model], ...] = (Payment, Refund, Dispute, LedgerEntry, BillingHistory, WebhookEvent)
LONG = timedelta(days=366 * 7 + 1)
KEPT = timedelta(days=365 * 6)

pytestmark = pytest.mark.django_db


@contextmanager
def ago(age: timedelta) -> Iterator[datetime]:
    with time_machine.travel(clock.now() - age, tick=False):
        yield clock.now()


def books_of(user: User) -> Payment:
    """A subscription that was paid, refunded in part and disputed, and the event that told of it."""
    subscription, now = paid_subscription(user), clock.now()
    payment = Payment.objects.get(invoice__subscription=subscription)
    same: dict[str, Any] = {"payment": payment, "livemode": False, "currency": "usd"}
    at_stripe = same | {"charge_id": payment.charge_id, "amount": 100, "stripe_created_at": now}
    Refund.objects.create(stripe_id=f"re_{uuid4().hex}", status="succeeded", **at_stripe)
    Dispute.objects.create(stripe_id=f"dp_{uuid4().hex}", reason="fraudulent", status="lost", **at_stripe)
    LedgerEntry.objects.create(kind="payment", source=payment.stripe_id, amount=payment.amount, **same)
    CheckoutSession.objects.create(
        user=user,
        customer=payment.customer,
        payment=payment,
        subscription=subscription,
        stripe_id=f"cs_{uuid4().hex}",
        livemode=False,
        mode="subscription",
        kind="subscription",
        amount=1999,
        currency="usd",
        status="complete",
        payment_status="paid",
        expires_at=now,
        stripe_created_at=now,
    )
    InvoiceLine.objects.create(
        invoice=BillingHistory.objects.get(subscription=subscription),
        stripe_id="il_1",
        position=0,
        amount=1999,
        currency="usd",
        period_start=now,
        period_end=now,
    )
    an_event_row(customer_id=payment.customer.stripe_id)
    with transaction.atomic():
        audit.record(Payment, payment.pk, action="updated", before={"status": "processing"}, after={"status": "paid"})
    return payment


def an_event_row(**changes: Any) -> WebhookEvent:
    now, event_id = clock.now(), f"evt_{uuid4().hex}"
    fields = {
        "event_id": event_id,
        "type": "invoice.paid",
        "livemode": False,
        "payload": an_event(id=event_id, data={"object": {"id": "in_1", "customer": "cus_1", "customer_email": "a@b"}}),
        "created_at": now,
        "state": EventState.PROCESSED,
        "processed_at": now,
    }
    return WebhookEvent.objects.create(**fields | changes)


def assert_refused(act: Callable[[], object], error: type[Error] = IntegrityError) -> None:
    with pytest.raises(error), transaction.atomic():
        act()


def rows_of(model: type[models.Model]) -> Any:
    return model._default_manager.all()


@pytest.mark.parametrize("model", MONEY)
def test_rows_of_money_cannot_be_removed(bob: User, model: type[models.Model]) -> None:
    with ago(KEPT):
        books_of(bob)
    assert_refused(lambda: rows_of(model)._raw_delete("default"))
    assert rows_of(model).exists()


OTHERWISE: list[tuple[type[models.Model], dict[str, Any]]] = [
    (Payment, {"stripe_id": "pi_other"}),
    (Payment, {"livemode": True}),
    (Payment, {"amount": 1}),
    (Payment, {"currency": "eur"}),
    (Payment, {"status": "canceled", "amount": 1}),
    (Payment, {"created_at": datetime.fromisoformat("2001-01-01T00:00:00Z")}),
    (Refund, {"stripe_id": "re_other"}),
    (Refund, {"amount": 1}),
    (Refund, {"currency": "eur"}),
    (Refund, {"created_at": datetime.fromisoformat("2001-01-01T00:00:00Z")}),
    (Dispute, {"stripe_id": "dp_other"}),
    (Dispute, {"currency": "eur"}),
    (LedgerEntry, {"amount": 1}),
    (LedgerEntry, {"source": "pi_other"}),
    (BillingHistory, {"stripe_id": "in_other"}),
    (BillingHistory, {"currency": "eur"}),
    (BillingHistory, {"created_at": datetime.fromisoformat("2001-01-01T00:00:00Z")}),
    (WebhookEvent, {"event_id": "evt_other"}),
    (WebhookEvent, {"type": "other"}),
    (WebhookEvent, {"livemode": True}),
    (WebhookEvent, {"created_at": datetime.fromisoformat("2001-01-01T00:00:00Z")}),
]


@pytest.mark.parametrize(("model", "change"), OTHERWISE)
def test_what_a_row_is_about_cannot_be_edited(bob: User, model: type[models.Model], change: dict[str, Any]) -> None:
    books_of(bob)
    assert_refused(lambda: rows_of(model).update(**change))


def test_what_stripe_may_still_change_can_be_written(bob: User) -> None:
    books_of(bob)
    assert Payment.objects.update(amount_refunded=100, failure_code="x") == 1
    assert Refund.objects.update(status="failed") == 1
    assert Dispute.objects.update(status="won", amount=99) == 1
    assert BillingHistory.objects.update(status="uncollectible", amount=5) == 1
    assert WebhookEvent.objects.update(payload={}, attempts=3) == 1
    Payment.objects.update(status="processing")
    assert Payment.objects.update(amount=5, currency="eur", platform_fee=0, amount_refunded=0) == 1


def test_whoever_is_erased_leaves_the_books_behind(bob: User) -> None:
    books_of(bob)
    Subscription.objects.update(status="canceled", ended_at=clock.now())
    with transaction.atomic():
        erase(bob.pk)
    assert Payment.objects.get().user_id is None
    assert CheckoutSession.objects.get().user_id is None
    assert "customer_email" not in str(WebhookEvent.objects.get().payload)
    entry = AuditEntry.objects.get(action="erased from the books")
    assert (entry.object_type, entry.object_id) == ("accounts.user", str(bob.pk))
    assert entry.before["payments"] == entry.before["checkouts"] == 1


def test_the_protection_can_be_taken_back_and_put_on_again(bob: User) -> None:
    loader = MigrationLoader(connection)
    migration = loader.get_migration("payments", "0006_evidence_stays")
    triggers: list[Any] = [operation for operation in migration.operations if hasattr(operation, "reverse_sql")]
    books_of(bob)
    assert len(triggers) == len(MONEY)
    with connection.cursor() as cursor:
        for operation in triggers:
            cursor.execute(operation.reverse_sql)
        assert Payment.objects.update(stripe_id="pi_other") == 1
        for operation in triggers:
            cursor.execute(operation.sql)
    assert_refused(lambda: Payment.objects.update(stripe_id="pi_another"))


def sql_of_the_runbook() -> str:
    page = Path(django_settings.BASE_DIR, "docs", "runbook.md").read_text()
    block = page.split("## Who changed what")[1].split("```sql\n")[1].split("```")[0]
    # Roles belong to the whole server, where another test run may be making the same one.
    return block.replace("numerai_app", "numerai_app_of_a_test")


def test_the_role_of_the_runbook_works_and_can_undo_nothing(bob: User) -> None:
    books_of(bob)
    evidence: tuple[type[models.Model], ...] = (*MONEY, AuditEntry, SecurityEvent, Seal)
    seal_new_rows(seconds=30)
    with connection.cursor() as cursor:
        cursor.execute(sql_of_the_runbook())
        cursor.execute("SET LOCAL ROLE numerai_app_of_a_test")

        audit.record(Payment, 1, action="updated", before={}, after={})
        an_event_row()
        assert Payment.objects.update(failure_code="") == 1

        assert_refused(lambda: AuditEntry.objects.update(action="x"), ProgrammingError)
        assert_refused(lambda: LedgerEntry.objects.update(amount=1), ProgrammingError)
        record(EventKind.SIGN_IN, user_id=bob.pk)
        assert_refused(lambda: SecurityEvent.objects.update(user_id=None), ProgrammingError)
        assert_refused(lambda: SecurityEventOrigin.objects.update(device="x"), ProgrammingError)
        assert seal_new_rows(seconds=30) == 2
        assert_refused(lambda: Seal.objects.update(rows=1), ProgrammingError)
        assert verify().waiting == 0
        for model in evidence:
            table = model._meta.db_table
            refusal = ProgrammingError if model is Seal else IntegrityError
            assert_refused(lambda: rows_of(model)._raw_delete("default"), refusal)  # noqa: B023
            for attempt in (
                f"TRUNCATE {table} CASCADE",
                f"ALTER TABLE {table} DISABLE TRIGGER ALL",
                f"DROP TRIGGER {table}_delete ON {table}",
                f"DROP TABLE {table} CASCADE",
                "SET session_replication_role = replica",
                "CREATE OR REPLACE FUNCTION common_evidence_stays() RETURNS trigger LANGUAGE sql AS 'SELECT 1'",
            ):
                assert_refused(lambda: cursor.execute(attempt), ProgrammingError)  # noqa: B023
        cursor.execute("RESET ROLE")


def count() -> dict[str, int]:
    shown: tuple[type[models.Model], ...] = (
        *MONEY,
        InvoiceLine,
        CheckoutSession,
        Subscription,
        StripeCustomer,
        BillingOperation,
        AuditEntry,
    )
    return {model.__name__: model._default_manager.count() for model in shown}


def gone(user: User) -> None:
    """The person asked to be erased when everything had ended."""
    BillingOperation.objects.create(
        user=user, kind="create_customer", livemode=False, fingerprint="x", state="failed", finished_at=clock.now()
    )
    Subscription.objects.filter(user=user).update(status="canceled", ended_at=clock.now())
    with transaction.atomic():
        erase(user.pk)


def test_what_is_past_its_time_goes_and_nothing_else(alice: User, bob: User, charlie: User) -> None:
    with ago(LONG):
        books_of(alice)
        gone(alice)
        kept = books_of(charlie)
        seal_new_rows(seconds=30)
    with ago(KEPT):
        books_of(bob)
        gone(bob)
        seal_new_rows(seconds=30)
    before = count()
    out = StringIO()
    call_command("payments_retention", "--dry-run", stdout=out)
    assert "payments: 1 due\n" in out.getvalue()
    assert "audit entries: 5 due\n" in out.getvalue()
    assert count() == before

    out = StringIO()
    call_command("payments_retention", stdout=out)
    assert "payments: 1 of 1\n" in out.getvalue()
    after = count()
    assert after.pop("WebhookEvent") == 1
    assert after.pop("AuditEntry") == 3 + 12
    assert after.pop("BillingOperation") == 1
    assert set(after.values()) == {2}
    assert Payment.objects.filter(pk=kept.pk).exists()
    removed = AuditEntry.objects.filter(action="removed", object_type="payments.payment").get()
    assert (removed.before, removed.cause_kind) == ({"rows": 1}, "command")

    assert set(retention.due().values()) == {0}
    assert verify().removed == 5
    assert remove_what_is_past_its_time() is None
    assert count()["Payment"] == 2


def test_a_young_refund_keeps_its_old_payment(bob: User) -> None:
    with ago(LONG):
        payment = books_of(bob)
        gone(bob)
    Refund.objects.create(
        payment=payment,
        stripe_id="re_young",
        status="succeeded",
        livemode=False,
        amount=1,
        currency="usd",
        stripe_created_at=clock.now(),
    )
    before = count()
    list(retention.batches())
    after = count()
    for name in ("Payment", "Refund", "Dispute", "LedgerEntry", "BillingHistory", "Subscription", "StripeCustomer"):
        assert after[name] == before[name], name
    assert after["WebhookEvent"] == 0


def test_batches_are_bounded_and_the_work_goes_on_where_it_was_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "BATCH", 3)
    with ago(LONG):
        for _ in range(7):
            an_event_row(payload={})
    work = retention.batches()
    assert next(work) == retention.Batch("events", 3)
    del work
    assert retention.work_for(seconds=0) == 3
    assert WebhookEvent.objects.count() == 1
    assert retention.work_for(seconds=60) == 1
    assert AuditEntry.objects.filter(action="removed").count() == 3


def test_events_handled_or_given_up_lose_what_they_said_of_a_person(deliver: Deliver) -> None:
    with ago(timedelta(days=91)):
        done = an_event_row()
        given_up = an_event_row(state=EventState.PARKED, processed_at=None)
        waiting = an_event_row(state=EventState.FAILED, processed_at=None, next_attempt_at=clock.now())
    young = an_event_row()
    assert retention.due()["payloads"] == 2

    assert [batch for batch in retention.batches() if batch.rows] == [retention.Batch("payloads", 2)]

    for row in (done, given_up):
        row.refresh_from_db()
        assert row.payload == {"data": {"object": {"id": "in_1", "customer": "cus_1"}}}
    for row in (waiting, young):
        row.refresh_from_db()
        assert "customer_email" in str(row.payload)
    assert WebhookEvent.objects.count() == 4


@pytest.mark.parametrize(("years", "days"), [(6, 90), (7, 0)])
def test_too_short_a_time_does_not_start(settings: Settings, years: int, days: int) -> None:
    settings.MONEY_RETENTION_YEARS, settings.WEBHOOK_PAYLOAD_DAYS = years, days
    assert "payments.E010" in {message.id for message in run_checks()}
