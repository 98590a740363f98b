"""Renewed, in arrears, recovered, ended: what the person may use and what they are told."""

from datetime import timedelta
from typing import Any

import pytest
import stripe
import time_machine
from pytest_django import Settings

from accounts.models import Plan, User
from dev.local_stripe import LocalStripe
from notifications import kinds
from notifications.models import Delivery, Notification
from notifications.wording import context_for, render
from notifications.wording.checking import faults
from numerai.common import clock
from payments.models import BillingHistory, Payment, Subscription
from payments.notices.kinds import ACTIVATED, ENDED, PAYMENT_FAILED, RECEIPT
from payments.services import create_subscription
from payments.sync.access import paid_until
from payments.tests.delivering import Deliver, difference, handle_all
from payments.tests.factories import paid_subscription

DAY = 86400
MONTH = 31 * DAY


class Story:
    """Bob's subscription at Stripe, and a postman who brings every event that has not been brought."""

    def __init__(self, server: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, user: User) -> None:
        self.server, self.browser, self.deliver, self.user = server, browser, deliver, user
        self._brought = 0

    def bring(self) -> None:
        events = self.server.events()
        for event in events[self._brought :]:
            self.deliver(event)
        self._brought = len(events)
        handle_all()
        self.user.refresh_from_db()
        assert difference(self.server) == []

    def wait(self, seconds: int) -> None:
        self.server.advance(seconds)
        self.bring()

    def use_card(self, token: str) -> str:
        row = Subscription.objects.select_related("customer").get()
        card = self.browser.v1.payment_methods.attach(token, {"customer": row.customer.stripe_id})
        self.browser.v1.subscriptions.update(row.stripe_id, {"default_payment_method": card.id})
        return card.id


@pytest.fixture
def story(local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User) -> Story:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    told = Story(local_stripe, browser, deliver, bob)
    told.bring()
    return told


def told(kind: str) -> list[dict[str, Any]]:
    return list(Notification.objects.filter(kind=kind).order_by("pk").values_list("data", flat=True))


def test_a_renewal_is_billed_and_extends_access_without_a_word(story: Story) -> None:
    first = story.user.plan_until
    story.wait(MONTH)
    assert story.user.plan == Plan.PREMIUM
    assert first is not None
    assert story.user.plan_until is not None
    assert story.user.plan_until - first >= timedelta(days=28)
    assert list(BillingHistory.objects.values_list("status", flat=True)) == ["paid", "paid"]
    assert Payment.objects.filter(status="succeeded").count() == 2
    assert Notification.objects.filter(in_centre=True).count() == 1
    assert len(told(RECEIPT)) == 2
    periods = BillingHistory.objects.order_by("created_at").values_list("period_start", "period_end")
    assert periods[0][1] == periods[1][0]


def test_rule_69_each_failed_attempt_is_told_once(story: Story) -> None:
    story.use_card("pm_card_chargeCustomerFail")
    story.wait(MONTH)
    assert Subscription.objects.get().status == "past_due"
    assert len(told(PAYMENT_FAILED)) == 1
    assert told(PAYMENT_FAILED)[0]["amount"] == "19.99 USD"
    assert told(PAYMENT_FAILED)[0]["next_attempt"]
    for event in story.server.events("invoice.payment_failed"):
        story.deliver(event | {"id": event["id"] + "_again"})
    handle_all()
    assert len(told(PAYMENT_FAILED)) == 1

    story.wait(3 * DAY)
    assert len(told(PAYMENT_FAILED)) == 2


def test_rule_70_arrears_keep_access_from_the_first_failure_for_the_grace_only(story: Story) -> None:
    story.use_card("pm_card_chargeCustomerFail")
    story.wait(MONTH)
    row = Subscription.objects.get()
    since = row.past_due_since
    assert since is not None
    assert story.user.plan_until == since + timedelta(days=7)

    story.wait(3 * DAY)
    row.refresh_from_db()
    assert row.past_due_since == since
    assert story.user.plan_until == since + timedelta(days=7)
    with time_machine.travel(since + timedelta(days=6)):
        assert story.user.subscription_plan == Plan.PREMIUM
    with time_machine.travel(since + timedelta(days=8)):
        assert story.user.subscription_plan == Plan.FREE


def test_arrears_that_are_paid_end_the_arrears(story: Story) -> None:
    story.use_card("pm_card_chargeCustomerFail")
    story.wait(MONTH)
    story.use_card("pm_card_visa")
    story.wait(3 * DAY)
    row = Subscription.objects.get()
    assert (row.status, row.past_due_since) == ("active", None)
    assert row.current_period_end is not None
    assert story.user.plan_until == row.current_period_end + timedelta(days=7)
    assert told(ENDED) == []
    assert len(told(ACTIVATED)) == 1


def test_a_subscription_that_is_given_up_ends_and_is_told_once(story: Story) -> None:
    story.use_card("pm_card_chargeCustomerFail")
    story.wait(MONTH)
    story.wait(60 * DAY)
    assert Subscription.objects.get().status == "canceled"
    assert (story.user.plan, story.user.plan_until) == (Plan.FREE, None)
    assert told(ENDED) == [{"plan": "Premium", "amount": "19.99 USD"}]
    for event in story.server.events("customer.subscription.deleted"):
        story.deliver(event | {"id": event["id"] + "_again"})
    handle_all()
    assert len(told(ENDED)) == 1


def test_a_cancelled_subscription_gives_access_to_its_last_day(story: Story) -> None:
    row = Subscription.objects.get()
    story.browser.v1.subscriptions.update(row.stripe_id, {"cancel_at_period_end": True})
    story.bring()
    row.refresh_from_db()
    assert story.user.plan_until == row.current_period_end == row.ends_at
    story.wait(MONTH)
    assert story.user.plan == Plan.FREE
    assert len(told(ENDED)) == 1


def test_an_unpaid_first_bill_expires_in_silence(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User
) -> None:
    create_subscription(user=bob, plan="basic")
    story = Story(local_stripe, browser, deliver, bob)
    story.wait(24 * 3600)
    assert Subscription.objects.get().status == "incomplete_expired"
    assert BillingHistory.objects.get().status == "void"
    assert not Notification.objects.exists()


def test_rule_89_a_deleted_customer_is_noted(story: Story) -> None:
    row = Subscription.objects.select_related("customer").get()
    story.browser.v1.customers.delete(row.customer.stripe_id)
    for event in story.server.events("customer.deleted"):
        story.deliver(event)
    handle_all()
    row.customer.refresh_from_db()
    assert row.customer.deleted_at is not None


@pytest.mark.django_db
def test_paid_until_knows_each_state(bob: User, settings: Settings) -> None:
    settings.PAST_DUE_GRACE_DAYS = 3
    grace, now = timedelta(days=3), clock.now()
    row = paid_subscription(bob)
    assert row.current_period_end is not None
    paid = row.current_period_end
    expected = {"active": paid + grace, "trialing": paid + grace, "past_due": paid, "unpaid": paid}
    for status in ("active", "trialing", "past_due", "unpaid", "paused", "incomplete", "canceled", "hibernating"):
        row.status = status
        assert paid_until(row) == expected.get(status), status
    row.status, row.past_due_since = "past_due", paid - timedelta(days=1)
    assert paid_until(row) == paid + timedelta(days=2)
    row.past_due_since = now
    assert paid_until(row) == paid
    row.status, row.cancel_at = "active", now + timedelta(days=1)
    assert paid_until(row) == row.cancel_at
    row.cancel_at = paid + timedelta(days=300)
    assert paid_until(row) == paid + grace
    row.paid_plan, row.paid_through = "", None
    assert paid_until(row) is None


def upgrade(story: Story, *, behaviour: str = "always_invoice") -> None:
    row = Subscription.objects.get()
    item = story.server.objects("subscription")[0]["items"]["data"][0]["id"]
    story.browser.v1.subscriptions.update(
        row.stripe_id, {"items": [{"id": item, "price": "price_test_elite"}], "proration_behavior": behaviour}
    )
    story.bring()


def test_a_plan_whose_bill_failed_is_not_given_and_the_paid_one_stays(story: Story) -> None:
    first = Subscription.objects.get()
    story.use_card("pm_card_chargeCustomerFail")
    upgrade(story)
    row = Subscription.objects.get()
    assert (row.status, row.plan) == ("past_due", Plan.ELITE)
    assert (story.user.plan, story.user.plan_until) == (Plan.PREMIUM, first.current_period_end)


def test_a_plan_that_was_paid_is_given_at_once(story: Story) -> None:
    upgrade(story)
    assert Subscription.objects.get().status == "active"
    assert story.user.plan == Plan.ELITE


def test_a_plan_whose_bill_is_paid_later_is_given_then(story: Story) -> None:
    story.use_card("pm_card_chargeCustomerFail")
    upgrade(story)
    assert story.user.plan == Plan.PREMIUM
    story.use_card("pm_card_visa")
    story.wait(3 * DAY)
    assert Subscription.objects.get().status == "active"
    assert story.user.plan == Plan.ELITE


def test_access_is_not_given_for_a_year_because_it_is_cancelled_then(story: Story) -> None:
    row = Subscription.objects.get()
    assert row.current_period_end is not None
    story.browser.v1.subscriptions.update(row.stripe_id, {"cancel_at": story.server.now() + 300 * DAY})
    story.bring()
    assert story.user.plan_until == row.current_period_end + timedelta(days=7)


@pytest.mark.parametrize("name", [ACTIVATED, PAYMENT_FAILED, ENDED])
def test_every_message_can_be_rendered(name: str, bob: User) -> None:
    kind = kinds.get(name)
    assert faults(kind) == []
    data = {"plan": "Elite", "amount": "29.99 USD", "description": "1 x <Elite>", "next_attempt": ""}
    rendered = render(kind, "email", "en", context_for(recipient=bob, data=data, action_url="/billing"))
    for part in (rendered["text"], rendered["html"]):
        assert "29.99 USD" in part
        assert "Bob Stone" in part
        assert "http://localhost:3000/billing" in part
    assert "<Elite>" not in rendered["html"]


def test_the_purchase_is_told_in_the_centre_and_by_mail(story: Story) -> None:
    assert sorted(Delivery.objects.values_list("channel", flat=True)) == ["email", "email", "in_app"]
    assert Notification.objects.get(in_centre=True).kind == ACTIVATED
    assert len(told(RECEIPT)) == 1
