"""Saved cards: seen live, added by the page, made the default, removed; and the portal where Stripe does the same."""

from typing import Any

import pytest
import stripe
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from pytest_django import Settings

from accounts.models import User
from conftest import Api
from dev.local_stripe import LocalStripe
from numerai.common import clock
from payments.models import BillingOperation, OperationState, StripeCustomer, Subscription
from payments.services import create_subscription, get_customer_payment_methods, get_or_create_stripe_customer
from payments.services.settling import CERTAIN_AFTER
from payments.tasks import sweep_operations
from payments.tests.delivering import Deliver, asked, handle_all
from payments.tests.factories import stripe_customer
from payments.tests.racing import together
from payments.tests.test_renewals import MONTH, Story
from payments.tests.test_starting import confirm_setup

URL = "/api/v1/payments/payment-methods/"
PORTAL = "/api/v1/payments/portal-session/"


def attached(browser: stripe.StripeClient, user: User, card: str = "pm_card_mastercard") -> str:
    customer = get_or_create_stripe_customer(user).stripe_id
    return browser.v1.payment_methods.attach(card, {"customer": customer}).id


def charged(server: LocalStripe) -> Any:
    """Which card the customer's and the subscription's bills are charged to."""
    of_customer = server.objects("customer")[0]["invoice_settings"]["default_payment_method"]
    return of_customer, [each["default_payment_method"] for each in server.objects("subscription")]


@pytest.fixture
def paying(local_stripe: LocalStripe, bob: User) -> str:
    """Bob has a subscription; the id of the card that pays for it."""
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    return str(local_stripe.objects("payment_method")[0]["id"])


@pytest.fixture
def story(paying: str, local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User) -> Story:
    told = Story(local_stripe, browser, deliver, bob)
    told.bring()
    return told


def test_saved_cards_are_listed_live(
    api: Api, bob: User, charlie: User, local_stripe: LocalStripe, browser: stripe.StripeClient, paying: str
) -> None:
    other = attached(browser, bob)
    attached(browser, charlie)
    answer = api(bob).get(URL)
    assert answer.status_code == 200
    assert answer.json() == [
        {"id": other, "brand": "mastercard", "last4": "4444", "exp_month": 12, "exp_year": 2034, "is_default": False},
        {"id": paying, "brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034, "is_default": True},
    ]
    assert [method.id for method in get_customer_payment_methods(bob)] == [other, paying]


def test_nothing_of_a_card_is_in_our_database(bob: User, local_stripe: LocalStripe, paying: str) -> None:
    get_customer_payment_methods(bob)
    for model in (Subscription, StripeCustomer, BillingOperation):
        assert "4242" not in str(list(model._default_manager.values()))


def test_who_is_no_customer_has_no_cards_and_becomes_none(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    assert api(bob).get(URL).json() == []
    assert local_stripe.requests == []
    assert not StripeCustomer.objects.exists()


@pytest.mark.parametrize("how", ["deleted", "unknown"])
def test_rule_89_a_customer_that_is_gone_has_no_cards(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, how: str
) -> None:
    if how == "deleted":
        row = get_or_create_stripe_customer(bob)
        browser.v1.customers.delete(row.stripe_id)
    else:
        row = stripe_customer(bob)
    assert api(bob).get(URL).json() == []
    row.refresh_from_db()
    assert row.deleted_at is not None
    assert api(bob).post(f"{URL}pm_1/default/").status_code == 404


def test_cards_are_not_listed_while_stripe_is_away(api: Api, bob: User, local_stripe: LocalStripe, paying: str) -> None:
    local_stripe.faults.api(method="GET", path_prefix="/v1/payment_methods", status=503, times=3)
    answer = api(bob).get(URL)
    assert (answer.status_code, answer.json()["code"]) == (503, "payments_unavailable")


def test_a_card_is_added_by_the_page(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    answer = api(bob).post(URL, {})
    assert answer.status_code == 201
    told = answer.json()
    assert told["client_secret"].startswith(told["setup_intent_id"])
    assert confirm_setup(browser, told["client_secret"], "pm_card_amex") == "succeeded"
    assert [each["brand"] for each in api(bob).get(URL).json()] == ["amex"]
    assert local_stripe.objects("charge") == []


def test_rule_32_adding_twice_with_one_key_makes_one_intent(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    client, key = api(bob), {"Idempotency-Key": "key-1"}
    first, second = (client.post(URL, {}, headers=key).json() for _ in range(2))
    assert first == second
    assert len(local_stripe.objects("setup_intent")) == 1


def test_a_lost_answer_about_a_card_holds_nobody_up(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/setup_intents", close_after_commit=True, times=3)
    client, key = api(bob), {"Idempotency-Key": "key-1"}
    assert client.post(URL, {}, headers=key).status_code == 503
    assert client.post(URL, {}, headers=key).status_code == 201


def test_a_process_that_died_adding_a_card_is_cleared_away(bob: User, local_stripe: LocalStripe) -> None:
    BillingOperation.objects.create(
        user=bob, kind="add_payment_method", livemode=False, fingerprint="x", params={}, state="running"
    )
    BillingOperation.objects.update(created_at=clock.now() - CERTAIN_AFTER)
    sweep_operations()
    assert BillingOperation.objects.get().state == OperationState.FAILED


def test_the_default_is_changed_where_it_is_charged(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, paying: str
) -> None:
    other = attached(browser, bob)
    answer = api(bob).post(f"{URL}{other}/default/")
    assert answer.status_code == 200
    assert answer.json() == {"payment_method_id": other, "open_invoice": None, "invoice_url": None}
    assert charged(local_stripe) == (other, [other])
    assert Subscription.objects.get().default_payment_method == other
    assert [each["is_default"] for each in api(bob).get(URL).json()] == [True, False]
    assert len(local_stripe.objects("charge")) == 1


def test_rule_71_a_subscription_that_follows_its_customer_goes_on_doing_so(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, paying: str
) -> None:
    [subscription] = local_stripe.objects("subscription")
    browser.v1.subscriptions.update(subscription["id"], {"default_payment_method": ""})
    other = attached(browser, bob)
    assert api(bob).post(f"{URL}{other}/default/").status_code == 200
    assert charged(local_stripe) == (other, [None])


def test_who_has_no_subscription_may_choose_a_card_all_the_same(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    card = attached(browser, bob)
    assert api(bob).post(f"{URL}{card}/default/").json()["open_invoice"] is None
    assert charged(local_stripe) == (card, [])


def test_rule_71_a_new_card_pays_what_is_owed_once(api: Api, story: Story) -> None:
    story.use_card("pm_card_chargeCustomerFail")
    story.wait(MONTH)
    assert Subscription.objects.get().status == "past_due"
    card = attached(story.browser, story.user)
    client = api(story.user)

    answer = client.post(f"{URL}{card}/default/")

    assert answer.json()["open_invoice"] == "paid"
    assert answer.json()["invoice_url"]
    assert charged(story.server) == (card, [card])
    row = Subscription.objects.get()
    assert (row.status, row.default_payment_method) == ("active", card)
    assert client.post(f"{URL}{card}/default/").json()["open_invoice"] is None
    paid = [each["amount"] for each in story.server.objects("charge") if each["status"] == "succeeded"]
    assert paid == [1999, 1999]
    story.bring()


def test_rule_71_a_lost_answer_pays_once(api: Api, story: Story) -> None:
    story.use_card("pm_card_chargeCustomerFail")
    story.wait(MONTH)
    card = attached(story.browser, story.user)
    story.server.faults.api(method="POST", path_prefix="/v1/invoices/", close_after_commit=True, times=3)
    client, key = api(story.user), {"Idempotency-Key": "key-1"}
    assert client.post(f"{URL}{card}/default/", headers=key).status_code == 503
    operation = BillingOperation.objects.get(kind="set_default_payment_method")
    assert operation.state == OperationState.UNKNOWN

    answer = client.post(f"{URL}{card}/default/", headers=key)
    assert answer.status_code == 200
    assert Subscription.objects.get().status == "active"
    paid = [each["amount"] for each in story.server.objects("charge") if each["status"] == "succeeded"]
    assert paid == [1999, 1999]


def test_rule_71_a_payment_of_unknown_outcome_is_found_by_the_sweep(api: Api, story: Story) -> None:
    story.use_card("pm_card_chargeCustomerFail")
    story.wait(MONTH)
    card = attached(story.browser, story.user)
    story.server.faults.api(method="POST", path_prefix="/v1/invoices/", close_after_commit=True, times=3)
    assert api(story.user).post(f"{URL}{card}/default/").status_code == 503
    BillingOperation.objects.update(created_at=clock.now() - CERTAIN_AFTER, asked_at=clock.now() - CERTAIN_AFTER)
    sweep_operations()
    assert Subscription.objects.get().status == "active"
    assert BillingOperation.objects.get(kind="set_default_payment_method").state == OperationState.FAILED


@pytest.mark.parametrize(
    ("token", "told"),
    [("pm_card_chargeCustomerFail", "declined"), ("pm_card_authenticationRequired", "action_required")],
)
def test_rule_71_a_new_card_that_cannot_pay_is_the_default_all_the_same(
    api: Api, story: Story, token: str, told: str
) -> None:
    story.use_card("pm_card_chargeCustomerFail")
    story.wait(MONTH)
    card = attached(story.browser, story.user, token)
    answer = api(story.user).post(f"{URL}{card}/default/")
    assert (answer.status_code, answer.json()["open_invoice"]) == (200, told)
    assert answer.json()["invoice_url"]
    assert charged(story.server) == (card, [card])
    assert Subscription.objects.get().status == "past_due"


def test_rule_71_arrears_without_an_open_bill_are_left_alone(api: Api, story: Story) -> None:
    story.use_card("pm_card_chargeCustomerFail")
    story.wait(MONTH)
    open_one = next(each for each in story.server.objects("invoice") if each["status"] == "open")
    story.browser.v1.invoices.void_invoice(open_one["id"])
    story.bring()
    card = attached(story.browser, story.user)
    assert api(story.user).post(f"{URL}{card}/default/").json()["open_invoice"] is None
    assert asked(story.server, "POST", f"/v1/invoices/{open_one['id']}/pay") == []


def test_a_bill_that_was_paid_meanwhile_is_no_refusal(api: Api, story: Story) -> None:
    """Nobody has told us yet that somebody paid by hand."""
    story.use_card("pm_card_chargeCustomerFail")
    story.wait(MONTH)
    open_one = next(each for each in story.server.objects("invoice") if each["status"] == "open")
    with story.server.world.transaction():
        paid = {"status": "paid", "amount_paid": 1999, "status_transitions": open_one["status_transitions"]}
        paid["status_transitions"]["paid_at"] = story.server.now()
        story.server.world.put("invoice", story.server.world.get("invoice", open_one["id"]) | paid)
    card = attached(story.browser, story.user)
    assert api(story.user).post(f"{URL}{card}/default/").json()["open_invoice"] == "paid"


def test_a_card_is_forgotten(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, paying: str
) -> None:
    other = attached(browser, bob)
    assert api(bob).delete(f"{URL}{other}/").status_code == 204
    assert [each["id"] for each in api(bob).get(URL).json()] == [paying]
    assert charged(local_stripe) == (paying, [paying])
    assert api(bob).delete(f"{URL}{other}/").status_code == 404


def test_the_card_that_is_charged_is_replaced_before_it_goes(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, paying: str
) -> None:
    attached(browser, bob, "pm_card_amex")
    newest = attached(browser, bob)
    assert api(bob).delete(f"{URL}{paying}/").status_code == 204
    assert charged(local_stripe) == (newest, [newest])
    assert Subscription.objects.get().default_payment_method == newest


def test_the_last_card_of_a_live_subscription_stays(
    api: Api, bob: User, local_stripe: LocalStripe, paying: str
) -> None:
    answer = api(bob).delete(f"{URL}{paying}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "last_payment_method")
    assert "Add another card" in answer.json()["detail"]
    assert local_stripe.objects("payment_method")[0]["customer"] is not None
    assert charged(local_stripe) == (paying, [paying])


def test_the_last_card_of_a_subscription_that_ends_may_go(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, paying: str
) -> None:
    [subscription] = local_stripe.objects("subscription")
    browser.v1.subscriptions.update(subscription["id"], {"cancel_at_period_end": True})
    assert api(bob).delete(f"{URL}{paying}/").status_code == 204
    assert Subscription.objects.get().default_payment_method == ""


def test_the_last_card_without_a_subscription_may_go(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    card = attached(browser, bob)
    assert api(bob).delete(f"{URL}{card}/").status_code == 204
    assert api(bob).get(URL).json() == []


def test_two_last_cards_are_not_removed_at_once(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, paying: str
) -> None:
    cards, clients = [paying, attached(browser, bob)], [api(bob), api(bob)]
    answers = together(2, lambda number: clients[number].delete(f"{URL}{cards[number]}/").status_code)
    assert sorted(answers) == [204, 409]
    assert len(api(bob).get(URL).json()) == 1


def test_rule_40_a_card_that_is_detached_already_counts_as_forgotten(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    card = attached(browser, bob)
    local_stripe.faults.api(method="POST", path_prefix="/v1/payment_methods/", close_after_commit=True, times=3)
    client, key = api(bob), {"Idempotency-Key": "key-1"}
    assert client.delete(f"{URL}{card}/", headers=key).status_code == 503
    assert client.get(URL).json() == []
    assert client.delete(f"{URL}{card}/", headers=key).status_code == 404


@pytest.mark.parametrize("method", ["post", "delete"])
@pytest.mark.parametrize(
    ("card", "status"),
    [("theirs", 404), ("pm_unknown", 404), ("cus_1", 400), ("pm_1.x", 400), ("pm_" + "x" * 300, 400)],
)
def test_what_is_no_card_of_ones_own_is_refused_and_nothing_changes(
    api: Api,
    bob: User,
    charlie: User,
    local_stripe: LocalStripe,
    browser: stripe.StripeClient,
    paying: str,
    method: str,
    card: str,
    status: int,
) -> None:
    theirs = attached(browser, charlie)
    named = theirs if card == "theirs" else card
    url = f"{URL}{named}/default/" if method == "post" else f"{URL}{named}/"
    answer = getattr(api(bob), method)(url)
    assert answer.status_code == status
    if status == 400:
        assert [error["field"] for error in answer.json()["errors"]] == ["payment_method_id"]
    assert charged(local_stripe) == (paying, [paying])
    assert len([each for each in local_stripe.objects("payment_method") if each["customer"]]) == 2


@pytest.mark.parametrize(("method", "path"), [("delete", "pm_1/"), ("post", "pm_1/default/")])
def test_who_is_no_customer_has_nothing_to_change(
    api: Api, bob: User, local_stripe: LocalStripe, method: str, path: str
) -> None:
    assert getattr(api(bob), method)(f"{URL}{path}").status_code == 404
    assert local_stripe.requests == []


@pytest.mark.parametrize(
    ("method", "url"),
    [("get", URL), ("post", URL), ("delete", f"{URL}pm_1/"), ("post", f"{URL}pm_1/default/"), ("post", PORTAL)],
)
def test_anonymous_callers_reach_no_wallet(local_stripe: LocalStripe, method: str, url: str) -> None:
    assert getattr(Client(), method)(url).status_code == 401
    assert local_stripe.requests == []


def test_changes_of_cards_are_limited(api: Api, bob: User, local_stripe: LocalStripe, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    client = api(bob)
    answers = [client.delete(f"{URL}pm_1/").status_code for _ in range(21)]
    assert answers == [404] * 20 + [429]


def test_a_card_that_came_or_went_elsewhere_is_noticed(
    bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, paying: str
) -> None:
    """Only the events about cards are delivered, none about the subscription."""
    browser.v1.payment_methods.detach(paying)
    for event in local_stripe.events("payment_method.detached"):
        deliver(event)
    handle_all()
    assert Subscription.objects.get().default_payment_method == ""

    other = attached(browser, bob)
    [subscription] = local_stripe.objects("subscription")
    browser.v1.subscriptions.update(subscription["id"], {"default_payment_method": other})
    for event in local_stripe.events("payment_method.attached"):
        deliver(event)
    handle_all()
    assert Subscription.objects.get().default_payment_method == other


@pytest.mark.parametrize(
    "kind",
    [
        "customer.updated",
        "setup_intent.succeeded",
        "setup_intent.setup_failed",
        "payment_method.attached",
        "payment_method.updated",
        "payment_method.automatically_updated",
    ],
)
def test_news_about_cards_costs_one_look(
    bob: User, local_stripe: LocalStripe, deliver: Deliver, paying: str, kind: str
) -> None:
    customer = StripeCustomer.objects.get().stripe_id
    about = {"id": customer if kind.startswith("customer") else "x_1", "object": "x", "customer": customer}
    before = len(local_stripe.requests)
    deliver(
        {
            "id": "evt_card",
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": local_stripe.now(),
            "livemode": False,
            "type": kind,
            "data": {"object": about},
        }
    )
    handle_all()
    assert [request.method for request in local_stripe.requests[before:]] == ["GET"]


@pytest.mark.parametrize(
    ("given", "back"),
    [
        (None, "http://localhost:3000/billing"),
        ("", "http://localhost:3000/billing"),
        ("http://localhost:3000/account?tab=cards", "http://localhost:3000/account?tab=cards"),
        ("https://app.numerai.example/billing", "https://app.numerai.example/billing"),
    ],
)
def test_the_portal_leads_back_to_the_frontend(
    api: Api, bob: User, local_stripe: LocalStripe, given: str | None, back: str
) -> None:
    answer = api(bob).post(PORTAL, {} if given is None else {"return_url": given})
    assert answer.status_code == 201
    assert answer.json()["url"].startswith("http")
    [session] = local_stripe.objects("billing_portal.session")
    assert (session["return_url"], session["customer"]) == (back, StripeCustomer.objects.get().stripe_id)


@pytest.mark.parametrize(
    "evil",
    [
        "https://evil.example/",
        "//evil.example",
        "/billing",
        "http://localhost:3000.evil.example/",
        "http://localhost:3000@evil.example/",
        "http://localhost:3000\\@evil.example/",
        "javascript:alert(1)",
        "https://localhost:3000/",
        "http://[::1",
        "http://localhost:3000/\nX: y",
        "http://l\u043ecalhost:3000/",
    ],
)
def test_the_portal_leads_nobody_elsewhere(api: Api, bob: User, local_stripe: LocalStripe, evil: str) -> None:
    answer = api(bob).post(PORTAL, {"return_url": evil})
    assert (answer.status_code, answer.json()["code"]) == (400, "return_url_not_allowed")
    assert [error["field"] for error in answer.json()["errors"]] == ["return_url"]
    assert local_stripe.requests == []


def test_a_portal_for_a_customer_that_is_gone_is_opened_at_the_next_try(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    browser.v1.customers.delete(get_or_create_stripe_customer(bob).stripe_id)
    assert api(bob).post(PORTAL).status_code == 503
    assert api(bob).post(PORTAL).status_code == 201


def test_an_address_that_is_no_text_is_a_400(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    assert api(bob).post(PORTAL, {"return_url": {"a": 1}}).json()["errors"][0]["field"] == "return_url"


def test_the_example_of_a_portal_session_can_be_tried(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    schema: Any = SchemaGenerator().get_schema(request=None, public=True)
    body = schema["paths"][PORTAL]["post"]["requestBody"]["content"]["application/json"]
    [example] = [each["value"] for each in body["examples"].values()]
    assert api(bob).post(PORTAL, example).status_code == 201
