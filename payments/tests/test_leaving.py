"""Somebody closes their account: Stripe ends everything first, then we forget who it was."""

from typing import Any

import pytest
import stripe
from django.db import transaction

from accounts.models import User
from conftest import Api
from dev.local_stripe import LocalStripe
from numerai.common import clock, privacy
from payments.gateway import StripeUnavailable
from payments.models import BillingHistory, BillingOperation, OperationState, Payment, StripeCustomer, Subscription
from payments.privacy import StillSubscribed, erase
from payments.services import (
    create_checkout_session,
    create_payment_intent,
    create_subscription,
    end_everything,
    leaving,
)
from payments.services.settling import CERTAIN_AFTER
from payments.sync.locks import person_lock
from payments.tests.delivering import Deliver, asked, difference, handle_all
from payments.tests.racing import together
from payments.tests.selling import KIND, selling
from payments.tests.test_renewals import MONTH, Story

PURCHASES = "/v1/subscriptions"


def close_account(user: User) -> None:
    """What is done to an account before its money is settled."""
    User.objects.filter(pk=user.pk).update(is_active=False)


def forget(user: User) -> None:
    """As the registry does it."""
    with transaction.atomic():
        erase(user.pk)


def statuses(server: LocalStripe) -> list[str]:
    return [each["status"] for each in server.objects("subscription")]


@pytest.mark.parametrize("card", ["pm_card_visa", ""])
def test_rule_68_everything_ends_at_stripe_before_the_person_is_forgotten(
    local_stripe: LocalStripe, deliver: Deliver, bob: User, card: str
) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id=card)
    close_account(bob)
    assert end_everything(bob.pk) == 1
    assert statuses(local_stripe) == ["canceled" if card else "incomplete_expired"]
    assert {each["status"] for each in local_stripe.objects("invoice")} == {"paid" if card else "void"}
    assert difference(local_stripe) == []

    forget(bob)
    users = User.objects.count()
    for event in local_stripe.events():
        assert deliver(event).status_code == 200
    handle_all()
    assert User.objects.count() == users
    assert not StripeCustomer.objects.filter(user__isnull=False).exists()
    assert not Subscription.objects.filter(user__isnull=False).exists()
    assert Subscription.objects.count() == BillingHistory.objects.count() == 1
    assert difference(local_stripe) == []


def test_rule_68_arrears_are_not_collected_any_more(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User
) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    story = Story(local_stripe, browser, deliver, bob)
    story.bring()
    story.use_card("pm_card_chargeCustomerFail")
    story.wait(MONTH)
    close_account(bob)
    assert end_everything(bob.pk) == 1
    assert [each["status"] for each in local_stripe.objects("invoice")] == ["paid", "void"]
    story.wait(MONTH)
    assert statuses(local_stripe) == ["canceled"]
    forget(bob)


def test_rule_68_a_scheduled_change_does_not_outlive_its_person(api: Api, local_stripe: LocalStripe, bob: User) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    answer = api(bob).post("/api/v1/payments/update-subscription/", {"plan": "basic"})
    assert answer.status_code == 200
    assert [each["status"] for each in local_stripe.objects("subscription_schedule")] == ["active"]
    close_account(bob)
    assert end_everything(bob.pk) == 1
    assert [each["status"] for each in local_stripe.objects("subscription_schedule")] == ["released"]
    assert statuses(local_stripe) == ["canceled"]
    forget(bob)


def test_rule_68_a_payment_page_that_is_open_is_closed(local_stripe: LocalStripe, bob: User) -> None:
    create_checkout_session(user=bob, plan="premium")
    close_account(bob)
    assert end_everything(bob.pk) == 0
    assert [each["status"] for each in local_stripe.objects("checkout.session")] == ["expired"]
    forget(bob)


def test_rule_68_a_payment_that_was_begun_is_closed(local_stripe: LocalStripe, bob: User) -> None:
    with selling():
        create_payment_intent(user=bob, kind=KIND, reference="row-1")
    end_everything(bob.pk)
    assert [each["status"] for each in local_stripe.objects("payment_intent")] == ["canceled"]
    assert Payment.objects.get().status == "canceled"


def test_rule_68_whoever_never_paid_has_nothing_to_end(local_stripe: LocalStripe, bob: User) -> None:
    assert end_everything(bob.pk) == 0
    assert local_stripe.requests == []
    assert not BillingOperation.objects.exists()


def test_rule_68_ending_twice_changes_nothing_more(local_stripe: LocalStripe, bob: User) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    assert end_everything(bob.pk) == 1
    assert end_everything(bob.pk) == 0
    assert len(asked(local_stripe, "DELETE", f"{PURCHASES}/{Subscription.objects.get().stripe_id}")) == 1


@pytest.mark.parametrize("fault", [{"close_before": True}, {"close_after_commit": True}, {"status": 401}])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_rule_68_what_is_not_known_is_tried_again(
    local_stripe: LocalStripe, bob: User, method: str, fault: dict[str, Any]
) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    times = 1 if "status" in fault else 3
    local_stripe.faults.api(method=method, path_prefix=PURCHASES, times=times, **fault)
    with pytest.raises(StripeUnavailable):
        end_everything(bob.pk)
    with pytest.raises(StillSubscribed):
        forget(bob)
    local_stripe.faults.clear()
    end_everything(bob.pk)
    assert statuses(local_stripe) == ["canceled"]
    forget(bob)


def test_rule_68_a_purchase_of_unknown_outcome_is_found_first(api: Api, local_stripe: LocalStripe, bob: User) -> None:
    local_stripe.faults.api(method="POST", path_prefix=PURCHASES, close_after_commit=True, times=3)
    with pytest.raises(StripeUnavailable):
        create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    close_account(bob)
    assert end_everything(bob.pk) == 1
    assert statuses(local_stripe) == ["canceled"]
    assert difference(local_stripe) == []


def test_rule_68_a_purchase_that_may_still_appear_is_waited_for(local_stripe: LocalStripe, bob: User) -> None:
    local_stripe.faults.api(method="POST", path_prefix=PURCHASES, close_before=True, times=3)
    with pytest.raises(StripeUnavailable):
        create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    with pytest.raises(StripeUnavailable) as early:
        end_everything(bob.pk)
    assert early.value.retry_after is not None
    assert 100 < early.value.retry_after <= 120
    BillingOperation.objects.update(asked_at=clock.now() - CERTAIN_AFTER)
    assert end_everything(bob.pk) == 0
    forget(bob)


def test_rule_68_a_customer_that_may_still_appear_holds_nobody(local_stripe: LocalStripe, bob: User) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/customers", close_before=True, times=3)
    with pytest.raises(StripeUnavailable):
        create_subscription(user=bob, plan="premium")
    assert BillingOperation.objects.filter(kind="create_customer", state=OperationState.UNKNOWN).exists()
    assert end_everything(bob.pk) == 0
    forget(bob)


def test_rule_68_what_stripe_does_not_know_is_not_taken_for_ended(local_stripe: LocalStripe, bob: User) -> None:
    """The key is that of another account: the eraser goes on refusing until somebody has looked."""
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    local_stripe.reset()
    with pytest.raises(StripeUnavailable):
        end_everything(bob.pk)
    assert end_everything(bob.pk) == 0
    with pytest.raises(StillSubscribed):
        forget(bob)


def test_rule_68_while_the_person_is_buying_it_is_put_off(
    local_stripe: LocalStripe, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "PATIENCE_SECONDS", 0.05)

    def end(_: int) -> None:
        with pytest.raises(StripeUnavailable):
            end_everything(bob.pk)

    with person_lock(bob.pk, wait_seconds=1):
        together(1, end)


def test_rule_68_every_app_ends_its_promises_before_it_forgets(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User
) -> None:
    """What a job that erases somebody does: each holding's farewell, then one transaction that forgets."""
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    User.objects.filter(pk=bob.pk).update(is_active=False)

    for holding in privacy.holdings():
        holding.leave(bob.pk)
    with transaction.atomic():
        erased = {holding.app: holding.erase(bob.pk) for holding in privacy.holdings()}

    assert [each["status"] for each in local_stripe.objects("subscription")] == ["canceled"]
    assert erased["payments"]["subscriptions"] == 1
    assert Subscription.objects.get().user is None
