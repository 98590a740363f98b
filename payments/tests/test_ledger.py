"""The book: every movement once, and what is left of a payment is what its entries add up to."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random
from typing import Any

import pytest
import stripe
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from conftest import make_user
from dev.local_stripe import LocalStripe
from dev.local_stripe.world.errors import StripeError as Refused
from payments import sync
from payments.models import Dispute, EntryKind, LedgerEntry, Payment, Refund
from payments.models.refund import GAVE_NOTHING
from payments.services import handle_webhook_event
from payments.sync.ledger import book, book_payment
from payments.tests.delivering import Deliver, forget
from payments.tests.factories import paid_invoice, paid_payment, paid_subscription
from payments.tests.paying import balance, buy, entries, subscribe
from payments.tests.selling import Seller, selling
from payments.webhooks.dispatch import HANDLERS

ABOUT_MONEY = ("refund.", "charge.refunded", "charge.dispute.", "payment_intent.succeeded")


@pytest.fixture(autouse=True)
def seller() -> Iterator[Seller]:
    with selling() as found:
        yield found


def test_a_paid_invoice_is_booked_once(local_stripe: LocalStripe, bob: User) -> None:
    payment = subscribe(bob)
    assert payment.invoice is not None
    sync.sync_invoice(payment.invoice.stripe_id)
    assert entries(payment) == [("payment", 999)]
    entry = LedgerEntry.objects.get()
    assert (entry.source, entry.currency, entry.livemode) == (payment.stripe_id, "usd", False)
    assert str(entry) == f"payment {payment.stripe_id}"


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [{"status": "processing", "paid_at": None}, {"amount": 0}])
def test_what_took_no_money_is_not_booked(bob: User, changes: dict[str, Any]) -> None:
    row = paid_payment(paid_invoice(paid_subscription(bob)), **changes)
    with transaction.atomic():
        book_payment(row)
    assert not LedgerEntry.objects.exists()


@pytest.mark.django_db
def test_the_database_holds_each_movement_once_with_its_sign(bob: User) -> None:
    row = paid_payment(paid_invoice(paid_subscription(bob)))
    with transaction.atomic():
        assert book(row, EntryKind.REFUND, source="re_1", amount=-5)
        assert not book(row, EntryKind.REFUND, source="re_1", amount=-5)
    again = LedgerEntry(payment=row, kind="refund", source="re_1", amount=-5, currency="usd", livemode=False)
    positive = LedgerEntry(payment=row, kind="refund", source="re_2", amount=5, currency="usd", livemode=False)
    for wrong in (again, positive):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong.save()


def left_of(payment: Payment) -> int:
    """What is left of the payment by its rows, without the book."""
    paid = payment.amount if payment.status == "succeeded" else 0
    kept = payment.refunds.exclude(status__in=GAVE_NOTHING).values_list("amount", flat=True)
    withdrawn = payment.disputes.values_list("withdrawn", flat=True)
    return paid - sum(kept) - sum(withdrawn)


class Bank:
    """What may happen to money at Stripe; each act answers nothing, and does nothing when it cannot happen now."""

    def __init__(self, server: LocalStripe, browser: stripe.StripeClient, person: User) -> None:
        self.server, self.browser, self.person = server, browser, person
        self.bought = 0

    def pay(self, card: str) -> None:
        self.bought += 1
        self.browser.v1.payment_intents.create(
            {
                "customer": self._customer(),
                "amount": 1000,
                "currency": "usd",
                "metadata": {"kind": "ticket", "reference": f"row {self.bought}"},
                "payment_method": card,
                "confirm": True,
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            }
        )

    def refund(self, number: int, amount: int) -> None:
        self._try("payment_intent", number, lambda each: self._give_back(each["id"], amount))

    def settle(self, number: int, status: str) -> None:
        self._try("refund", number, lambda each: self.server.settle_refund(each["id"], status))

    def dispute(self, number: int, status: str, amount: int) -> None:
        self._try("payment_intent", number, lambda each: self._question(each, status, amount))

    def decide(self, number: int, status: str) -> None:
        self._try("dispute", number, lambda each: self.server.close_dispute(each["id"], status))

    def _give_back(self, intent_id: str, amount: int) -> None:
        self.browser.v1.refunds.create({"payment_intent": intent_id, "amount": amount})

    def _question(self, intent: Any, status: str, amount: int) -> None:
        """A bank takes no more back than its customer paid."""
        if not any(each["payment_intent"] == intent["id"] for each in self.server.objects("dispute")):
            self.server.dispute(intent["id"], status=status, amount=amount)

    def _try(self, kind: str, number: int, act: Callable[[Any], object]) -> None:
        objects = self.server.objects(kind)
        if not objects:
            return
        with suppress(stripe.InvalidRequestError, Refused):
            act(objects[number % len(objects)])

    def _customer(self) -> str:
        known = self.server.objects("customer")
        if known:
            return str(known[0]["id"])
        metadata = {"user_id": str(self.person.pk)}
        return self.browser.v1.customers.create({"name": "Bob", "metadata": metadata}).id


NUMBERS = st.integers(0, 3)
AMOUNTS = st.integers(1, 1000)
ACTS = st.one_of(
    st.tuples(st.just("pay"), st.sampled_from(["pm_card_visa", "pm_card_pendingRefund"])),
    st.tuples(st.just("refund"), NUMBERS, AMOUNTS),
    st.tuples(st.just("settle"), NUMBERS, st.sampled_from(["succeeded", "failed", "canceled"])),
    st.tuples(st.just("dispute"), NUMBERS, st.sampled_from(["needs_response", "warning_needs_response"]), AMOUNTS),
    st.tuples(st.just("decide"), NUMBERS, st.sampled_from(["won", "lost", "prevented", "warning_closed"])),
)


WON = [("dispute", 0, "needs_response", 500), ("decide", 0, "won"), ("refund", 0, 400), ("settle", 0, "failed")]
LOST = [
    ("pay", "pm_card_pendingRefund"),
    ("refund", 1, 300),
    ("dispute", 0, "needs_response", 900),
    ("decide", 0, "lost"),
]


@example(acts=WON, random=Random(1))
@example(acts=LOST, random=Random(2))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(ACTS, min_size=3, max_size=12), random=st.randoms(use_true_random=False))
def test_rule_87_the_book_balances_whatever_happens_in_whatever_order_it_is_heard(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, acts: list[Any], random: Any
) -> None:
    """Events are heard while things go on happening, in any order, several times, and some of them never."""
    local_stripe.reset()
    forget(User, Payment)
    bank = Bank(local_stripe, browser, make_user(email="bob@example.com", full_name="Bob Stone", born=None))
    bank.pay("pm_card_visa")
    heard: set[str] = set()
    for name, *arguments in acts:
        getattr(bank, name)(*arguments)
        hear_some(local_stripe, deliver, random, heard)
    for payment in Payment.objects.all():
        assert balance(payment) == left_of(payment)

    hear_some(local_stripe, deliver, random, set(), at_least=1.0)
    theirs = {each["id"]: each["status"] for each in local_stripe.objects("refund")}
    assert dict(Refund.objects.values_list("stripe_id", "status")) == theirs
    assert Dispute.objects.count() == len(local_stripe.objects("dispute"))
    for payment in Payment.objects.all():
        assert balance(payment) == left_of(payment) == at_stripe(local_stripe, payment)
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == sum(
        at_stripe(local_stripe, payment) for payment in Payment.objects.all()
    )


def hear_some(server: LocalStripe, deliver: Deliver, random: Any, heard: set[str], at_least: float = 0.0) -> None:
    from payments.models import WebhookEvent

    events = [event for event in server.events() if event["type"].startswith(ABOUT_MONEY) and event["type"] in HANDLERS]
    random.shuffle(events)
    for event in events:
        if event["id"] not in heard and random.random() >= 0.4 - at_least:
            heard.add(event["id"])
            for copy in range(random.choice([1, 1, 2])):
                deliver(event | {"id": f"{event['id']}_{copy}_{len(heard)}_{at_least}"})
    for row in WebhookEvent.objects.filter(state="pending"):
        handle_webhook_event(row.pk)
    assert not WebhookEvent.objects.filter(state__in=["failed", "parked"]).values_list("type", "last_error")


def at_stripe(server: LocalStripe, payment: Payment) -> int:
    """What Stripe's own objects leave of the payment."""
    refunds = [each for each in server.objects("refund") if each["payment_intent"] == payment.stripe_id]
    disputes = {each["id"] for each in server.objects("dispute") if each["payment_intent"] == payment.stripe_id}
    moved = [each["amount"] for each in server.objects("balance_transaction") if each["source"] in disputes]
    kept = sum(each["amount"] for each in refunds if each["status"] not in GAVE_NOTHING)
    return int(payment.amount - kept + sum(moved))


def test_rule_87_a_day_in_the_life_of_a_payment(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User
) -> None:
    payment = buy(browser, bob, card="pm_card_pendingRefund")
    made = browser.v1.refunds.create({"payment_intent": payment.stripe_id, "amount": 300})
    sync.sync_refunds(payment.stripe_id)
    local_stripe.settle_refund(made.id, "failed")
    sync.sync_refunds(payment.stripe_id)
    dispute = local_stripe.dispute(payment.stripe_id, amount=500)
    sync.sync_dispute(dispute["id"])
    local_stripe.close_dispute(dispute["id"], "won")
    sync.sync_dispute(dispute["id"])
    browser.v1.refunds.create({"payment_intent": payment.stripe_id})
    sync.sync_refunds(payment.stripe_id)
    assert entries(payment) == [
        ("payment", 1000),
        ("refund", -300),
        ("refund_failed", 300),
        ("dispute_withdrawn", -500),
        ("dispute_reinstated", 500),
        ("refund", -1000),
    ]
    with connection.cursor() as cursor, pytest.raises(Exception, match=r"evidence|stays"):
        cursor.execute("UPDATE payments_ledgerentry SET amount = 0")
