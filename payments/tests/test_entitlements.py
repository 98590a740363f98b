"""What each plan unlocks."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Plan, User
from numerai.common import clock
from payments import entitlements
from payments.entitlements import FEATURES, PlanRequired

pytestmark = pytest.mark.django_db

ORDER = (Plan.FREE, Plan.BASIC, Plan.PREMIUM, Plan.ELITE)
CHAT = {Plan.FREE: 3, Plan.BASIC: 10, Plan.PREMIUM: None, Plan.ELITE: None}


@pytest.mark.parametrize("plan", ORDER)
def test_a_plan_has_its_own_features_and_those_below(bob: User, plan: Plan) -> None:
    bob.plan = plan
    assert entitlements.plan_of(bob) == plan
    for feature, lowest in FEATURES.items():
        assert entitlements.has(bob, feature) == (ORDER.index(plan) >= ORDER.index(lowest)), feature
    assert entitlements.chat_messages_a_day(bob) == CHAT[plan]


def test_a_refusal_names_what_to_buy(bob: User) -> None:
    entitlements.require(bob, "daily_reading")
    with pytest.raises(PlanRequired) as caught:
        entitlements.require(bob, "compatibility")
    assert caught.value.status == 402
    assert caught.value.extra == {"feature": "compatibility", "plan": "premium"}
    assert "Premium" in caught.value.detail


def test_a_plan_that_ran_out_is_free(bob: User) -> None:
    bob.plan, bob.plan_until = Plan.ELITE, clock.now() - timedelta(seconds=1)
    assert entitlements.plan_of(bob) == Plan.FREE
    assert not entitlements.has(bob, "compatibility")


def test_a_feature_that_does_not_exist_is_a_mistake(bob: User) -> None:
    with pytest.raises(KeyError):
        entitlements.has(bob, "compatability")


def test_nothing_is_asked_of_the_database(bob: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        entitlements.has(bob, "consultations")
