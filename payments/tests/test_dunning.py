"""Bills that are not paid at once: who is told what, how often, and what may be used in the meantime."""

from datetime import timedelta
from typing import Any

import pytest
import stripe
import time_machine
from pytest_django import Settings

from accounts.models import Plan, User
from dev.local_stripe import LocalStripe
from dev.local_stripe.world.world import Policy
from notifications import kinds
from notifications.models import Notification
from notifications.wording import context_for, render
from notifications.wording.checking import faults
from payments.models import BillingHistory, LedgerEntry, Payment, Subscription, WebhookEvent
from payments.notices.kinds import (
    ACTION_REQUIRED,
    DUNNING,
    ENDED,
    INVOICE_STUCK,
    OPERATOR_INVOICE_STUCK,
    OPERATOR_LATE_PAYMENT,
    PAYMENT_FAILED,
    SUSPENDED,
    TRIAL_ENDING,
)
from payments.services import create_subscription
from payments.tests.delivering import Deliver, difference, handle_all
from payments.tests.test_inbox import no_broker
from payments.tests.test_renewals import DAY, MONTH, Story, told
from payments.tests.test_starting import WEEK, promotion


@pytest.fixture
def story(local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User) -> Story:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    begun = Story(local_stripe, browser, deliver, bob)
    begun.bring()
    return begun


def again(story: Story, kind: str) -> None:
    """Stripe sends each event of the kind a second time."""
    for event in story.server.events(kind):
        story.deliver(event | {"id": event["id"] + "_again"})
    handle_all()


def renewal(story: Story) -> Any:
    return story.server.objects("invoice")[-1]


def fall_behind(story: Story) -> Any:
    """The renewal is declined; answers its bill."""
    story.use_card("pm_card_chargeCustomerFail")
    story.wait(MONTH)
    assert Subscription.objects.get().status == "past_due"
    return renewal(story)


def test_rule_53_a_bank_that_wants_the_customer_is_answered_by_them(story: Story) -> None:
    story.use_card("pm_card_authenticationRequired")
    story.wait(MONTH)
    row = Subscription.objects.get()
    assert row.status == "past_due"
    assert row.past_due_since is not None
    assert story.user.plan_until == row.past_due_since + timedelta(days=7)
    assert told(ACTION_REQUIRED) == [
        {"description": renewal(story)["lines"]["data"][0]["description"], "amount": "19.99 USD"}
    ]
    assert Notification.objects.get(kind=ACTION_REQUIRED).action_url == renewal(story)["hosted_invoice_url"]
    assert told(PAYMENT_FAILED) == []
    again(story, "invoice.payment_action_required")
    again(story, "invoice.payment_failed")
    assert len(told(ACTION_REQUIRED)) == 1

    [intent] = [each for each in story.server.objects("payment_intent") if each["status"] == "requires_action"]
    story.server.authenticate(intent["id"])
    story.bring()
    recovered = Subscription.objects.get()
    assert (recovered.status, recovered.past_due_since) == ("active", None)
    assert story.user.plan == Plan.PREMIUM


def test_rule_53_who_is_buying_gets_no_mail_about_it(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User
) -> None:
    told_by_page = create_subscription(user=bob, plan="premium", payment_method_id="pm_card_authenticationRequired")
    assert told_by_page.status == "incomplete"
    [card] = [each["id"] for each in local_stripe.objects("payment_method") if each["customer"]]
    intent = (told_by_page.client_secret or "").partition("_secret_")[0]
    browser.v1.payment_intents.confirm(intent, {"payment_method": card})
    Story(local_stripe, browser, deliver, bob).bring()
    assert not Notification.objects.exists()


def test_rule_54_a_bill_that_cannot_be_finished_is_nobodys_secret(story: Story, operator: User) -> None:
    story.server.world.policy = Policy(finalize_after_seconds=30 * DAY)
    try:
        story.server.advance(MONTH)
    finally:
        story.server.world.policy = Policy()
    draft = renewal(story)
    assert draft["status"] == "draft"
    stuck = {"last_finalization_error": {"code": "customer_tax_location_invalid", "type": "invalid_request_error"}}
    with story.server.world.transaction():
        world = story.server.world
        world.put("invoice", world.get("invoice", draft["id"]) | stuck, "invoice.finalization_failed")
    story.bring()
    again(story, "invoice.finalization_failed")

    assert len(told(INVOICE_STUCK)) == 1
    [alarm] = Notification.objects.filter(kind=OPERATOR_INVOICE_STUCK)
    assert (alarm.recipient, alarm.data["reason"]) == (operator, "customer tax location invalid")
    assert draft["id"] in alarm.action_url
    first = BillingHistory.objects.get(billing_reason="subscription_create")
    assert story.user.plan_until == first.period_end + timedelta(days=7)


def test_rule_54_operators_hear_of_a_bill_of_nobody(story: Story, operator: User) -> None:
    with story.server.world.transaction():
        world = story.server.world
        [invoice] = world.all("invoice")
        stuck = {"status": "draft", "last_finalization_error": {"type": "api_error"}}
        world.put("invoice", invoice | stuck | {"id": "in_stuck"}, "invoice.finalization_failed")
    Subscription.objects.update(user=None)
    row = Subscription.objects.select_related("customer").get()
    row.customer.user = None
    row.customer.save()
    for event in story.server.events("invoice.finalization_failed"):
        story.deliver(event)
    handle_all()
    assert told(INVOICE_STUCK) == []
    assert [each["reason"] for each in told(OPERATOR_INVOICE_STUCK)] == ["api error"]


def test_rule_67_the_end_of_a_trial_is_told_once_ahead(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User, settings: Settings
) -> None:
    settings.STRIPE_TRIAL_DAYS = WEEK
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    story = Story(local_stripe, browser, deliver, bob)
    story.wait(3 * DAY)
    assert told(TRIAL_ENDING) == []
    story.wait(DAY + 60)
    row = Subscription.objects.get()
    assert row.trial_end is not None
    ahead = {"plan": "Premium", "amount": "19.99 USD", "until": row.trial_end.date().isoformat()}
    assert told(TRIAL_ENDING) == [ahead]
    again(story, "customer.subscription.trial_will_end")
    assert len(told(TRIAL_ENDING)) == 1


@pytest.mark.parametrize("late", ["cancelled", "over"])
def test_rule_67_who_has_cancelled_the_trial_is_not_reminded_of_it(
    local_stripe: LocalStripe,
    browser: stripe.StripeClient,
    deliver: Deliver,
    bob: User,
    settings: Settings,
    late: str,
) -> None:
    settings.STRIPE_TRIAL_DAYS = WEEK
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    story = Story(local_stripe, browser, deliver, bob)
    [subscription] = local_stripe.objects("subscription")
    if late == "cancelled":
        browser.v1.subscriptions.update(subscription["id"], {"cancel_at_period_end": True})
    local_stripe.advance(5 * DAY)
    if late == "over":
        browser.v1.subscriptions.cancel(subscription["id"])
    story.bring()
    assert told(TRIAL_ENDING) == []


def test_rule_69_each_attempt_says_when_the_next_one_is_and_which_was_the_last(story: Story) -> None:
    fall_behind(story)
    [first] = told(PAYMENT_FAILED)
    due = BillingHistory.objects.latest("created_at").next_payment_attempt
    assert due is not None
    assert first["next_attempt"] == due.date().isoformat()
    assert "last attempt" not in Notification.objects.get(kind=PAYMENT_FAILED).message
    story.wait(3 * DAY)
    story.wait(5 * DAY)
    again(story, "invoice.payment_failed")
    assert len(told(PAYMENT_FAILED)) == 3
    story.server.world.policy = Policy(final_failure="past_due")
    try:
        story.wait(7 * DAY)
    finally:
        story.server.world.policy = Policy()
    row = BillingHistory.objects.latest("created_at")
    assert (row.attempt_count, row.next_payment_attempt) == (4, None)
    last = Notification.objects.filter(kind=PAYMENT_FAILED).latest("pk")
    assert (last.data["next_attempt"], "This was the last attempt." in last.message) == ("", True)


@pytest.mark.parametrize(("final", "message"), [("canceled", ENDED), ("unpaid", SUSPENDED)])
def test_rule_70_at_the_end_access_is_gone_whatever_the_account_says(story: Story, final: str, message: str) -> None:
    story.server.world.policy = Policy(final_failure=final)
    try:
        fall_behind(story)
        since = Subscription.objects.get().past_due_since
        assert since is not None
        assert story.user.plan_until == since + timedelta(days=7)
        story.wait(20 * DAY)
    finally:
        story.server.world.policy = Policy()
    row = Subscription.objects.get()
    assert row.status == final
    paid_to = BillingHistory.objects.get(billing_reason="subscription_create").period_end
    assert story.user.plan_until == (paid_to if final == "unpaid" else None)
    with time_machine.travel(since + timedelta(hours=1)):
        assert story.user.subscription_plan == Plan.FREE
    assert len(told(message)) == 1
    again(story, "customer.subscription.updated")
    assert len(told(message)) == 1


def test_rule_72_money_for_a_bill_that_was_written_off_is_recorded_and_flagged(story: Story, operator: User) -> None:
    bill = fall_behind(story)
    story.browser.v1.invoices.mark_uncollectible(bill["id"])
    story.bring()
    story.use_card("pm_card_visa")
    story.browser.v1.invoices.pay(bill["id"])
    story.bring()

    row = BillingHistory.objects.get(stripe_id=bill["id"])
    assert (row.status, row.amount_paid) == ("paid", 1999)
    assert row.payments.get(status="succeeded").amount == 1999
    [alarm] = Notification.objects.filter(kind=OPERATOR_LATE_PAYMENT)
    assert (alarm.recipient, alarm.data["reason"]) == (operator, "written_off")
    again(story, "invoice.paid")
    assert len(told(OPERATOR_LATE_PAYMENT)) == 1


def test_rule_72_money_for_a_subscription_that_is_over_revives_nothing(story: Story, operator: User) -> None:
    bill = fall_behind(story)
    story.browser.v1.subscriptions.cancel(Subscription.objects.get().stripe_id)
    story.bring()
    story.server.advance(DAY)
    card = story.browser.v1.payment_methods.attach("pm_card_visa", {"customer": bill["customer"]}).id
    story.browser.v1.invoices.pay(bill["id"], {"payment_method": card})
    story.bring()

    row = BillingHistory.objects.get(stripe_id=bill["id"])
    assert (row.status, row.payments.get(status="succeeded").amount) == ("paid", 1999)
    assert Subscription.objects.get().status == "canceled"
    assert (story.user.plan, story.user.plan_until) == (Plan.FREE, None)
    assert [each["reason"] for each in told(OPERATOR_LATE_PAYMENT)] == ["ended"]


def test_rule_73_two_events_of_one_payment_have_one_effect(story: Story) -> None:
    story.wait(MONTH)
    bill = renewal(story)
    kinds_of_paid = [
        event["type"]
        for event in story.server.events()
        if event["data"]["object"]["id"] == bill["id"] and "pa" in event["type"].rpartition(".")[2]
    ]
    assert {"invoice.paid", "invoice.payment_succeeded"} <= set(kinds_of_paid)
    until, told_before = story.user.plan_until, Notification.objects.count()
    booked = LedgerEntry.objects.count()
    again(story, "invoice.paid")
    again(story, "invoice.payment_succeeded")
    story.user.refresh_from_db()
    assert (story.user.plan_until, Notification.objects.count()) == (until, told_before)
    assert LedgerEntry.objects.count() == booked
    assert Payment.objects.filter(status="succeeded").count() == 2
    assert difference(story.server) == []


def test_rule_73_a_bill_paid_out_of_band_gives_the_period(story: Story) -> None:
    bill = fall_behind(story)
    story.browser.v1.invoices.pay(bill["id"], {"paid_out_of_band": True})
    story.bring()
    row = Subscription.objects.get()
    assert row.status == "active"
    assert row.paid_through == row.current_period_end
    assert row.current_period_end is not None
    assert story.user.plan_until == row.current_period_end + timedelta(days=7)


def test_rule_73_a_bill_over_nothing_gives_the_period(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User
) -> None:
    promotion(browser, percent_off=100)
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa", promotion_code="SPRING")
    story = Story(local_stripe, browser, deliver, bob)
    story.wait(MONTH)
    row = Subscription.objects.get()
    assert row.paid_through == row.current_period_end
    assert list(BillingHistory.objects.values_list("status", "amount")) == [("paid", 0), ("paid", 0)]
    assert local_stripe.objects("charge") == []


def test_rule_74_a_renewal_is_acknowledged_while_every_worker_is_away(story: Story) -> None:
    story.server.advance(MONTH)
    with no_broker():
        answers = [story.deliver(event).status_code for event in story.server.events("invoice.created")[1:]]
    assert answers
    assert set(answers) == {200}
    assert WebhookEvent.objects.filter(type="invoice.created", state="pending").count() == len(answers)
    story.bring()
    assert BillingHistory.objects.count() == 2


@pytest.mark.parametrize("name", [*DUNNING, OPERATOR_INVOICE_STUCK, OPERATOR_LATE_PAYMENT])
def test_every_message_about_bills_can_be_rendered(name: str, bob: User) -> None:
    kind = kinds.get(name)
    assert faults(kind) == []
    data = {
        "plan": "Elite",
        "amount": "29.99 USD",
        "description": "1 x <Elite>",
        "until": "2026-12-01",
        "invoice": "N-1",
        "reason": "written_off",
    }
    rendered = render(kind, "email", "en", context_for(recipient=bob, data=data, action_url="/billing"))
    for part in (rendered["text"], rendered["html"]):
        assert "29.99 USD" in part
        assert "Bob Stone" in part
        assert "http://localhost:3000/billing" in part
    assert "<Elite>" not in rendered["html"]
