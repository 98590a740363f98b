"""Somebody asked for their deletion and may still come back: nothing renews, and what we stopped can go on."""

from typing import Any

import pytest
import stripe

from accounts.models import User
from dev.local_stripe import LocalStripe
from numerai.common import clock, privacy
from payments.gateway import StripeUnavailable
from payments.models import BillingHistory, BillingOperation, OperationState, Subscription
from payments.services import cancel_subscription, create_subscription, leaving, pause_subscription, resume_subscription
from payments.services.settling import CERTAIN_AFTER
from payments.services.subscriptions import grace
from payments.sync.locks import person_lock
from payments.tests.delivering import Deliver, asked, difference
from payments.tests.racing import together
from payments.tests.test_renewals import MONTH, Story

SUBSCRIPTIONS = "/v1/subscriptions"


def set_active(user: User, is_active: bool) -> None:
    User.objects.filter(pk=user.pk).update(is_active=is_active)


@pytest.fixture
def subscriber(local_stripe: LocalStripe, bob: User) -> User:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    set_active(bob, False)
    return bob


def ends(server: LocalStripe) -> list[bool]:
    return [each["cancel_at_period_end"] for each in server.objects("subscription")]


def test_the_registry_holds_and_releases() -> None:
    holding = next(each for each in privacy.holdings() if each.app == "payments")
    assert (holding.hold, holding.release) == (grace.stop_renewals, grace.let_go_on)


def test_nobody_is_charged_who_is_leaving(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, subscriber: User
) -> None:
    assert grace.stop_renewals(subscriber.pk) == 1
    assert (ends(local_stripe), Subscription.objects.get().status) == ([True], "active")
    assert grace.stop_renewals(subscriber.pk) == 0
    story = Story(local_stripe, browser, deliver, subscriber)
    story.wait(MONTH)
    story.wait(MONTH)
    assert Subscription.objects.get().status == "canceled"
    assert BillingHistory.objects.count() == 1
    assert leaving.end_everything(subscriber.pk) == 0
    assert asked(local_stripe, "DELETE", f"{SUBSCRIPTIONS}/{Subscription.objects.get().stripe_id}") == []
    set_active(subscriber, True)
    assert grace.let_go_on(subscriber.pk) == 0
    assert difference(local_stripe) == []


def test_whoever_comes_back_goes_on(local_stripe: LocalStripe, subscriber: User) -> None:
    grace.stop_renewals(subscriber.pk)
    assert grace.let_go_on(subscriber.pk) == 0  # still closed
    set_active(subscriber, True)
    assert grace.let_go_on(subscriber.pk) == 1
    assert grace.let_go_on(subscriber.pk) == 0
    assert (ends(local_stripe), Subscription.objects.get().ends_at) == ([False], None)
    assert difference(local_stripe) == []


def test_what_the_person_cancelled_themselves_stays_cancelled(local_stripe: LocalStripe, bob: User) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    set_active(bob, False)
    grace.stop_renewals(bob.pk)
    set_active(bob, True)
    grace.let_go_on(bob.pk)
    cancel_subscription(user=bob)
    set_active(bob, False)
    assert grace.stop_renewals(bob.pk) == 0
    set_active(bob, True)
    assert grace.let_go_on(bob.pk) == 0
    assert ends(local_stripe) == [True]
    resume_subscription(user=bob)
    assert ends(local_stripe) == [False]


def test_arrears_end_at_once(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User
) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    story = Story(local_stripe, browser, deliver, bob)
    story.bring()
    story.use_card("pm_card_chargeCustomerFail")
    story.wait(MONTH)
    assert Subscription.objects.get().status == "past_due"
    set_active(bob, False)
    assert grace.stop_renewals(bob.pk) == 1
    assert Subscription.objects.get().status == "canceled"
    assert [each["status"] for each in local_stripe.objects("invoice")] == ["paid", "void"]


def test_a_pause_is_left_as_it_is(local_stripe: LocalStripe, bob: User) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    pause_subscription(user=bob)
    set_active(bob, False)
    assert grace.stop_renewals(bob.pk) == 0
    set_active(bob, True)
    assert grace.let_go_on(bob.pk) == 0
    assert Subscription.objects.get().status == "paused"


@pytest.mark.parametrize("fault", [{"close_before": True}, {"close_after_commit": True}])
def test_what_is_not_certain_is_tried_again(local_stripe: LocalStripe, subscriber: User, fault: dict[str, Any]) -> None:
    local_stripe.faults.api(method="POST", path_prefix=SUBSCRIPTIONS, times=3, **fault)
    with pytest.raises(StripeUnavailable):
        grace.stop_renewals(subscriber.pk)
    local_stripe.faults.clear()
    BillingOperation.objects.filter(asked_at__isnull=False).update(asked_at=clock.now() - CERTAIN_AFTER)
    grace.stop_renewals(subscriber.pk)
    assert ends(local_stripe) == [True]
    set_active(subscriber, True)
    assert grace.let_go_on(subscriber.pk) == 1


def test_who_returns_waits_for_what_is_not_known_yet(local_stripe: LocalStripe, subscriber: User) -> None:
    grace.stop_renewals(subscriber.pk)
    BillingOperation.objects.filter(kind="cancel_subscription").update(
        state=OperationState.UNKNOWN, finished_at=None, result=None
    )
    set_active(subscriber, True)
    with pytest.raises(StripeUnavailable):
        grace.let_go_on(subscriber.pk)


def test_what_has_ended_meanwhile_at_stripe_stays_ended(local_stripe: LocalStripe, subscriber: User) -> None:
    grace.stop_renewals(subscriber.pk)
    row = Subscription.objects.get()
    stripe.StripeClient("sk_test_local", base_addresses={"api": local_stripe.url}).v1.subscriptions.cancel(
        row.stripe_id
    )
    set_active(subscriber, True)
    assert grace.let_go_on(subscriber.pk) == 1
    assert Subscription.objects.get().status == "canceled"


def test_while_the_person_is_buying_it_is_put_off(
    local_stripe: LocalStripe, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grace, "PATIENCE_SECONDS", 0.05)

    def stop(_: int) -> None:
        with pytest.raises(StripeUnavailable):
            grace.stop_renewals(bob.pk)

    with person_lock(bob.pk, wait_seconds=1):
        together(1, stop)
