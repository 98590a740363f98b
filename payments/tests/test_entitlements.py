"""What each plan unlocks."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Plan, User
from numerai.common import clock
from payments import entitlements
from payments.entitlements import FEATURES, LIMITS, PlanLimitReached, PlanRequired

pytestmark = pytest.mark.django_db

ORDER = (Plan.FREE, Plan.BASIC, Plan.PREMIUM, Plan.ELITE)
CHAT = {Plan.FREE: 3, Plan.BASIC: 10, Plan.PREMIUM: None, Plan.ELITE: None}


@pytest.mark.parametrize("plan", ORDER)
def test_a_plan_has_its_own_features_and_those_below(bob: User, plan: Plan) -> None:
    bob.plan = plan
    assert entitlements.plan_of(bob) == plan
    for name, feature in FEATURES.items():
        assert entitlements.has(bob, name) == (ORDER.index(plan) >= ORDER.index(feature.plan)), name
    for name, limit in LIMITS.items():
        assert entitlements.limit(bob, name) == limit.grants[plan]
    assert entitlements.chat_messages_a_day(bob) == CHAT[plan]


@pytest.mark.parametrize("name", LIMITS)
def test_a_higher_plan_never_grants_less(name: str) -> None:
    endless = 10**9
    granted = [endless if (most := LIMITS[name].grants[plan]) is None else most for plan in ORDER]
    assert granted == sorted(granted)


def test_a_refusal_names_what_to_buy(bob: User) -> None:
    entitlements.require(bob, "daily_reading")
    with pytest.raises(PlanRequired) as caught:
        entitlements.require(bob, "pdf_export")
    assert caught.value.status == 402
    assert caught.value.extra == {"feature": "pdf_export", "plan": "premium"}
    assert "Premium" in caught.value.detail


@pytest.mark.parametrize(
    ("plan", "used", "refusal"),
    [
        (Plan.FREE, 0, None),
        (Plan.FREE, 1, {"limit": "people", "granted": 1, "plan": "basic"}),
        (Plan.FREE, 5, {"limit": "people", "granted": 1, "plan": "premium"}),
        (Plan.PREMIUM, 19, None),
        (Plan.PREMIUM, 20, {"limit": "people", "granted": 20, "plan": "elite"}),
        (Plan.ELITE, 200, {"limit": "people", "granted": 200, "plan": None}),
    ],
)
def test_a_limit_names_the_plan_that_grants_more(
    bob: User, plan: Plan, used: int, refusal: dict[str, object] | None
) -> None:
    bob.plan = plan
    if refusal is None:
        entitlements.require_within(bob, "people", used=used)
        return
    with pytest.raises(PlanLimitReached) as caught:
        entitlements.require_within(bob, "people", used=used)
    assert (caught.value.status, caught.value.extra) == (402, refusal)
    named = Plan(str(refusal["plan"])).label if refusal["plan"] else "what your plan grants"
    assert named in caught.value.detail


def test_what_is_endless_is_never_used_up(bob: User) -> None:
    bob.plan = Plan.PREMIUM
    entitlements.require_within(bob, "chat_messages_a_day", used=10**6)


def test_a_limit_is_named_for_people() -> None:
    people, chat, checks = (LIMITS[name] for name in ("people", "chat_messages_a_day", "compatibility_checks_a_day"))
    assert [people.sentence(plan) for plan in ORDER] == [
        "1 further person",
        "5 further people",
        "20 further people",
        "200 further people",
    ]
    assert chat.sentence(Plan.ELITE) == "As many AI chat messages as you like"
    assert checks.sentence(Plan.FREE) == ""


def test_a_plan_that_ran_out_is_free(bob: User) -> None:
    bob.plan, bob.plan_until = Plan.ELITE, clock.now() - timedelta(seconds=1)
    assert entitlements.plan_of(bob) == Plan.FREE
    assert not entitlements.has(bob, "compatibility")


@pytest.mark.parametrize("ask", [entitlements.has, entitlements.limit])
def test_what_does_not_exist_is_a_mistake(bob: User, ask: object) -> None:
    assert callable(ask)
    with pytest.raises(KeyError):
        ask(bob, "compatability")


def test_nothing_is_asked_of_the_database(bob: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        entitlements.has(bob, "consultations")
        entitlements.require_within(bob, "people", used=0)
    with django_assert_num_queries(1):
        entitlements.require(User.objects.get(pk=bob.pk), "daily_reading")


def test_the_most_that_any_plan_grants() -> None:
    assert entitlements.most("people") == 200
    assert entitlements.most("reading_days_from_today") == 366
    assert entitlements.most("chat_messages_a_day") is None
