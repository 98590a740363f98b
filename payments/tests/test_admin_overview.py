"""The first page of the admin: what needs attention, for those who may see it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from conftest import make_user
from numerai.common import clock
from payments.admin.desk.overview import CONCERNS, Finding
from payments.models import Dispute, ReconcileRun, RefundRequest, Subscription
from payments.tests.desk import a_delivery, a_dispute, a_drift, a_review, an_operation, what_went_back
from payments.tests.factories import paid_invoice, paid_payment, paid_subscription

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def findings(desk: Client) -> list[Finding]:
    return list(desk.get(reverse("admin:index")).context["findings"])


def _nothing(bob: User) -> None:
    """Everything that looks alike and needs nobody."""
    now = clock.now()
    payment = paid_payment(paid_invoice(paid_subscription(bob)))
    a_dispute(payment, status="under_review")
    a_delivery()
    an_operation(bob)
    a_review(bob, state="refused", decided_at=now)
    a_drift(is_repaired=True)
    a_drift(ReconcileRun.objects.create(livemode=False, is_dry_run=True, state="finished", finished_at=now))


def _past_due(bob: User) -> None:
    paid_subscription(bob, status="past_due", past_due_since=clock.now() - 4 * DAY)


def _twice(bob: User) -> None:
    first = paid_subscription(bob)
    paid_subscription(bob, duplicate_of=first, stripe_created_at=clock.now() - 5 * HOUR)


def _parked(bob: User) -> None:
    a_delivery(state="parked", next_attempt_at=None, received_at=clock.now() - DAY - HOUR)


def _waiting(bob: User) -> None:
    a_delivery(received_at=clock.now() - 2 * HOUR)


def _in_doubt(bob: User) -> None:
    row = an_operation(bob, state="unknown")
    type(row).objects.update(created_at=clock.now() - timedelta(minutes=6))


def _refund(bob: User) -> None:
    subscription = Subscription.objects.filter(user=bob).first() or paid_subscription(bob)
    what_went_back(paid_payment(paid_invoice(subscription)))
    Dispute.objects.update(status="won")


def _late(bob: User) -> None:
    payment = paid_payment(paid_invoice(paid_subscription(bob)))
    a_dispute(payment, evidence_due_by=clock.now() - 3 * HOUR - timedelta(minutes=1))
    a_dispute(payment)


def _due(bob: User) -> None:
    a_dispute(paid_payment(paid_invoice(paid_subscription(bob))))


def _undated(bob: User) -> None:
    a_dispute(paid_payment(paid_invoice(paid_subscription(bob))), evidence_due_by=None)


SITUATIONS: list[tuple[Callable[[User], object], str, int, str]] = [
    (_past_due, "Subscriptions past due", 1, "the oldest for 4 days"),
    (_twice, "Subscriptions bought twice", 1, "the oldest for 5 hours"),
    (_parked, "Events given up", 1, "the oldest for 1 day"),
    (_waiting, "Events not handled for an hour", 1, "the oldest for 2 hours"),
    (_in_doubt, "Operations of unknown outcome for 5 minutes", 1, "the oldest for 6 minutes"),
    (_refund, "Refund requests to decide", 1, "the oldest for less than a minute"),
    (a_review, "Purchases held back to decide", 1, "the oldest for less than a minute"),
    (
        lambda bob: a_drift(),
        "Differences from Stripe not repaired, of two days",
        1,
        "the oldest for less than a minute",
    ),
    (_late, "Disputes that want evidence", 2, "the first too late by 3 hours"),
    (_due, "Disputes that want evidence", 1, "the first within 2 days"),
    (_undated, "Disputes that want evidence", 1, ""),
]


@pytest.mark.parametrize(("happen", "words", "count", "when"), SITUATIONS, ids=[words for _, words, _, _ in SITUATIONS])
def test_what_needs_attention_is_shown_with_a_way_to_exactly_those_rows(
    desk: Client, bob: User, happen: Callable[[User], object], words: str, count: int, when: str
) -> None:
    happen(bob)
    (found,) = findings(desk)
    assert (found.words, found.count, found.when) == (words, count, when)
    listing = desk.get(found.url)
    assert listing.context["cl"].result_count == count
    assert listing.context["cl"].has_active_filters
    assert words in desk.get(reverse("admin:index")).content.decode()


def test_a_quiet_day_says_so(desk: Client, bob: User) -> None:
    _nothing(bob)
    assert findings(desk) == []
    assert "Nothing waits for anybody." in desk.get(reverse("admin:index")).content.decode()


def test_each_concern_costs_one_query(desk: Client, bob: User, charlie: User) -> None:
    with CaptureQueriesContext(database) as quiet:
        findings(desk)
    for person in (bob, charlie, make_user(email="d@example.com", full_name="D", born=None)):
        _twice(person)
        _refund(person)
        _parked(person)
        _in_doubt(person)
    with CaptureQueriesContext(database) as busy:
        assert len(findings(desk)) == 4
    assert len(busy) == len(quiet)
    asked = [query for query in busy if "COUNT(" in query["sql"]]
    assert len(asked) == len(CONCERNS)


@pytest.fixture
def clerk(client: Client, charlie: User) -> Client:
    charlie.is_staff = True
    charlie.save()
    client.force_login(charlie)
    return client


def test_operators_see_only_what_they_may_see(clerk: Client, bob: User, charlie: User) -> None:
    _refund(bob)
    a_review(bob)
    charlie.user_permissions.add(Permission.objects.get(codename="view_refundrequest"))
    assert [found.words for found in findings(clerk)] == ["Refund requests to decide"]


def test_operators_of_other_things_see_nothing_of_money(clerk: Client, bob: User) -> None:
    _refund(bob)
    answer = clerk.get(reverse("admin:index"))
    assert answer.context["findings"] == []
    assert "What needs attention" not in answer.content.decode()
    assert RefundRequest.objects.filter(state="open").exists()
