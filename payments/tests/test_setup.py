"""What stands at Stripe: made once, checked at any time, watched from then on."""

import inspect
from io import StringIO
from typing import Any

import pytest
import stripe
from django.core.management import CommandError, call_command
from pytest_django import Settings
from structlog.testing import capture_logs

from accounts.models import Plan, User
from conftest import Api
from dev.local_stripe import LocalStripe
from dev.services import free_port
from notifications.models import Notification
from payments import sync
from payments.catalogue import OFFERS, Offer
from payments.gateway.account.endpoints import pinned_version, update_endpoint, webhook_endpoints
from payments.models import Subscription
from payments.notices.kinds import OPERATOR_PRICE_WRONG
from payments.services import create_subscription
from payments.setup import furnish
from payments.setup.endpoints import ours
from payments.tests.delivering import WEBHOOK, Deliver, an_event, handle_all
from payments.webhooks.dispatch import HANDLERS
from payments.webhooks.subscribed import EVENTS

URL = f"https://api.example.com{WEBHOOK}"


def posts(server: LocalStripe) -> list[str]:
    return [request.path for request in server.requests if request.method == "POST"]


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out, stderr=out)
    return out.getvalue()


def environment(said: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in said.splitlines() if "=" in line and line.startswith("STRIPE_"))


def wrongs() -> list[str]:
    out = StringIO()
    try:
        call_command("stripe_check", stdout=StringIO(), stderr=out)
    except CommandError:
        return out.getvalue().splitlines()
    return []


@pytest.fixture
def bare(local_stripe: LocalStripe, settings: Settings) -> LocalStripe:
    """A new account, and an environment that names nothing of it."""
    for kind in ("price", "product"):
        local_stripe.world._documents[kind].clear()
    settings.STRIPE_PRICE_IDS = dict.fromkeys(("basic", "premium", "elite"), "price_unset")
    return local_stripe


@pytest.fixture
def furnished(bare: LocalStripe, settings: Settings) -> LocalStripe:
    """Everything stands, and the environment knows."""
    adopt(settings, run("stripe_setup", "--webhook-url", URL))
    bare.requests.clear()
    return bare


def adopt(settings: Settings, said: str) -> None:
    named = environment(said)
    settings.STRIPE_PRICE_IDS = {
        plan: named[f"STRIPE_PRICE_ID_{plan.upper()}"] for plan in ("basic", "premium", "elite")
    }
    settings.STRIPE_PORTAL_CONFIGURATION_ID = named["STRIPE_PORTAL_CONFIGURATION_ID"]


def test_a_new_account_is_furnished(bare: LocalStripe) -> None:
    said = run("stripe_setup", "--webhook-url", URL)
    named = environment(said)
    assert set(named) == {
        "STRIPE_PRICE_ID_BASIC",
        "STRIPE_PRICE_ID_PREMIUM",
        "STRIPE_PRICE_ID_ELITE",
        "STRIPE_PORTAL_CONFIGURATION_ID",
        "STRIPE_WEBHOOK_SECRET",
    }
    prices = {price["id"]: price for price in bare.objects("price")}
    for offer in OFFERS.values():
        price = prices[named[f"STRIPE_PRICE_ID_{offer.plan.name}"]]
        assert (price["unit_amount"], price["currency"], price["active"]) == (offer.amount, offer.currency, True)
        assert (price["recurring"]["interval"], price["lookup_key"]) == ("month", offer.lookup_key)
        product = next(each for each in bare.objects("product") if each["id"] == price["product"])
        assert (product["id"], product["name"], product["default_price"]) == (
            offer.product_id,
            offer.plan.label,
            price["id"],
        )
        assert product["description"]
    [endpoint] = bare.objects("webhook_endpoint")
    assert (endpoint["url"], endpoint["api_version"], endpoint["status"]) == (URL, pinned_version(), "enabled")
    assert sorted(endpoint["enabled_events"]) == sorted(EVENTS)
    assert named["STRIPE_WEBHOOK_SECRET"].startswith("whsec_")
    [portal] = bare.objects("billing_portal.configuration")
    assert portal["features"]["subscription_cancel"]["mode"] == "at_period_end"
    assert not portal["features"]["subscription_update"]["enabled"]
    assert portal["default_return_url"].endswith("/billing")


def test_a_second_run_changes_nothing(furnished: LocalStripe, settings: Settings) -> None:
    said = run("stripe_setup", "--webhook-url", URL)
    assert posts(furnished) == []
    assert "Everything stands already." in said
    assert "STRIPE_WEBHOOK_SECRET" not in said
    assert environment(said)["STRIPE_PRICE_ID_PREMIUM"] == settings.STRIPE_PRICE_IDS["premium"]
    assert run("stripe_setup") == said
    assert posts(furnished) == []


def test_every_call_has_a_key_of_its_own(bare: LocalStripe) -> None:
    run("stripe_setup", "--webhook-url", URL)
    keys = [request.idempotency_key for request in bare.requests if request.method == "POST"]
    assert len(keys) == len(set(keys)) == 3 * 3 + 1 + 1
    assert all(keys)


def test_a_dry_run_only_talks(bare: LocalStripe) -> None:
    said = run("stripe_setup", "--webhook-url", URL, "--dry-run")
    assert posts(bare) == []
    assert said.startswith("Nothing is done in a dry run.\nWould make the product Basic.\n")
    assert "Would make the price of Premium: 19.99 USD a month." in said
    assert f"Would make the webhook endpoint {URL}." in said
    assert "Made" not in said
    assert "whsec_" not in said
    assert environment(said)["STRIPE_PRICE_ID_BASIC"] == "(not made yet)"


def test_prices_from_before_are_kept_and_named(local_stripe: LocalStripe) -> None:
    planned = furnish(is_dry=True).changes
    said = run("stripe_setup")
    for change in planned:
        assert change.startswith("Would ")
    assert f"Would name price_test_elite {OFFERS[Plan.ELITE].lookup_key}." in planned
    assert f"Named price_test_elite {OFFERS[Plan.ELITE].lookup_key}." in said
    assert environment(said)["STRIPE_PRICE_ID_ELITE"] == "price_test_elite"
    assert [price["lookup_key"] for price in local_stripe.objects("price")] == [
        offer.lookup_key for offer in OFFERS.values()
    ]
    assert local_stripe.objects("webhook_endpoint") == []
    assert "--webhook-url" in said
    local_stripe.requests.clear()
    run("stripe_setup")
    assert posts(local_stripe) == []


def test_a_changed_amount_makes_a_new_price_and_archives_the_old(
    furnished: LocalStripe, browser: stripe.StripeClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = settings.STRIPE_PRICE_IDS["premium"]
    monkeypatch.setattr("payments.setup.furnishing.OFFERS", {**OFFERS, Plan.PREMIUM: Offer(Plan.PREMIUM, 2499)})
    said = run("stripe_setup")
    new = environment(said)["STRIPE_PRICE_ID_PREMIUM"]
    prices = {price["id"]: price for price in furnished.objects("price")}
    assert (prices[new]["unit_amount"], prices[new]["lookup_key"]) == (2499, OFFERS[Plan.PREMIUM].lookup_key)
    assert (prices[old]["active"], prices[old]["lookup_key"]) == (False, None)
    assert prices[old]["product"] == prices[new]["product"]
    product = next(each for each in furnished.objects("product") if each["id"] == prices[new]["product"])
    assert product["default_price"] == new
    assert len(posts(furnished)) == 3
    furnished.requests.clear()
    run("stripe_setup")
    assert posts(furnished) == []


def test_what_somebody_changed_is_put_right(furnished: LocalStripe, browser: stripe.StripeClient) -> None:
    product = OFFERS[Plan.BASIC].product_id
    browser.v1.products.update(product, {"name": "Something", "active": False})
    [endpoint] = furnished.objects("webhook_endpoint")
    browser.v1.webhook_endpoints.update(endpoint["id"], {"enabled_events": ["invoice.paid"], "disabled": True})
    [portal] = furnished.objects("billing_portal.configuration")
    browser.v1.billing_portal.configurations.update(portal["id"], {"features": {"invoice_history": {"enabled": False}}})
    assert len(wrongs()) == 4
    run("stripe_setup")
    assert wrongs() == []
    assert next(each for each in furnished.objects("product") if each["id"] == product)["name"] == "Basic"


def test_an_endpoint_of_another_version_gets_a_successor(furnished: LocalStripe, browser: stripe.StripeClient) -> None:
    with furnished.world.transaction():
        [old] = furnished.world.all("webhook_endpoint")
        furnished.world.put("webhook_endpoint", old | {"api_version": "2020-08-27"})
    said = run("stripe_setup")
    assert "whsec_" in said
    assert f"{old['id']} sends events of version 2020-08-27 instead of {pinned_version()}" in said
    assert sorted(each.api_version for each in ours(URL)) == ["2020-08-27", pinned_version()]
    assert ours(URL)[0].api_version == pinned_version()
    furnished.requests.clear()
    assert "whsec_" not in run("stripe_setup")
    assert posts(furnished) == []
    browser.v1.webhook_endpoints.delete(old["id"])
    assert "instead of" not in run("stripe_setup")
    assert wrongs() == []


def test_a_dry_run_of_an_account_without_an_endpoint(local_stripe: LocalStripe) -> None:
    done = furnish(is_dry=True)
    assert "STRIPE_WEBHOOK_SECRET" not in done.environment
    assert "STRIPE_PORTAL_CONFIGURATION_ID" not in done.environment
    assert done.notes == ["No webhook endpoint stands at our path. Give its address with --webhook-url to make one."]


@pytest.mark.parametrize("command", ["stripe_setup", "stripe_check"])
def test_stripe_away_is_told_in_a_sentence(transactional_db: None, settings: Settings, command: str) -> None:
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(CommandError, match="Payments are unavailable"):
        run(command)


def test_what_stands_as_it_should_passes(furnished: LocalStripe) -> None:
    assert run("stripe_check") == "Everything at Stripe is as it should be.\n"
    assert posts(furnished) == []


def test_rule_93_an_endpoint_of_another_version_is_found(furnished: LocalStripe) -> None:
    with furnished.world.transaction():
        [endpoint] = furnished.world.all("webhook_endpoint")
        furnished.world.put("webhook_endpoint", endpoint | {"api_version": "2020-08-27"})
    with pytest.raises(CommandError, match="1 of what stands"):
        run("stripe_check")
    assert wrongs() == [f"{endpoint['id']}: it sends version 2020-08-27 instead of {pinned_version()}."]
    with furnished.world.transaction():
        furnished.world.put("webhook_endpoint", endpoint | {"api_version": None})
    assert wrongs() == [f"{endpoint['id']}: it sends version of the account instead of {pinned_version()}."]


def test_an_endpoint_for_other_events_is_found(furnished: LocalStripe) -> None:
    [endpoint] = webhook_endpoints()
    update_endpoint(key="k1", endpoint_id=endpoint.id, events=[*EVENTS[1:], "account.updated"])
    assert wrongs() == [
        f"{endpoint.id}: it does not send {EVENTS[0]}.",
        f"{endpoint.id}: it sends account.updated, which we do not handle.",
    ]
    update_endpoint(key="k2", endpoint_id=endpoint.id, events=["*"])
    assert wrongs() == [f"{endpoint.id}: it sends *, which we do not handle."]


def test_no_endpoint_and_no_portal_are_found(local_stripe: LocalStripe) -> None:
    assert wrongs() == [
        "No webhook endpoint leads to us: nothing that happens at Stripe would be heard of.",
        "The customer portal is not set up.",
    ]


def test_a_portal_that_the_environment_does_not_name_is_found(furnished: LocalStripe, settings: Settings) -> None:
    named, settings.STRIPE_PORTAL_CONFIGURATION_ID = settings.STRIPE_PORTAL_CONFIGURATION_ID, ""
    assert wrongs() == [f"STRIPE_PORTAL_CONFIGURATION_ID should be {named}."]


def test_the_portal_that_is_set_up_is_the_one_that_is_used(
    furnished: LocalStripe, api: Api, bob: User, settings: Settings
) -> None:
    assert api(bob).post("/api/v1/payments/portal-session/").status_code == 201
    [session] = furnished.objects("billing_portal.session")
    assert session["configuration"] == settings.STRIPE_PORTAL_CONFIGURATION_ID


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"unit_amount": 500}, "takes 5.00 USD instead of 19.99 USD"),
        ({"currency": "eur"}, "takes 19.99 EUR instead of 19.99 USD"),
        ({"recurring": {"interval": "year", "interval_count": 1}}, "is paid every 1 year instead of every month"),
        ({"recurring": None, "type": "one_time"}, "is paid once instead of every month"),
        ({"active": False}, "is archived, so nobody can subscribe"),
        ({"livemode": True}, "is for live money, and the key for test money"),
    ],
)
def test_a_price_that_does_not_fit_is_found(
    furnished: LocalStripe, settings: Settings, changes: dict[str, Any], problem: str
) -> None:
    price_id = settings.STRIPE_PRICE_IDS["premium"]
    with furnished.world.transaction():
        furnished.world.put("price", furnished.world.get("price", price_id) | changes)
    assert wrongs() == [f"STRIPE_PRICE_ID_PREMIUM: {price_id} {problem}."]


def test_an_endpoint_of_the_other_mode_is_found(furnished: LocalStripe) -> None:
    with furnished.world.transaction():
        [endpoint] = furnished.world.all("webhook_endpoint")
        furnished.world.put("webhook_endpoint", endpoint | {"livemode": True})
    assert wrongs() == [f"{endpoint['id']}: it is for live money."]


def test_a_price_that_is_named_nowhere_is_found(furnished: LocalStripe, settings: Settings) -> None:
    settings.STRIPE_PRICE_IDS = settings.STRIPE_PRICE_IDS | {"basic": "", "elite": "price_none"}
    assert wrongs() == [
        "STRIPE_PRICE_ID_BASIC names nothing, which Stripe does not know.",
        "STRIPE_PRICE_ID_ELITE names price_none, which Stripe does not know.",
    ]


def test_every_event_that_is_subscribed_to_is_handled() -> None:
    assert len(set(EVENTS)) == len(EVENTS)
    assert [event for event in EVENTS if event not in HANDLERS] == []


def test_every_event_exists_in_the_library() -> None:
    known = inspect.getsource(stripe.Event)
    assert [event for event in EVENTS if f'"{event}"' not in known] == []


def told() -> list[str]:
    rows = Notification.objects.filter(kind=OPERATOR_PRICE_WRONG).order_by("pk")
    return [row.data["problem"] for row in rows]


def test_rule_95_operators_are_told_when_a_sold_price_is_archived(
    furnished: LocalStripe,
    browser: stripe.StripeClient,
    deliver: Deliver,
    operator: User,
    bob: User,
    settings: Settings,
) -> None:
    price_id = settings.STRIPE_PRICE_IDS["premium"]
    browser.v1.prices.update(price_id, {"active": False})
    browser.v1.products.update(OFFERS[Plan.PREMIUM].product_id, {"active": False})
    furnished.requests.clear()
    with capture_logs() as logs:
        for kind in ("price.updated", "product.updated"):
            deliver(furnished.events(kind)[-1])
        handle_all()
    expected = (
        f"STRIPE_PRICE_ID_PREMIUM: {price_id} is archived, so nobody can subscribe. "
        f"STRIPE_PRICE_ID_PREMIUM: {price_id} belongs to an archived product, so nobody can subscribe."
    )
    assert told() == [expected]
    assert {row.recipient for row in Notification.objects.all()} == {operator}
    assert "sold_price_wrong" in [entry["event"] for entry in logs]
    assert [request.path for request in furnished.requests] == [f"/v1/prices/{price_id}"] * 2


def test_rule_95_whoever_subscribed_before_keeps_access_and_nobody_new_can(
    local_stripe: LocalStripe, browser: stripe.StripeClient, api: Api, alice: User, bob: User
) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    browser.v1.prices.update("price_test_premium", {"active": False})
    local_stripe.advance(32 * 86400)
    row = sync.sync_subscription(Subscription.objects.get().stripe_id)
    bob.refresh_from_db()
    assert (row.status, row.plan, bob.subscription_plan) == ("active", "premium", Plan.PREMIUM)
    with capture_logs() as logs:
        answer = api(alice).post(
            "/api/v1/payments/create-subscription/", {"plan": "premium", "payment_method_id": "pm_card_visa"}
        )
    assert (answer.status_code, answer.json()["code"]) == (404, "plan_not_sold")
    assert "price_not_sold" in [entry["event"] for entry in logs]
    assert Subscription.objects.filter(user=alice).count() == 0


def test_a_price_that_is_right_or_not_ours_is_no_news(
    furnished: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, operator: User, settings: Settings
) -> None:
    price_id = settings.STRIPE_PRICE_IDS["basic"]
    browser.v1.prices.update(price_id, {"nickname": "Sold"})
    other = browser.v1.prices.create(
        {"currency": "usd", "unit_amount": 1, "product": OFFERS[Plan.BASIC].product_id, "active": False}
    )
    browser.v1.products.create({"name": "Something else", "id": "prod_else"})
    furnished.requests.clear()
    chosen = [
        next(each for each in furnished.events("price.updated") if each["data"]["object"]["id"] == price_id),
        next(each for each in furnished.events("price.created") if each["data"]["object"]["id"] == other.id),
        next(each for each in furnished.events("product.created") if each["data"]["object"]["id"] == "prod_else"),
    ]
    for event in chosen:
        deliver(event)
    handle_all()
    assert told() == []
    assert [request.path for request in furnished.requests] == [f"/v1/prices/{price_id}"]


def test_a_coming_invoice_makes_us_look_at_its_subscription(
    local_stripe: LocalStripe, deliver: Deliver, bob: User
) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    row = Subscription.objects.get()
    Subscription.objects.update(status="past_due")
    coming = {
        "object": "invoice",
        "customer": row.customer.stripe_id,
        "parent": {"subscription_details": {"subscription": row.stripe_id}},
    }
    deliver(an_event(type="invoice.upcoming", data={"object": coming}))
    local_stripe.requests.clear()
    handle_all()
    assert Subscription.objects.get().status == "active"
    bare = {"object": "invoice", "customer": row.customer.stripe_id, "parent": None}
    deliver(an_event(id="evt_2", type="invoice.upcoming", data={"object": bare}))
    loose = {"object": "subscription_schedule", "id": "sub_sched_1", "customer": row.customer.stripe_id}
    deliver(an_event(id="evt_3", type="subscription_schedule.created", data={"object": loose}))
    local_stripe.requests.clear()
    handle_all()
    assert local_stripe.requests == []
