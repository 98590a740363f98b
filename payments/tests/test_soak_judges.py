"""The soak's judges see what is wrong, and its people can do all that they do."""

import importlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import stripe
import time_machine
from celery.signals import task_postrun, task_prerun, worker_process_init
from django.db import transaction
from django.db.models.base import ModelState

from accounts.models import User
from conftest import make_user
from dev.local_stripe import LocalStripe
from dev.local_stripe.world.errors import StripeError
from notifications.models import Notification
from numerai.common import audit, clock
from payments import purchasables
from payments.models import (
    BillingHistory,
    BillingOperation,
    Drift,
    Fulfilment,
    InvoiceLine,
    LedgerEntry,
    OperationState,
    Payment,
    Refund,
    RefundRequest,
    StripeCustomer,
    Subscription,
)
from payments.models.refund import RequestState
from payments.notices.kinds import OPERATOR_BOUGHT_TWICE, RECEIPT
from payments.reconciling import go_on, start_run
from payments.reconciling.explaining import NEVER_HEARD
from payments.services import create_payment_intent, create_refund, create_subscription, request_refund
from payments.sync import sync_refunds
from payments.tests.delivering import Deliver, handle_all
from payments.tests.soak import at_work, check, goods
from payments.tests.soak.check import Stripe, complaints
from payments.tests.soak.drifts import by_explanation, unexplained
from payments.tests.soak.people import NOTHING, Person
from payments.tests.soak.town import Town, wait_for

SEEDS = 3


@pytest.fixture
def town(local_stripe: LocalStripe, tmp_path: Path) -> Iterator[Town]:
    goods.register()
    with time_machine.travel(datetime.now(UTC)) as traveller:
        operator = make_user(
            email="op@soak.example", full_name="Olivia Park", born=None, is_superuser=True, is_staff=True
        )
        yield Town(local_stripe, traveller, tmp_path / "clock", operator, seed=1)
    purchasables.unregister(goods.KIND)


@pytest.fixture
def bob_(town: Town, bob: User) -> Person:
    """Bob subscribes, and buys two things, one of which he gives back."""
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    for reference in ("1", "2"):
        create_payment_intent(user=bob, kind=goods.KIND, reference=reference, payment_method_id="pm_card_visa")
    create_refund(payment=Payment.objects.get(reference="2"))
    return Person(town, bob)


def test_all_is_well(town: Town, bob_: Person) -> None:
    assert complaints(town.server, [bob_]) == []
    run = go_on(start_run())
    assert (unexplained(run, town), list(by_explanation(run))) == ([], [])


def test_all_is_well_while_the_money_is_disputed(town: Town, bob_: Person, deliver: Deliver) -> None:
    town.server.dispute(thing().get().stripe_id, status="needs_response", amount=100)
    for event in town.server.events():
        deliver(event)
    handle_all()
    assert complaints(town.server, [bob_]) == []


def heard(action: str, given_back: int, **about: Any) -> None:
    payment = Payment.objects.get(reference="1")
    after = {"given_back": given_back, "amount": payment.amount}
    with transaction.atomic():
        audit.record(Payment, about.get("pk", payment.pk), action=action, before={}, after=after)


def thing() -> Any:
    return Payment.objects.filter(reference="1")


def book(person: Person) -> None:
    LedgerEntry.objects.create(
        payment=thing().get(), kind="payment", source="pi_more", amount=1, currency="eur", livemode=False
    )


def another(model: Any, **changes: Any) -> None:
    """A row like the only one that there is."""
    row = model.objects.get()
    for name, value in {"id": uuid4(), "_state": ModelState(), **changes}.items():
        setattr(row, name, value)
    row.save(force_insert=True)


WRONG: dict[str, Callable[[Person], object]] = {
    "customers: customer cus_": lambda person: StripeCustomer.objects.update(deleted_at=clock.now()),
    "mirror: subscription sub_": lambda person: Subscription.objects.update(cancel_at_period_end=True),
    "mirror: refund re_other is not at Stripe": lambda person: another(Refund, stripe_id="re_other"),
    "is not here": lambda person: person.town.page.v1.refunds.create({"payment_intent": thing().get().stripe_id}),
    "lines: the lines of": lambda person: InvoiceLine.objects.update(amount=1),
    "ledger: ": book,
    "refunded: 0 was given back": lambda person: thing().update(amount_refunded=1),
    "access: bob": lambda person: User.objects.filter(pk=person.user.pk).update(plan="elite"),
    "no_second_subscription: sub_2": lambda person: another(
        Subscription, stripe_id="sub_2", duplicate_of=Subscription.objects.get()
    ),
    "made_once: 1999 was paid": lambda person: BillingHistory.objects.update(amount_paid=1),
    "has thing": lambda person: Payment.objects.update(kind=goods.KIND, reference="1", fulfilment=Fulfilment.FULFILLED),
    "told_once: pi_": lambda person: heard(goods.PAID, 0),
    "and its seller heard []": lambda person: Payment.objects.filter(kind="subscription").update(kind=goods.KIND),
    "0 was given back, and its seller": lambda person: heard(goods.REFUNDED, 7),
    "which nobody paid": lambda person: heard(goods.PAID, 0, pk=uuid4()),
    "has 0 receipts": lambda person: Notification.objects.filter(kind=RECEIPT).delete(),
    "receipts payments.receipt:in_0 for nothing": lambda person: Notification.objects.filter(kind=RECEIPT).update(
        dedupe_key=f"{RECEIPT}:in_0"
    ),
    "operations: ": lambda person: BillingOperation.objects.update(state=OperationState.UNKNOWN, finished_at=None),
}


@pytest.mark.parametrize("complaint", list(WRONG))
def test_what_is_wrong_is_seen(town: Town, bob_: Person, complaint: str) -> None:
    WRONG[complaint](bob_)
    found = complaints(town.server, [bob_])
    assert any(complaint in each for each in found), found


def test_what_was_made_twice_is_seen(town: Town, bob_: Person) -> None:
    theirs = Stripe(town.server)
    for kind in ("customer", "subscription", "payment_intent", "refund"):
        theirs.objects[kind] = theirs.objects[kind] * 2
    found = list(check.made_once(theirs))
    assert len([each for each in found if each.startswith("operation")]) == 4
    assert f"{bob_.user.pk} is 2 customers" in found


def test_what_was_bought_again_and_came_back_may_be_there_twice(town: Town, bob_: Person) -> None:
    """The one exception; it has to be told to operators, and nothing else makes two of one."""
    first = Payment.objects.get(reference="2")
    create_payment_intent(user=bob_.user, kind=goods.KIND, reference="2", payment_method_id="pm_card_visa")
    town.server.settle_refund(Refund.objects.get().stripe_id, "failed")
    sync_refunds(first.stripe_id)
    assert Payment.objects.filter(reference="2", fulfilment=Fulfilment.FULFILLED).count() == 2
    assert complaints(town.server, [bob_]) == []

    Notification.objects.filter(kind=OPERATOR_BOUGHT_TWICE).delete()
    assert complaints(town.server, [bob_]) == [f"sold_once: nobody was told that {bob_.user.pk} has thing 2 2 times"]


def test_what_was_given_back_after_it_was_bought_twice_is_no_excuse(town: Town, bob_: Person) -> None:
    """A second one that slipped through while the first was there; then the first goes back, and comes back."""
    thing().update(fulfilment=Fulfilment.REVERSED)
    create_payment_intent(user=bob_.user, kind=goods.KIND, reference="1", payment_method_id="pm_card_visa")
    first = thing().get(fulfilment=Fulfilment.REVERSED)
    thing().update(fulfilment=Fulfilment.FULFILLED)
    town.pass_time(3600)
    create_refund(payment=first)
    refund = Refund.objects.get(payment=first)
    town.server.settle_refund(refund.stripe_id, "failed")
    sync_refunds(first.stripe_id)
    assert complaints(town.server, [bob_]) == [f"sold_once: {bob_.user.pk} has thing 1 2 times"]


def test_a_difference_without_a_reason_is_seen(town: Town, bob_: Person, deliver: Deliver) -> None:
    for event in town.server.events("customer.subscription.created"):
        deliver(event)
    handle_all()
    run = start_run()
    about = Subscription.objects.get().stripe_id
    lies = {
        "sub_none": NEVER_HEARD,
        about: "No event has told of it since evt_0 (invoice.paid) of 2026-01-01 00:00:00 UTC.",
        "evt_1": "Stripe made it at 2026-01-01 00:00:00 UTC and could not deliver it.",
        "sub_waits": "The event evt_1 (invoice.paid) waits to be handled",
    }
    for stripe_id, explanation in lies.items():
        kind = "event" if stripe_id.startswith("evt") else "subscription"
        Drift.objects.create(
            run=run, object_type=kind, stripe_id=stripe_id, explanation=explanation, is_repaired=stripe_id != "evt_1"
        )
    assert len(unexplained(run, town)) == 4
    assert [each for each, _ in by_explanation(run)] == [
        "event: not delivered",
        "subscription: The event evt_1 (invoice.paid) waits to be handled",
        "subscription: never heard of",
        "subscription: not told of since",
    ]


def test_what_changed_silently_explains_a_difference(town: Town, bob_: Person, browser: stripe.StripeClient) -> None:
    with town.silently():
        browser.v1.subscriptions.update(Subscription.objects.get().stripe_id, {"cancel_at_period_end": True})
    run = go_on(start_run())
    assert (run.drifts.count(), unexplained(run, town)) == (1, [])


def test_what_changed_silently_does_so_although_its_answer_is_lost(town: Town, bob_: Person) -> None:
    """Whoever sits at the dashboard asks four times and never hears that the first has given the money back."""
    town.server.faults.api(method="POST", path_prefix="/v1/refunds", close_after_commit=True, times=4)
    with pytest.raises(stripe.APIConnectionError), town.silently():
        town.page.v1.refunds.create({"payment_intent": thing().get().stripe_id, "amount": 56})
    [refund] = [each for each in town.server.objects("refund") if each["amount"] == 56]
    run = go_on(start_run())
    assert list(run.drifts.values_list("stripe_id", "explanation")) == [(refund["id"], NEVER_HEARD)]
    assert unexplained(run, town) == []


def test_people_can_do_all_that_they_do(town: Town, bob_: Person) -> None:
    """Each act with a few dice, so that what is taken, repeated and given up is here, whatever the soak does."""
    outcomes = Counter[str]()
    for seed in range(SEEDS):
        bob_.random.seed(seed)
        for act in bob_._acts():
            outcomes[bob_._outcome_of(act)] += 1
    assert outcomes["done"] > outcomes.total() // 3, outcomes


def test_people_can_do_what_chance_seldom_lets_them(
    town: Town, bob_: Person, browser: stripe.StripeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bob_, "_often", lambda chance=0.7: True)
    monkeypatch.setattr(bob_, "_plan", lambda: "elite")
    assert bob_._outcome_of(bob_.preview) == "done"
    assert Subscription.objects.get().plan == "elite"
    assert bob_._outcome_of(bob_.change_plan) == "done"
    intent = browser.v1.payment_intents.create({"amount": 500, "currency": "usd"})
    bob_._confirm(intent.client_secret, card="pm_card_authenticationRequired")
    assert browser.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    assert bob_._outcome_of(bob_.dispute_ends) == NOTHING
    assert [bob_._outcome_of(bob_.be_disputed) for _ in range(2)] == ["done", NOTHING]
    monkeypatch.setattr(bob_, "_often", lambda chance=0.7: False)
    request_refund(user=bob_.user, payment_id=thing().get().pk, reason="Not for me.")
    bob_.operator_decides()
    assert RefundRequest.objects.get().state == RequestState.REFUSED
    bob_.dashboard_changes_silently()
    assert town.server.objects("subscription")[0]["status"] == "canceled"
    assert Subscription.objects.get().status == "active"


def test_a_fault_of_the_local_stripe_is_not_taken_for_a_refusal(town: Town, bob_: Person) -> None:
    def fail() -> None:
        raise stripe.APIError("The local Stripe failed: ZeroDivisionError")

    def refuse() -> None:
        raise StripeError(400, "No.")

    assert bob_._outcome_of(refuse) == "the page: refused"
    with pytest.raises(stripe.APIError):
        bob_._outcome_of(fail)
    assert (
        Person(town, make_user(email="new@soak.example", full_name="New", born=None))._outcome_of(bob_._nothing)
        == NOTHING
    )


def test_a_worker_does_its_tasks_at_the_simulated_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    distant = tmp_path / "clock"
    distant.write_text("864000")
    monkeypatch.setenv("SOAK_CLOCK", str(distant))
    before = clock.now()
    module = importlib.reload(at_work)
    try:
        module.hurry()
        module.travel()
        assert timedelta(days=9) < clock.now() - before < timedelta(days=11)
        module.go_home()
        assert clock.now() - before < timedelta(days=1)
    finally:
        task_prerun.disconnect(module.travel)
        task_postrun.disconnect(module.go_home)
        worker_process_init.disconnect(module.hurry)
        purchasables.unregister(goods.KIND)


def test_waiting_ends_with_the_time() -> None:
    assert not wait_for(lambda: False, seconds=0.05)
