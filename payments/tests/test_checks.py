"""Settings under which money would go wrong do not start."""

import pytest
from django.core.checks import run_checks
from pytest_django import Settings


def found(*, include_deployment_checks: bool = False) -> set[str]:
    messages = run_checks(include_deployment_checks=include_deployment_checks)
    return {str(message.id) for message in messages if str(message.id).startswith("payments.")}


def test_good_settings_pass() -> None:
    assert found() == set()


@pytest.mark.parametrize("prices", [{}, {"basic": "price_1", "premium": "price_2", "elite": " "}])
def test_every_plan_needs_a_price(settings: Settings, prices: dict[str, str]) -> None:
    settings.STRIPE_PRICE_IDS = prices
    assert found() == {"payments.E001"}


def test_prices_are_distinct(settings: Settings) -> None:
    settings.STRIPE_PRICE_IDS = {"basic": "price_1", "premium": "price_1", "elite": "price_2"}
    assert found() == {"payments.E002"}


@pytest.mark.parametrize("key", ["", "pk_test_1", "whsec_1"])
def test_only_a_secret_key_will_do(settings: Settings, key: str) -> None:
    settings.STRIPE_SECRET_KEY = key
    assert "payments.E004" in found()


@pytest.mark.parametrize(("key", "warned"), [("sk_test_1", True), ("rk_live_1", False), ("sk_live_1", False)])
def test_a_deployment_on_test_money_is_warned(settings: Settings, key: str, warned: bool) -> None:
    settings.STRIPE_SECRET_KEY = key
    assert ("payments.W001" in found(include_deployment_checks=True)) == warned


@pytest.mark.parametrize("name", ["PURCHASE_DAILY_MAX", "PURCHASE_AUTHENTICATED_FROM"])
@pytest.mark.parametrize(("currency", "text"), [("usd", "many"), ("usd", "0"), ("USD", "5.00"), ("dollar", "5.00")])
def test_limits_of_purchases_are_amounts(settings: Settings, name: str, currency: str, text: str) -> None:
    setattr(settings, name, {currency: text})
    assert found() == {"payments.E030"}


def test_a_policy_for_second_tabs_is_a_known_one(settings: Settings) -> None:
    settings.CHECKOUT_SECOND_TAB = "ignore"
    assert found() == {"payments.E031"}


@pytest.mark.parametrize(
    ("days", "wrong"),
    [({}, False), ({"basic": 0}, False), ({"elite": 730}, False), ({"elite": 731}, True), ({"free": 7}, True)],
)
def test_trials_are_of_plans_that_are_sold_and_of_a_possible_length(
    settings: Settings, days: dict[str, int], wrong: bool
) -> None:
    settings.STRIPE_TRIAL_DAYS = days
    assert ("payments.E020" in found()) == wrong


def test_a_trial_without_a_card_ends_as_stripe_knows_it(settings: Settings) -> None:
    settings.STRIPE_TRIAL_WITHOUT_CARD = "carry_on"
    assert found() == {"payments.E021"}


@pytest.mark.parametrize(
    ("days", "most", "wrong"),
    [(14, {}, False), (0, {"usd": "30.00", "jpy": "500"}, False), (-1, {}, True), (14, {"jpy": "1.50"}, True)],
)
def test_refunds_at_once_have_bounds(settings: Settings, days: int, most: dict[str, str], wrong: bool) -> None:
    settings.REFUND_AUTO_DAYS, settings.REFUND_AUTO_MAX = days, most
    assert ("payments.E050" in found()) == wrong
