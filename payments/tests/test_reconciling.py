"""Everything we keep against everything the local Stripe has, after events were lost, never made, or not enough."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import stripe
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Plan, User
from conftest import make_user
from dev.local_stripe import LocalStripe
from numerai.common import clock
from numerai.common.models import AuditEntry
from payments import sync
from payments.gateway.listing import Listable
from payments.models import (
    BillingHistory,
    CheckoutSession,
    Dispute,
    Drift,
    Payment,
    ReconcileRun,
    RunState,
    StripeCustomer,
    Subscription,
    WebhookEvent,
)
from payments.reconciling import (
    ReconcileRunning,
    access,
    go_on,
    missed,
    reconcile_everything,
    resume_abandoned_run,
    running,
    start_run,
)
from payments.reconciling.access import compare_access
from payments.reconciling.comparing import compare
from payments.reconciling.explaining import NEVER_HEARD
from payments.services import create_checkout_session, create_subscription, get_or_create_stripe_customer
from payments.signals import subscription_changed
from payments.sync import locks
from payments.sync.access import refresh_access
from payments.tests.conftest import PRICES
from payments.tests.delivering import Deliver, asked, confirm, difference, handle_all
from payments.tests.factories import paid_subscription
from payments.webhooks.inbox import store_event
from payments.webhooks.verification import DeliveredEvent

DAY = 86_400


@pytest.fixture
def paying(local_stripe: LocalStripe, bob: User) -> Subscription:
    """Bob has paid with a card, and everything about it is known here."""
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    return Subscription.objects.get()


@pytest.fixture
def deaf_stripe(settings: Settings, transactional_db: None) -> Iterator[LocalStripe]:
    """A Stripe whose events arrive nowhere."""
    with LocalStripe(webhook_url="http://127.0.0.1:9/", prices=PRICES, retry_base_seconds=3600) as server:
        settings.STRIPE_API_BASE = server.url
        yield server


@pytest.fixture
def paying_unheard(deaf_stripe: LocalStripe, bob: User) -> Subscription:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    return Subscription.objects.get()


def reconciled(**options: Any) -> ReconcileRun:
    return go_on(start_run(**options))


def found(run: ReconcileRun) -> dict[str, str]:
    return {drift.stripe_id: drift.explanation for drift in run.drifts.all()}


def test_rule_96_nothing_differs_when_nothing_was_lost(local_stripe: LocalStripe, paying: Subscription) -> None:
    run = reconciled()

    assert (run.state, found(run), run.customers, run.objects_compared >= 3) == (RunState.FINISHED, {}, 1, True)
    assert run.finished_at is not None
    assert AuditEntry.objects.filter(cause_kind="reconcile").count() == 0


def test_rule_96_a_renewal_that_nobody_told_of_is_found_and_repaired_once(
    local_stripe: LocalStripe, paying: Subscription, bob: User
) -> None:
    local_stripe.advance(32 * DAY)

    run = reconciled()

    assert difference(local_stripe) == []
    bill = BillingHistory.objects.order_by("created_at").last()
    assert bill is not None
    assert found(run)[bill.stripe_id] == NEVER_HEARD
    assert all(run.drifts.values_list("is_repaired", flat=True))
    entry = AuditEntry.objects.filter(object_id=str(bill.pk)).first()
    assert entry is not None
    assert (entry.cause_kind, entry.cause_id) == ("reconcile", str(run.pk))

    again = reconciled()
    assert found(again) == {}


def test_rule_96_a_dry_run_reports_the_same_and_changes_nothing(
    local_stripe: LocalStripe, paying: Subscription
) -> None:
    local_stripe.advance(32 * DAY)
    before = difference(local_stripe)
    posts = [each for each in local_stripe.requests if each.method == "POST"]

    run = reconciled(is_dry_run=True)

    assert difference(local_stripe) == before != []
    assert set(run.drifts.values_list("is_repaired", flat=True)) == {False}
    assert {drift.object_type for drift in run.drifts.all()} >= {"invoice", "payment_intent"}
    assert [each for each in local_stripe.requests if each.method == "POST"] == posts


def test_rule_96_one_person_alone(local_stripe: LocalStripe, paying: Subscription, alice: User, bob: User) -> None:
    create_subscription(user=alice, plan="basic", payment_method_id="pm_card_visa")
    local_stripe.advance(32 * DAY)

    run = reconciled(person_id=bob.pk)

    assert run.drifts.exists()
    customers = BillingHistory.objects.filter(stripe_id__in=run.drifts.values("stripe_id")).values_list("user_id")
    assert set(customers) == {(bob.pk,)}
    assert any("subscription" in line for line in difference(local_stripe)) or difference(local_stripe)


def test_rule_97_events_that_could_not_be_delivered_take_the_same_road(
    deaf_stripe: LocalStripe, paying_unheard: Subscription
) -> None:
    deaf_stripe.advance(32 * DAY)

    run = reconciled()

    missed = run.drifts.filter(object_type="event")
    assert missed.exists()
    assert set(missed.values_list("is_repaired", flat=True)) == {True}
    assert WebhookEvent.objects.filter(event_id__in=missed.values("stripe_id")).count() == missed.count()
    assert difference(deaf_stripe) == []
    assert not reconciled().drifts.exists()


def test_rule_97_a_missed_event_that_a_worker_takes_at_once_is_lost_no_more(
    deaf_stripe: LocalStripe, paying_unheard: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaf_stripe.advance(32 * DAY)

    def taken_by_a_worker(row_id: UUID) -> None:
        lease = clock.now() + timedelta(minutes=1)
        WebhookEvent.objects.filter(pk=row_id).update(state="processing", lease_until=lease, attempts=1)

    monkeypatch.setattr(missed, "handle_webhook_event", taken_by_a_worker)

    run = reconciled()

    assert set(run.drifts.filter(object_type="event").values_list("is_repaired", flat=True)) == {True}


def test_rule_97_an_event_that_arrives_after_the_list_was_read_was_late(
    deaf_stripe: LocalStripe, paying_unheard: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaf_stripe.advance(32 * DAY)

    def delivered_meanwhile(event: DeliveredEvent) -> bool:
        return store_event(event) and store_event(event)

    monkeypatch.setattr(missed, "store_event", delivered_meanwhile)

    assert not reconciled().drifts.filter(object_type="event").exists()


def test_rule_97_a_dry_run_only_notes_missed_events(deaf_stripe: LocalStripe, paying_unheard: Subscription) -> None:
    deaf_stripe.advance(32 * DAY)

    run = reconciled(is_dry_run=True)

    assert run.drifts.filter(object_type="event", is_repaired=False).exists()
    assert not WebhookEvent.objects.exists()


def test_rule_98_a_change_that_made_no_event_is_found(
    local_stripe: LocalStripe, paying: Subscription, browser: stripe.StripeClient
) -> None:
    told = local_stripe.events("customer.subscription.updated")
    with local_stripe.mutate_silently():
        browser.v1.subscriptions.update(paying.stripe_id, {"cancel_at_period_end": True})
    assert local_stripe.events("customer.subscription.updated") == told

    run = reconciled()

    paying.refresh_from_db()
    assert paying.cancel_at_period_end
    drift = run.drifts.get()
    assert (drift.object_type, drift.stripe_id, drift.is_repaired) == ("subscription", paying.stripe_id, True)
    assert (drift.ours["cancel_at_period_end"], drift.theirs["cancel_at_period_end"]) == (False, True)


def test_rule_96_refunds_and_disputes_that_nobody_told_of(
    local_stripe: LocalStripe, paying: Subscription, browser: stripe.StripeClient, bob: User
) -> None:
    payment = Payment.objects.get()
    browser.v1.refunds.create({"payment_intent": payment.stripe_id, "amount": 500})
    disputed = local_stripe.dispute(payment.stripe_id, amount=700)

    assert reconciled(is_dry_run=True).drifts.filter(is_repaired=True).count() == 0
    run = reconciled(person_id=bob.pk)

    payment.refresh_from_db()
    assert payment.amount_refunded == 500
    assert Dispute.objects.get().stripe_id == disputed["id"]
    assert {drift.object_type: drift.is_repaired for drift in run.drifts.all()} == {"refund": True, "dispute": True}
    assert not reconciled().drifts.exists()


def test_rule_96_refunds_of_payments_that_are_not_ours_are_left_alone(
    local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    stranger = browser.v1.customers.create({"email": "other@product.example"})
    intent = browser.v1.payment_intents.create(
        {
            "amount": 900,
            "currency": "usd",
            "customer": stranger.id,
            "payment_method": "pm_card_visa",
            "confirm": True,
            "return_url": "https://shop.example/",
            "automatic_payment_methods": {"enabled": True},
        }
    )
    browser.v1.refunds.create({"payment_intent": intent.id})

    assert found(reconciled()) == {}


def test_the_explanation_names_the_event_that_failed(
    local_stripe: LocalStripe, paying: Subscription, browser: stripe.StripeClient, deliver: Deliver
) -> None:
    browser.v1.subscriptions.update(paying.stripe_id, {"cancel_at_period_end": True})
    deliver(local_stripe.events("customer.subscription.updated")[0])
    WebhookEvent.objects.update(state="parked", last_error="It broke.", next_attempt_at=None)

    run = reconciled()

    event = WebhookEvent.objects.get()
    assert found(run)[paying.stripe_id] == (
        f"The event {event.event_id} (customer.subscription.updated) was parked after its last attempt: It broke."
    )


def test_the_explanation_names_the_last_event_that_was_handled(
    local_stripe: LocalStripe, paying: Subscription, browser: stripe.StripeClient, deliver: Deliver
) -> None:
    browser.v1.subscriptions.update(paying.stripe_id, {"cancel_at_period_end": True})
    deliver(local_stripe.events("customer.subscription.updated")[0])
    handle_all()
    browser.v1.subscriptions.update(paying.stripe_id, {"cancel_at_period_end": False})

    assert "No event has told of it since" in found(reconciled())[paying.stripe_id]


def test_what_an_event_has_just_told_of_is_late_and_not_lost(
    local_stripe: LocalStripe, paying: Subscription, browser: stripe.StripeClient, deliver: Deliver
) -> None:
    browser.v1.subscriptions.update(paying.stripe_id, {"cancel_at_period_end": True})
    deliver(local_stripe.events("customer.subscription.updated")[0])

    assert found(reconciled()) == {}
    paying.refresh_from_db()
    assert not paying.cancel_at_period_end


def test_objects_of_strangers_under_the_same_account_are_left_alone(
    local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    stranger = browser.v1.customers.create({"email": "other@product.example"})
    browser.v1.payment_methods.attach("pm_card_visa", {"customer": stranger.id})

    run = reconciled()

    assert (found(run), StripeCustomer.objects.count()) == ({}, 0)


def test_a_customer_whose_link_was_lost_is_linked_again(local_stripe: LocalStripe, bob: User) -> None:
    kept = get_or_create_stripe_customer(bob).stripe_id
    StripeCustomer.objects.all().delete()

    assert reconciled(is_dry_run=True).drifts.count() == 0
    run = reconciled()

    assert StripeCustomer.objects.get().stripe_id == kept
    assert run.drifts.get().object_type == "customer"


def test_the_customer_of_nobody_stays_unlinked(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User
) -> None:
    browser.v1.customers.create({"metadata": {"user_id": "0b9f3a52-0c5e-4a54-9a52-6f0d3a1f2b61"}})

    assert (found(reconciled()), StripeCustomer.objects.count()) == ({}, 0)


@pytest.mark.parametrize("of_one_person", [False, True])
def test_rule_89_a_customer_deleted_unnoticed_is_noticed(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, of_one_person: bool
) -> None:
    customer = get_or_create_stripe_customer(bob)
    browser.v1.customers.delete(customer.stripe_id)
    person = {"person_id": bob.pk} if of_one_person else {}

    assert reconciled(is_dry_run=True, **person).drifts.get().is_repaired is False
    customer.refresh_from_db()
    assert customer.deleted_at is None

    assert reconciled(**person).drifts.get().is_repaired
    customer.refresh_from_db()
    assert customer.deleted_at is not None


def test_a_customer_of_another_account_is_noticed(local_stripe: LocalStripe, bob: User) -> None:
    StripeCustomer.objects.create(user=bob, stripe_id="cus_elsewhere", livemode=False)

    assert reconciled().drifts.get().stripe_id == "cus_elsewhere"


def test_a_row_whose_object_is_gone_cannot_be_repaired(local_stripe: LocalStripe, paying: Subscription) -> None:
    invented = BillingHistory.objects.get()
    BillingHistory.objects.create(
        customer=invented.customer,
        user=invented.user,
        stripe_id="in_invented",
        livemode=False,
        status="paid",
        amount=1,
        currency="usd",
        description="x",
        period_start=invented.period_start,
        period_end=invented.period_end,
        paid_at=invented.paid_at,
        created_at=invented.created_at - timedelta(days=1),
    )

    drift = reconciled().drifts.get()

    assert (drift.stripe_id, drift.is_repaired) == ("in_invented", False)
    assert drift.explanation.startswith("Stripe no longer knows it.")


def test_what_the_mirror_refuses_to_write_is_not_repaired(local_stripe: LocalStripe, paying: Subscription) -> None:
    Subscription.objects.update(status="canceled", ended_at=clock.now())

    drift = reconciled().drifts.get(object_type="subscription")

    assert (drift.is_repaired, drift.ours["status"], drift.theirs["status"]) == (False, "canceled", "active")


def test_access_that_is_not_paid_for_is_taken_back(local_stripe: LocalStripe, paying: Subscription, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(plan=Plan.ELITE, plan_until=clock.now() + timedelta(days=900))

    assert reconciled(is_dry_run=True).drifts.get().object_type == "access"
    run = reconciled()

    bob.refresh_from_db()
    assert (run.drifts.get().is_repaired, bob.subscription_plan) == (True, Plan.PREMIUM)


def test_a_plan_whose_time_is_over_is_no_difference(local_stripe: LocalStripe, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(plan=Plan.BASIC, plan_until=clock.now() - timedelta(days=1))

    assert found(reconciled()) == {}


@pytest.mark.parametrize("failing", ["/v1/invoices", "/v1/invoices/"], ids=["its list", "its repair"])
def test_a_run_that_died_is_gone_on_with_from_its_page(
    local_stripe: LocalStripe, paying: Subscription, failing: str
) -> None:
    local_stripe.advance(32 * DAY)
    run = start_run()
    local_stripe.faults.api(method="GET", path_prefix=failing, status=500, times=20)
    with pytest.raises(Exception, match="unavailable"):
        go_on(run)
    run.refresh_from_db()
    assert (run.state, run.cursor.startswith("invoice")) == (RunState.RUNNING, True)
    local_stripe.faults.configure({"clear": True})

    assert not resume_abandoned_run()
    ReconcileRun.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    asked_before = len(asked(local_stripe, "GET", "/v1/customers"))
    reconcile_everything()

    run.refresh_from_db()
    assert run.state == RunState.FINISHED
    assert len(asked(local_stripe, "GET", "/v1/customers")) == asked_before
    assert difference(local_stripe) == []
    assert ReconcileRun.objects.count() == 1


def test_two_runs_do_not_repair_at_once(local_stripe: LocalStripe, bob: User) -> None:
    start_run()

    with pytest.raises(ReconcileRunning):
        start_run()
    reconcile_everything()
    assert start_run(is_dry_run=True).state == RunState.RUNNING
    assert start_run(person_id=bob.pk).state == RunState.RUNNING


def test_the_nightly_task(local_stripe: LocalStripe, paying: Subscription) -> None:
    from payments.tasks import reconcile, resume_reconciling

    reconcile()
    resume_reconciling()

    assert ReconcileRun.objects.get().state == RunState.FINISHED


def test_many_pages(deaf_stripe: LocalStripe, paying_unheard: Subscription, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payments.gateway.listing.PAGE_SIZE", 2)
    monkeypatch.setattr("payments.gateway.events.PAGE_SIZE", 2)
    monkeypatch.setattr("payments.reconciling.access.BATCH", 1)
    for number in range(5):
        create_subscription(
            user=make_user(email=f"p{number}@example.com", full_name="Pat Doe", born=None),
            plan="basic",
            payment_method_id="pm_card_visa",
        )
    deaf_stripe.advance(100 * DAY)

    reconciled()

    assert difference(deaf_stripe) == []
    assert BillingHistory.objects.count() > 5
    assert not reconciled().drifts.exists()


@pytest.mark.parametrize("phase", ["customers", "events"])
def test_a_run_at_work_keeps_its_lease_through_long_phases(
    deaf_stripe: LocalStripe,
    paying_unheard: Subscription,
    monkeypatch: pytest.MonkeyPatch,
    phase: str,
) -> None:
    """Else another worker takes the run over while the first is still at it."""
    monkeypatch.setattr("payments.gateway.listing.PAGE_SIZE", 1)
    for number in range(3):
        get_or_create_stripe_customer(make_user(email=f"p{number}@example.com", full_name="Pat Doe", born=None))
    given: list[str] = []
    lease = running._lease

    def noted() -> datetime:
        given.append(ReconcileRun.objects.values_list("cursor", flat=True).last() or "")
        return lease()

    monkeypatch.setattr(running, "_lease", noted)
    reconciled()
    assert len([cursor for cursor in given if cursor.startswith(phase)]) > 3


def test_comparing_a_run_takes_longer_than_other_tasks_may() -> None:
    from payments.tasks import reconcile, resume_reconciling

    assert reconcile.time_limit == resume_reconciling.time_limit == 6 * 3600


def test_access_of_many_costs_as_many_queries_as_of_one(
    local_stripe: LocalStripe, alice: User, bob: User, charlie: User
) -> None:
    def queries(*people: User) -> int:
        for person in people:
            paid_subscription(person)
            paid_subscription(person, status="canceled")
            with transaction.atomic():
                refresh_access(user_id=person.pk, status="active")
        run = start_run(is_dry_run=True)
        with CaptureQueriesContext(connection) as captured:
            compare_access(run, after="")
        assert not run.drifts.exists()
        return len(captured)

    assert queries(alice) == queries(bob, charlie)


def test_one_whose_access_cannot_be_repaired_stops_nobody_elses(
    local_stripe: LocalStripe, paying: Subscription, alice: User, bob: User
) -> None:
    paid_until = clock.now() + timedelta(days=900)
    User.objects.filter(pk__in=[alice.pk, bob.pk]).update(plan=Plan.ELITE, plan_until=paid_until)

    def fail(sender: object, user_id: UUID, **_: object) -> None:
        if user_id == alice.pk:
            raise ZeroDivisionError

    subscription_changed.connect(fail)
    try:
        run = reconciled()
    finally:
        subscription_changed.disconnect(fail)

    assert run.state == RunState.FINISHED
    alice.refresh_from_db()
    bob.refresh_from_db()
    assert (alice.subscription_plan, bob.subscription_plan) == (Plan.ELITE, Plan.PREMIUM)
    assert run.drifts.get(stripe_id=str(alice.pk)).explanation.startswith("ZeroDivisionError")
    assert dict(run.drifts.values_list("stripe_id", "is_repaired"))[str(alice.pk)] is False


@pytest.mark.parametrize("is_dry_run", [True, False])
def test_what_a_customer_paid_another_product_is_no_difference(
    local_stripe: LocalStripe, browser: stripe.StripeClient, paying: Subscription, is_dry_run: bool
) -> None:
    customer = paying.customer.stripe_id
    browser.v1.payment_intents.create({"customer": customer, "amount": 500, "currency": "usd"})
    page: Any = {
        "mode": "payment",
        "customer": customer,
        "line_items": [
            {
                "price_data": {"currency": "usd", "unit_amount": 500, "product_data": {"name": "A mug"}},
                "quantity": 1,
            }
        ],
        "success_url": "https://example.com/",
    }
    browser.v1.checkout.sessions.create(page)

    assert found(reconciled(is_dry_run=is_dry_run)) == {}


class TestCommand:
    def run(self, *arguments: str) -> str:
        output = io.StringIO()
        call_command("stripe_reconcile", *arguments, stdout=output)
        return output.getvalue()

    def test_reports_what_was_found_and_repaired(self, local_stripe: LocalStripe, paying: Subscription) -> None:
        local_stripe.advance(32 * DAY)

        looked = self.run("--dry-run")
        assert "would be repaired" in looked
        said = self.run()
        assert f"subscription {paying.stripe_id}" in said or "invoice in_" in said
        assert "; repaired. No event about it has arrived." in said
        assert self.run().endswith("Differences: none. Repaired: 0.\n")

    @pytest.mark.parametrize("named", ["bob@example.com", "the id"])
    def test_one_person(self, local_stripe: LocalStripe, paying: Subscription, bob: User, named: str) -> None:
        assert bob.email
        assert "Differences: none" in self.run("--user", bob.email if "@" in named else str(bob.pk))
        assert ReconcileRun.objects.get().person_id == bob.pk

    @pytest.mark.parametrize("named", ["nobody@example.com", "7b9f3a52-0c5e-4a54-9a52-6f0d3a1f2b61", "bob"])
    def test_an_unknown_person(self, local_stripe: LocalStripe, named: str) -> None:
        with pytest.raises(CommandError, match=named):
            self.run("--user", named)
        assert not ReconcileRun.objects.exists()

    def test_what_cannot_be_repaired_ends_with_an_error(self, local_stripe: LocalStripe, bob: User) -> None:
        customer = get_or_create_stripe_customer(bob)
        now = clock.now()
        Subscription.objects.create(
            user=bob,
            customer=customer,
            stripe_id="sub_invented",
            livemode=False,
            price_id="price_x",
            amount=1,
            currency="usd",
            status="canceled",
            stripe_created_at=now,
        )

        with pytest.raises(CommandError, match="1 differences could not be repaired"):
            self.run()
        assert Drift.objects.get().stripe_id == "sub_invented"

    def test_a_second_run_is_refused(self, local_stripe: LocalStripe) -> None:
        start_run()

        with pytest.raises(CommandError, match="Another run"):
            self.run()


def test_comparing_costs_no_query_for_each_object(local_stripe: LocalStripe, paying: Subscription) -> None:
    """Two more bills cost no more queries than none."""

    def queries() -> int:
        connection.force_debug_cursor = True
        before = len(connection.queries_log)
        reconciled()
        return len(connection.queries_log) - before

    try:
        few = queries()
        local_stripe.advance(65 * DAY)
        reconciled()
        assert queries() == few
    finally:
        connection.force_debug_cursor = False


def test_confirming_is_not_needed_for_what_is_incomplete(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User
) -> None:
    secret = create_subscription(user=bob, plan="basic").client_secret
    assert secret is not None
    assert found(reconciled()) == {}
    confirm(browser, secret)

    run = reconciled()

    assert Subscription.objects.get().status == "active"
    assert {drift.object_type for drift in run.drifts.all()} >= {"subscription"}


def test_a_payment_that_we_do_not_mirror_is_no_difference(
    local_stripe: LocalStripe, paying: Subscription, browser: stripe.StripeClient
) -> None:
    browser.v1.payment_intents.create({"amount": 900, "currency": "usd", "customer": paying.customer.stripe_id})

    assert found(reconciled()) == {}


def test_a_repair_that_fails_is_reported_and_keeps_nobody_waiting(
    local_stripe: LocalStripe, paying: Subscription, alice: User
) -> None:
    create_subscription(user=alice, plan="basic", payment_method_id="pm_card_visa")

    def fail(user_id: UUID, **_: Any) -> None:
        if user_id == paying.user_id:
            raise RuntimeError("A receiver is broken.")

    local_stripe.advance(32 * DAY)
    subscription_changed.connect(fail)
    try:
        run = reconciled()
    finally:
        subscription_changed.disconnect(fail)

    left = run.drifts.filter(is_repaired=False)
    assert left.exists()
    assert all("RuntimeError: A receiver is broken." in drift.explanation for drift in left)
    assert set(BillingHistory.objects.filter(user=alice).values_list("status", flat=True)) == {"paid"}
    assert BillingHistory.objects.filter(user=alice).count() == 2
    assert not reconciled().drifts.filter(is_repaired=False).exists()


def test_access_that_a_worker_has_just_mended_is_no_difference(
    local_stripe: LocalStripe, paying: Subscription, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second look, under the customer's lock, decides."""
    until = User.objects.values_list("plan_until", flat=True).get(pk=bob.pk)
    User.objects.filter(pk=bob.pk).update(plan=Plan.ELITE)
    lock = locks.customer_lock

    @contextmanager
    def mended_meanwhile(name: str) -> Iterator[None]:
        User.objects.filter(pk=bob.pk).update(plan=Plan.PREMIUM, plan_until=until)
        with lock(name):
            yield

    monkeypatch.setattr(access, "customer_lock", mended_meanwhile)

    assert found(reconciled()) == {}


@pytest.mark.parametrize("is_dry_run", [True, False])
def test_what_changed_since_the_list_was_read_is_no_difference(
    local_stripe: LocalStripe,
    paying: Subscription,
    browser: stripe.StripeClient,
    monkeypatch: pytest.MonkeyPatch,
    is_dry_run: bool,
) -> None:
    def change_first(run: ReconcileRun, kind: Listable, *rest: Any) -> int:
        if kind == Listable.SUBSCRIPTION:
            browser.v1.subscriptions.update(paying.stripe_id, {"cancel_at_period_end": True})
            sync.sync_subscription(paying.stripe_id)
        return compare(run, kind, *rest)

    monkeypatch.setattr(running, "compare", change_first)

    assert found(reconciled(is_dry_run=is_dry_run)) == {}


def test_an_abandoned_run_is_taken_by_one_worker(
    local_stripe: LocalStripe, paying: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start_run()
    ReconcileRun.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    lease = running._lease

    def taken_by_another() -> datetime:
        ReconcileRun.objects.filter(pk=run.pk).update(lease_until=lease())
        return lease()

    monkeypatch.setattr(running, "_lease", taken_by_another)

    assert not resume_abandoned_run()
    run.refresh_from_db()
    assert run.state == RunState.RUNNING


def test_rule_96_a_checkout_that_nobody_told_of(local_stripe: LocalStripe, bob: User) -> None:
    opened = create_checkout_session(user=bob, plan="basic")
    local_stripe.pay_session(opened.session_id)

    run = reconciled()

    assert CheckoutSession.objects.get().status == "complete"
    assert run.drifts.get(object_type="checkout.session").is_repaired
    assert not reconciled().drifts.exists()
