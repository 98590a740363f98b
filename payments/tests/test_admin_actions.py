"""What operators do to subscriptions, bills, payments and customers: by the services that everybody uses, on record."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest
import stripe
from django.contrib.auth.models import Permission
from django.db import connection as database
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import User
from dev.local_stripe import LocalStripe
from numerai.common.models import AuditEntry
from numerai.common.redis import connection
from payments import sync
from payments.admin.desk.acting import MOST_AT_ONCE
from payments.models import BillingHistory, BillingOperation, Payment, ReconcileRun, StripeCustomer, Subscription
from payments.privacy import erase
from payments.reconciling import ReconcileRunning, ask_for_run
from payments.services import cancel_subscription, pause_subscription
from payments.sync import locks
from payments.tasks import resume_reconciling
from payments.tests.changing import ASKS, DAY, Subscriber, everything, writes
from payments.tests.factories import paid_invoice, paid_subscription, stripe_customer
from payments.tests.paying import buy
from payments.tests.selling import selling

SAME = "Stripe says the same."


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def told(answer: Any) -> list[str]:
    """The sentences, without whose they are."""
    return [str(message).split(": ", 1)[-1] for message in answer.context["messages"]]


def press(desk: Client, row: Model, action: str) -> list[str]:
    """On the page of the row: first the question, which changes nothing, then yes."""
    url = reverse(f"admin:payments_{row._meta.model_name}_{action}", args=[row.pk])
    asked = desk.get(url)
    assert asked.status_code == 200
    assert "?" in asked.context["question"]
    return told(desk.post(url, follow=True))


def choose(desk: Client, action: str, *rows: Model, **answers: str) -> Any:
    url = reverse(f"admin:payments_{rows[0]._meta.model_name}_changelist")
    return desk.post(url, {"action": action, "_selected_action": [row.pk for row in rows]} | answers, follow=True)


def actors_since(count: int) -> set[tuple[str, str]]:
    entries = AuditEntry.objects.order_by("pk")[count:]
    return {(entry.actor_kind, entry.actor_id) for entry in entries}


@contextmanager
def locked(customer: str) -> Iterator[None]:
    """Somebody else is at work on the customer."""
    held, over = Event(), Event()

    def hold() -> None:
        with locks.customer_lock(customer):
            held.set()
            over.wait(60)
        database.close()

    thread = Thread(target=hold)
    thread.start()
    held.wait(60)
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_subscription_is_cancelled_kept_and_ended(desk: Client, subscriber: Subscriber, operator: User) -> None:
    subscriber.subscribe()
    row, before = subscriber.row, AuditEntry.objects.count()
    end = row.current_period_end
    assert end is not None

    assert press(desk, row, "cancel_later") == [f"It ends on {end:%Y-%m-%d}."]
    assert subscriber.row.cancel_at_period_end
    assert press(desk, row, "cancel_later") == [f"It ends on {end:%Y-%m-%d}."]
    assert press(desk, row, "resume") == ["It is active and goes on."]
    assert not subscriber.row.cancel_at_period_end
    assert press(desk, row, "resume") == ["It is active and goes on."]
    assert press(desk, row, "cancel_now") == ["It has ended."]
    assert subscriber.row.status == "canceled"
    assert press(desk, row, "cancel_now") == ["It has ended."]

    assert actors_since(before) == {("operator", str(operator.pk))}
    done = BillingOperation.objects.filter(params__actor_id=str(operator.pk))
    assert set(done.values_list("user", "state")) == {(subscriber.user.pk, "succeeded")}
    causes = [entry.cause_id for entry in AuditEntry.objects.order_by("pk")[before:]]
    assert set(causes) <= {str(pk) for pk in done.values_list("pk", flat=True)}
    subscriber.bring()
    assert subscriber.plan == "free"


def test_asking_changes_nothing(desk: Client, subscriber: Subscriber) -> None:
    subscriber.subscribe()
    row, before, asked = subscriber.row, everything(subscriber.server), writes(subscriber.server)
    for action in ("sync", "resume", "cancel_later", "cancel_now"):
        desk.get(reverse(f"admin:payments_subscription_{action}", args=[row.pk]))
    for action in ("cancel_all_later", "cancel_all_now", "resume_all"):
        answer = choose(desk, action, row)
        assert row.user is not None
        assert row.user.email in answer.context["question"]
        assert f'value="{row.pk}"' in answer.content.decode()
    assert (everything(subscriber.server), writes(subscriber.server)) == (before, asked)
    assert Subscription.objects.values().get() == Subscription.objects.filter(pk=row.pk).values().get()


def test_several_are_ended_at_once_and_each_is_told_of(
    desk: Client, subscriber: Subscriber, charlie: User, operator: User
) -> None:
    subscriber.subscribe()
    row, unknown = subscriber.row, paid_subscription(charlie)
    answer = choose(desk, "cancel_all_now", row, unknown, confirmed="yes")
    sentences = {str(message) for message in answer.context["messages"]}
    assert f"{row.stripe_id}: It has ended." in sentences
    assert any(each.startswith(f"{unknown.stripe_id}: Payments are unavailable") for each in sentences)
    row.refresh_from_db()
    assert row.status == "canceled"


def test_lists_cancel_later_and_let_go_on(desk: Client, subscriber: Subscriber) -> None:
    subscriber.subscribe()
    row = subscriber.row
    (sentence,) = told(choose(desk, "cancel_all_later", row, confirmed="yes"))
    assert sentence.startswith("It ends on ")
    assert told(choose(desk, "resume_all", row, confirmed="yes")) == ["It is active and goes on."]


def test_a_refusal_is_told_in_its_own_words(desk: Client, subscriber: Subscriber) -> None:
    subscriber.subscribe()
    press(desk, subscriber.row, "cancel_now")
    before = everything(subscriber.server)
    assert press(desk, subscriber.row, "resume") == ["Your subscription has ended. Choose a plan to start a new one."]
    assert everything(subscriber.server) == before


def test_a_pause_ends_with_a_bill_that_the_person_has_to_confirm(
    desk: Client, subscriber: Subscriber, operator: User
) -> None:
    subscriber.subscribe()
    subscriber.wait(15 * DAY)
    pause_subscription(user=subscriber.user)
    subscriber.wait(40 * DAY)
    subscriber.use_card(ASKS)
    row = subscriber.row
    assert row.status == "paused"
    desk.force_login(operator)
    (sentence,) = press(desk, row, "resume")
    assert sentence.startswith("The bill of the new period waits for the person")


def test_the_one_that_was_bought_twice_is_ended_and_no_other(
    desk: Client, subscriber: Subscriber, browser: stripe.StripeClient
) -> None:
    subscriber.subscribe()
    kept = subscriber.row
    item: Any = {"price": subscriber.price}
    twin = browser.v1.subscriptions.create({"customer": kept.customer.stripe_id, "items": [item]})
    sync.sync_subscription(twin.id)
    duplicate = Subscription.objects.get(stripe_id=twin.id)
    assert duplicate.duplicate_of == kept
    assert press(desk, duplicate, "cancel_now") == ["It has ended."]
    assert {row.stripe_id: row.status for row in Subscription.objects.all()} == {
        kept.stripe_id: "active",
        twin.id: "canceled",
    }


def test_closed_accounts_are_freed_and_not_charged_again(desk: Client, subscriber: Subscriber, operator: User) -> None:
    subscriber.subscribe()
    User.objects.filter(pk=subscriber.user.pk).update(is_active=False)
    (sentence,) = press(desk, subscriber.row, "resume")
    assert sentence.startswith("The account of this person is closed")
    Subscription.objects.update(user=None)
    (sentence,) = press(desk, subscriber.row, "resume")
    assert sentence.startswith("The account of this person is closed")
    assert press(desk, subscriber.row, "cancel_now") == ["It has ended."]
    assert BillingOperation.objects.latest("created_at").user_id == operator.pk


def test_looking_now_brings_a_row_up_to_date(
    desk: Client, subscriber: Subscriber, browser: stripe.StripeClient, operator: User
) -> None:
    subscriber.subscribe()
    row, before = subscriber.row, AuditEntry.objects.count()
    assert press(desk, row, "sync") == [SAME]
    assert AuditEntry.objects.count() == before
    browser.v1.subscriptions.update(row.stripe_id, {"cancel_at_period_end": True})
    (sentence,) = press(desk, row, "sync")
    assert sentence.startswith("Brought up to date: ")
    assert "cancel at period end" in sentence
    assert subscriber.row.cancel_at_period_end
    assert actors_since(before) == {("operator", str(operator.pk))}
    assert told(choose(desk, "sync_now", row)) == [SAME]


def test_looking_at_bills_and_payments(
    desk: Client, subscriber: Subscriber, browser: stripe.StripeClient, operator: User
) -> None:
    subscriber.subscribe()
    bill, payment = BillingHistory.objects.get(), Payment.objects.get()
    assert press(desk, bill, "sync") == [SAME]
    assert told(choose(desk, "sync_now", payment)) == [SAME]
    BillingHistory.objects.update(status="open", paid_at=None)
    before = AuditEntry.objects.count()
    assert told(choose(desk, "sync_now", bill)) == ["Brought up to date: status, paid at."]
    assert actors_since(before) == {("operator", str(operator.pk))}
    browser.v1.refunds.create({"payment_intent": payment.stripe_id, "amount": 100})
    assert press(desk, payment, "sync") == ["Brought up to date: amount refunded."]
    assert payment.refunds.get().amount == 100


def test_looking_at_a_single_purchase(
    desk: Client, local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User
) -> None:
    with selling():
        payment = buy(browser, bob)
        Payment.objects.update(status="processing", paid_at=None, fulfilment="none")
        (sentence,) = press(desk, payment, "sync")
    assert "status" in sentence
    payment.refresh_from_db()
    assert payment.status == "succeeded"


def test_a_customer_is_compared_whole(
    desk: Client, subscriber: Subscriber, browser: stripe.StripeClient, operator: User
) -> None:
    subscriber.subscribe()
    customer, before = StripeCustomer.objects.get(), AuditEntry.objects.count()
    (sentence,) = press(desk, customer, "sync")
    assert sentence.endswith("objects compared, and Stripe says the same.")
    browser.v1.subscriptions.update(subscriber.row.stripe_id, {"cancel_at_period_end": True})
    (sentence,) = told(choose(desk, "sync_now", customer))
    assert sentence.endswith("objects compared, 1 difference found and repaired.")
    assert subscriber.row.cancel_at_period_end
    assert ReconcileRun.objects.latest("started_at").person_id == subscriber.user.pk
    assert actors_since(before) == {("operator", str(operator.pk))}


def test_a_customer_whom_stripe_has_deleted(desk: Client, subscriber: Subscriber, browser: stripe.StripeClient) -> None:
    subscriber.subscribe()
    cancel_subscription(user=subscriber.user, when="now")
    customer = StripeCustomer.objects.get()
    with transaction.atomic():
        erase(subscriber.user.pk)
    customer.refresh_from_db()
    assert customer.user is None
    assert press(desk, customer, "sync") == [SAME]
    browser.v1.customers.delete(customer.stripe_id)
    assert press(desk, customer, "sync") == ["Brought up to date: deleted at Stripe."]
    assert press(desk, customer, "sync") == [SAME]


def test_differences_that_cannot_be_repaired_are_counted(desk: Client, subscriber: Subscriber) -> None:
    subscriber.subscribe()
    # What is over never comes back to life.
    Subscription.objects.update(status="canceled")
    (sentence,) = press(desk, StripeCustomer.objects.get(), "sync")
    assert sentence.endswith("not repaired.")


def test_what_stripe_does_not_know_is_said(desk: Client, local_stripe: LocalStripe, bob: User) -> None:
    row = paid_subscription(bob)
    assert press(desk, row, "sync") == ["Stripe does not know it. Is it of another account or mode?"]
    assert press(desk, row, "cancel_now")[0].startswith("Payments are unavailable")


def test_what_belongs_to_nobody_here_is_said(
    desk: Client, subscriber: Subscriber, browser: stripe.StripeClient, charlie: User
) -> None:
    subscriber.subscribe()
    foreign = browser.v1.customers.create({"email": "x@example.com"})
    item: Any = {"price": subscriber.price}
    made = browser.v1.subscriptions.create(
        {"customer": foreign.id, "items": [item], "payment_behavior": "default_incomplete"}
    )
    row = paid_subscription(charlie, stripe_id=made.id)
    assert press(desk, row, "sync") == ["It belongs to a customer whom nobody here is linked to."]


def test_somebody_else_at_work_is_said(desk: Client, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch) -> None:
    subscriber.subscribe()
    monkeypatch.setattr(locks, "CUSTOMER_WAIT_SECONDS", 0.05)
    with locked(subscriber.row.customer.stripe_id):
        assert press(desk, subscriber.row, "sync") == ["Somebody else is at work on it. Please try again in a moment."]


def test_too_many_at_once_are_refused(desk: Client, local_stripe: LocalStripe, bob: User) -> None:
    customer = stripe_customer(bob)
    subscription = paid_subscription(bob)
    bills = [paid_invoice(subscription) for _ in range(MOST_AT_ONCE)]
    answer = choose(desk, "sync_now", *bills, BillingHistory.objects.get(stripe_id=subscription.latest_invoice_id))
    assert told(answer) == [f"Choose at most {MOST_AT_ONCE} at once; nothing was done."]
    assert local_stripe.requests == []
    assert customer.stripe_id


def test_each_action_needs_a_permission_of_its_own(client: Client, subscriber: Subscriber, charlie: User) -> None:
    subscriber.subscribe()
    charlie.is_staff = True
    charlie.save()
    for codename in ("view_subscription", "view_billinghistory", "view_payment", "view_stripecustomer"):
        charlie.user_permissions.add(Permission.objects.get(codename=codename))
    client.force_login(charlie)
    rows: dict[Model, tuple[str, ...]] = {
        subscriber.row: ("sync", "resume", "cancel_later", "cancel_now"),
        BillingHistory.objects.get(): ("sync",),
        Payment.objects.get(): ("sync", "refund"),
        StripeCustomer.objects.get(): ("sync",),
    }
    before = everything(subscriber.server)
    for row, actions in rows.items():
        shown = client.get(reverse(f"admin:payments_{row._meta.model_name}_change", args=[row.pk])).content.decode()
        for action in actions:
            url = reverse(f"admin:payments_{row._meta.model_name}_{action}", args=[row.pk])
            assert (client.get(url).status_code, client.post(url).status_code) == (403, 403)
            assert url not in shown
    for action in ("cancel_all_now", "cancel_all_later", "resume_all", "sync_now"):
        choose(client, action, subscriber.row, confirmed="yes")
    assert everything(subscriber.server) == before
    charlie.user_permissions.add(Permission.objects.get(codename="cancel_subscription"))
    assert press(client, subscriber.row, "cancel_now") == ["It has ended."]


def test_who_may_not_look_may_not_act(client: Client, subscriber: Subscriber, charlie: User) -> None:
    subscriber.subscribe()
    charlie.is_staff = True
    charlie.save()
    charlie.user_permissions.add(Permission.objects.get(codename="cancel_subscription"))
    client.force_login(charlie)
    url = reverse("admin:payments_subscription_cancel_now", args=[subscriber.row.pk])
    assert client.post(url).status_code == 403
    assert subscriber.row.status == "active"


def test_a_row_that_is_not_there_is_404(desk: Client, local_stripe: LocalStripe, bob: User) -> None:
    url = reverse("admin:payments_subscription_cancel_now", args=[bob.pk])
    assert desk.get(url).status_code == 404


def start(desk: Client, **answers: str) -> Any:
    url = reverse("admin:payments_reconcilerun_start")
    assert desk.get(url).status_code == 200
    return desk.post(url, {"confirmed": "yes"} | answers, follow=True)


def test_a_run_is_started_and_carried_out_by_a_worker(
    desk: Client, subscriber: Subscriber, browser: stripe.StripeClient, operator: User
) -> None:
    subscriber.subscribe()
    browser.v1.subscriptions.update(subscriber.row.stripe_id, {"cancel_at_period_end": True})
    waiting = int(str(connection().llen("celery")))
    answer = start(desk)
    assert told(answer) == ["It begins as soon as a worker is free; this page tells how far it is."]
    run = ReconcileRun.objects.get()
    assert (run.state, run.is_dry_run, run.objects_compared) == ("running", False, 0)
    assert int(str(connection().llen("celery"))) == waiting + 1
    entry = AuditEntry.objects.get(object_id=str(run.pk))
    assert (entry.action, entry.actor_kind, entry.actor_id) == ("asked for", "operator", str(operator.pk))
    assert told(start(desk)) == ["Another run is comparing everything already. Please wait until it has ended."]
    resume_reconciling()
    run.refresh_from_db()
    assert run.state == "finished"
    assert subscriber.row.cancel_at_period_end


def test_a_run_may_only_look(desk: Client, subscriber: Subscriber, browser: stripe.StripeClient) -> None:
    subscriber.subscribe()
    browser.v1.subscriptions.update(subscriber.row.stripe_id, {"cancel_at_period_end": True})
    start(desk, only_look="on")
    resume_reconciling()
    run = ReconcileRun.objects.get()
    assert (run.is_dry_run, run.drifts.get().is_repaired) == (True, False)
    assert not subscriber.row.cancel_at_period_end
    ask_for_run(is_dry_run=False)
    for is_dry_run in (False, True):
        with pytest.raises(ReconcileRunning):
            ask_for_run(is_dry_run=is_dry_run)


def test_runs_are_started_by_those_who_may(client: Client, local_stripe: LocalStripe, charlie: User) -> None:
    charlie.is_staff = True
    charlie.save()
    charlie.user_permissions.add(Permission.objects.get(codename="view_reconcilerun"))
    client.force_login(charlie)
    url = reverse("admin:payments_reconcilerun_start")
    assert (client.get(url).status_code, client.post(url).status_code) == (403, 403)
    assert not ReconcileRun.objects.exists()
