"""Every way to start: with a trial, with a promotion code, with a card to be saved, and again after it ran out."""

from typing import Any

import pytest
import stripe
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings
from structlog.testing import capture_logs

from accounts.models import Plan, User
from conftest import Api
from dev.local_stripe import LocalStripe
from numerai.common.models import AuditEntry
from numerai.settings.trials import trial_days
from payments import sync
from payments.models import BillingHistory, Subscription, TrialUse
from payments.services import create_subscription, get_or_create_stripe_customer
from payments.services.starting.terms import trial_days_for
from payments.tests.delivering import Deliver, asked, confirm, difference, handle_all
from payments.tests.test_renewals import DAY, Story

URL = "/api/v1/payments/create-subscription/"
WEEK = {"basic": 7, "premium": 7, "elite": 7}


def subscribe(api: Api, user: User, **body: Any) -> Any:
    return api(user).post(URL, {"plan": "premium"} | body)


def confirm_setup(browser: stripe.StripeClient, client_secret: str, card: str = "pm_card_visa") -> str:
    """The page saves a card with the secret of a setup intent."""
    return browser.v1.setup_intents.confirm(client_secret.partition("_secret_")[0], {"payment_method": card}).status


def promotion(browser: stripe.StripeClient, code: str = "SPRING", **changes: Any) -> str:
    coupon = browser.v1.coupons.create({"percent_off": changes.pop("percent_off", 25), "duration": "forever"})
    promo = {"code": code, "promotion": {"type": "coupon", "coupon": coupon.id}}
    return browser.v1.promotion_codes.create(promo | changes).id  # type: ignore[arg-type]


@pytest.fixture
def week(settings: Settings) -> Settings:
    settings.STRIPE_TRIAL_DAYS = WEEK
    return settings


def test_rule_48_a_trial_without_a_card_asks_the_page_to_save_one(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, week: Settings
) -> None:
    answer = subscribe(api, bob)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["status"], told["client_secret_type"], told["trial_days"]) == ("trialing", "setup_intent", 7)
    assert told["client_secret"].startswith("seti_")
    assert told["message"] == "Your Premium trial has begun."
    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.PREMIUM
    assert not local_stripe.objects("payment_intent")

    assert confirm_setup(browser, told["client_secret"]) == "succeeded"
    row = sync.sync_subscription(local_stripe.objects("subscription")[0]["id"])
    assert row.default_payment_method == local_stripe.objects("payment_method")[0]["id"]


def test_rule_48_a_trial_with_a_ready_card_has_nothing_to_confirm(
    api: Api, bob: User, local_stripe: LocalStripe, week: Settings
) -> None:
    told = subscribe(api, bob, payment_method_id="pm_card_visa").json()
    assert (told["status"], told["client_secret"], told["client_secret_type"]) == ("trialing", None, None)
    assert local_stripe.objects("charge") == []


def test_rule_48_a_trial_with_a_card_that_wants_its_owner_is_confirmed_as_a_setup(
    api: Api, bob: User, local_stripe: LocalStripe, week: Settings
) -> None:
    told = subscribe(api, bob, payment_method_id="pm_card_authenticationRequired").json()
    assert (told["status"], told["client_secret_type"]) == ("trialing", "setup_intent")


def test_rule_48_a_payment_that_is_due_is_confirmed_as_a_payment(
    api: Api, bob: User, local_stripe: LocalStripe
) -> None:
    told = subscribe(api, bob).json()
    assert (told["status"], told["client_secret_type"], told["trial_days"]) == ("incomplete", "payment_intent", 0)


def test_rule_48_a_first_bill_of_nothing_asks_the_page_to_save_a_card(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    promotion(browser, percent_off=100)
    told = subscribe(api, bob, promotion_code="SPRING").json()
    assert (told["status"], told["client_secret_type"]) == ("active", "setup_intent")
    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.PREMIUM
    assert difference(local_stripe) == []


def test_rule_49_who_did_not_pay_in_time_starts_again(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver
) -> None:
    first = subscribe(api, bob).json()
    local_stripe.advance(24 * 3600)
    for event in local_stripe.events():
        deliver(event)
    handle_all()
    expired = Subscription.objects.get()
    assert (str(expired.pk), expired.status) == (first["subscription_id"], "incomplete_expired")

    again = subscribe(api, bob).json()
    assert (again["status"], again["subscription_id"] != first["subscription_id"]) == ("incomplete", True)
    assert confirm(browser, again["client_secret"]) == "succeeded"
    sync.sync_invoice(local_stripe.objects("invoice")[-1]["id"])
    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.PREMIUM
    assert Subscription.objects.count() == 2
    assert difference(local_stripe) == []


@pytest.mark.parametrize(
    ("without_card", "status", "invoices"),
    [
        ("cancel", "canceled", ["paid"]),
        ("pause", "paused", ["paid"]),
        ("create_invoice", "past_due", ["paid", "open"]),
    ],
)
def test_rule_67_a_trial_that_ends_without_a_card(
    local_stripe: LocalStripe,
    browser: stripe.StripeClient,
    deliver: Deliver,
    bob: User,
    week: Settings,
    without_card: str,
    status: str,
    invoices: list[str],
) -> None:
    """Whoever has paid nothing yet has no grace either."""
    week.STRIPE_TRIAL_WITHOUT_CARD = without_card
    create_subscription(user=bob, plan="premium")
    story = Story(local_stripe, browser, deliver, bob)
    story.wait(6 * DAY)
    assert story.user.plan == Plan.PREMIUM
    story.wait(2 * DAY)
    row = Subscription.objects.get()
    assert (row.status, row.trial_end is not None) == (status, True)
    assert story.user.plan_until == (row.trial_end if status == "past_due" else None)
    assert list(BillingHistory.objects.order_by("created_at").values_list("status", flat=True)) == invoices


def test_rule_67_a_trial_with_a_card_goes_on_paid(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User, week: Settings
) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    story = Story(local_stripe, browser, deliver, bob)
    story.wait(8 * DAY)
    assert Subscription.objects.get().status == "active"
    assert story.user.plan == Plan.PREMIUM
    assert [each["amount"] for each in local_stripe.objects("charge")] == [1999]


def test_rule_67_a_person_has_one_trial(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, week: Settings
) -> None:
    assert trial_days_for(bob, Plan.ELITE) == 7
    assert subscribe(api, bob, payment_method_id="pm_card_visa").json()["trial_days"] == 7
    [first] = local_stripe.objects("subscription")
    browser.v1.subscriptions.cancel(first["id"])
    sync.sync_subscription(first["id"])

    assert trial_days_for(bob, Plan.ELITE) == 0
    told = subscribe(api, bob, plan="elite", payment_method_id="pm_card_mastercard").json()
    assert (told["status"], told["trial_days"]) == ("active", 0)
    assert [each["amount"] for each in local_stripe.objects("charge")] == [2999]


@pytest.mark.parametrize("known_by", ["id", "email", "phone"])
def test_rule_67_a_person_is_known_again_in_a_new_account(
    bob: User, charlie: User, local_stripe: LocalStripe, week: Settings, known_by: str
) -> None:
    bob.phone = "+4915112345678"
    bob.save()
    create_subscription(user=bob, plan="premium")
    if known_by == "id":
        bob.email, bob.phone = "robert@example.net", None
        bob.save()
        assert trial_days_for(bob, Plan.PREMIUM) == 0
        return
    User.objects.filter(pk=bob.pk).update(email="gone@erased.invalid", phone=None)
    assert trial_days_for(charlie, Plan.PREMIUM) == 7
    if known_by == "email":
        charlie.email = "bob+again@example.com"
    else:
        charlie.email, charlie.phone = None, "+4915112345678"
    assert trial_days_for(charlie, Plan.PREMIUM) == 0


def test_rule_67_a_card_has_one_trial_across_accounts(
    api: Api, bob: User, charlie: User, local_stripe: LocalStripe, week: Settings
) -> None:
    assert subscribe(api, bob, payment_method_id="pm_card_visa").json()["trial_days"] == 7
    before = len(local_stripe.objects("payment_method"))

    refused = subscribe(api, charlie, payment_method_id="pm_card_visa")
    assert (refused.status_code, refused.json()["code"]) == (409, "trial_already_used")
    assert len(local_stripe.objects("subscription")) == 1
    assert [each["customer"] for each in local_stripe.objects("payment_method")[before:]] == [None]

    charged = subscribe(api, charlie, payment_method_id="pm_card_visa", trial=False).json()
    assert (charged["status"], charged["trial_days"]) == ("active", 0)
    assert trial_days_for(charlie, Plan.PREMIUM) == 7


def test_rule_67_a_card_that_comes_later_and_had_a_trial_is_noticed(
    bob: User, charlie: User, local_stripe: LocalStripe, browser: stripe.StripeClient, week: Settings
) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    secret = create_subscription(user=charlie, plan="premium").client_secret or ""
    confirm_setup(browser, secret)
    with capture_logs() as logs:
        sync.sync_subscription(local_stripe.objects("subscription")[1]["id"])
    assert [entry["log_level"] for entry in logs if entry["event"] == "trial_card_used_before"] == ["warning"]
    assert TrialUse.objects.filter(kind="card").count() == 1


def test_rule_67_a_trial_is_remembered_without_telling_whose_it_was(
    bob: User, local_stripe: LocalStripe, week: Settings
) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    [theirs] = local_stripe.objects("subscription")
    rows = TrialUse.objects.all()
    assert sorted(row.kind for row in rows) == ["card", "person", "person"]
    assert {(len(row.digest), row.subscription_stripe_id) for row in rows} == {(64, theirs["id"])}
    fingerprint = local_stripe.objects("payment_method")[0]["card"]["fingerprint"]
    written = str(list(rows.values())) + str(list(AuditEntry.objects.filter(object_type="payments.trialuse").values()))
    assert "bob@example.com" not in written
    assert fingerprint not in written
    assert AuditEntry.objects.filter(object_type="payments.trialuse").count() == 3


def test_rule_67_a_replaced_secret_key_forgets_nobody(bob: User, local_stripe: LocalStripe, week: Settings) -> None:
    create_subscription(user=bob, plan="premium")
    week.SECRET_KEY_FALLBACKS, week.SECRET_KEY = [week.SECRET_KEY], "another-secret-key-" * 4
    assert trial_days_for(bob, Plan.PREMIUM) == 0
    week.SECRET_KEY_FALLBACKS = []
    assert trial_days_for(bob, Plan.PREMIUM) == 7


def test_a_trial_that_is_not_wanted_is_kept_for_later(
    api: Api, bob: User, local_stripe: LocalStripe, week: Settings
) -> None:
    told = subscribe(api, bob, trial=False).json()
    assert (told["status"], told["trial_days"]) == ("incomplete", 0)
    again = subscribe(api, bob).json()
    assert (again["status"], again["trial_days"]) == ("trialing", 7)
    assert [each["status"] for each in local_stripe.objects("subscription")] == ["incomplete_expired", "trialing"]


def test_a_trial_may_belong_to_some_plans_only(bob: User, settings: Settings) -> None:
    settings.STRIPE_TRIAL_DAYS = {"elite": 14}
    assert trial_days_for(bob, Plan.ELITE) == 14
    with CaptureQueriesContext(connection) as queries:
        assert trial_days_for(bob, Plan.BASIC) == 0
    assert len(queries) == 0


def test_everybody_can_see_which_trials_they_would_be_given(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, settings: Settings
) -> None:
    settings.STRIPE_TRIAL_DAYS = {"elite": 14}
    client, url = api(bob), "/api/v1/payments/subscription-status/"
    none = {"basic": 0, "premium": 0, "elite": 0}
    assert client.get(url).json()["trial_days"] == none | {"elite": 14}
    create_subscription(user=bob, plan="elite")
    assert client.get(url).json()["trial_days"] == none
    [theirs] = local_stripe.objects("subscription")
    browser.v1.subscriptions.cancel(theirs["id"])
    sync.sync_subscription(theirs["id"])
    assert client.get(url).json() == {"has_subscription": False, "subscription": None, "trial_days": none}


def test_days_of_trial_are_read_from_one_number_or_by_plan() -> None:
    assert trial_days("0") == {"basic": 0, "premium": 0, "elite": 0}
    assert trial_days("14") == {"basic": 14, "premium": 14, "elite": 14}
    assert trial_days("basic=7, elite=14") == {"basic": 7, "elite": 14}
    with pytest.raises(ValueError, match="invalid literal"):
        trial_days("a week")


def test_a_trial_card_that_stripe_does_not_know_is_a_400(
    api: Api, bob: User, local_stripe: LocalStripe, week: Settings
) -> None:
    answer = subscribe(api, bob, payment_method_id="pm_unknown")
    assert (answer.status_code, answer.json()["code"]) == (400, "payment_method_invalid")
    assert not Subscription.objects.exists()


def test_a_lost_answer_about_a_trial_is_asked_for_with_the_same_terms(
    api: Api, bob: User, local_stripe: LocalStripe, week: Settings
) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/subscriptions", close_before=True, times=3)
    key = {"Idempotency-Key": "key-1"}
    body = {"plan": "premium", "payment_method_id": "pm_card_visa"}
    assert api(bob).post(URL, body, headers=key).status_code == 503
    week.STRIPE_TRIAL_DAYS = {}
    assert api(bob).post(URL, body, headers=key).json()["trial_days"] == 7
    assert len(set(asked(local_stripe, "POST", "/v1/subscriptions"))) == 1


def test_a_promotion_code_takes_off_what_it_says(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    code = promotion(browser)
    answer = subscribe(api, bob, payment_method_id="pm_card_visa", promotion_code="spring")
    assert answer.status_code == 201
    assert [each["amount"] for each in local_stripe.objects("charge")] == [1499]
    assert Subscription.objects.get().promotion_code == code
    assert BillingHistory.objects.get().amount == 1499


def test_a_promotion_code_of_ones_own_is_taken(
    api: Api, bob: User, charlie: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    customer = get_or_create_stripe_customer(bob)
    promotion(browser, customer=customer.stripe_id)
    refused = subscribe(api, charlie, promotion_code="SPRING")
    assert (refused.status_code, refused.json()["code"]) == (400, "promotion_code_invalid")
    assert subscribe(api, bob, promotion_code="SPRING").status_code == 201


@pytest.mark.parametrize("why", ["unknown", "inactive", "too small"])
def test_a_promotion_code_that_cannot_be_redeemed_is_a_400_and_changes_nothing(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, why: str
) -> None:
    bounds = {"minimum_amount": 5000, "minimum_amount_currency": "usd"}
    if why != "unknown":
        promotion(browser, **{"restrictions": bounds} if why == "too small" else {"active": False})
    answer = subscribe(api, bob, payment_method_id="pm_card_visa", promotion_code="SPRING")
    assert (answer.status_code, answer.json()["code"]) == (400, "promotion_code_invalid")
    assert [error["field"] for error in answer.json()["errors"]] == ["promotion_code"]
    assert local_stripe.objects("subscription") == []
    assert not Subscription.objects.exists()
    assert subscribe(api, bob, payment_method_id="pm_card_visa").status_code == 201


def test_a_bad_promotion_code_leaves_the_open_purchase_alone(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    open_one = subscribe(api, bob).json()
    assert subscribe(api, bob, plan="elite", promotion_code="NO").status_code == 400
    assert [each["status"] for each in local_stripe.objects("subscription")] == ["incomplete"]
    assert subscribe(api, bob).json() == open_one


def test_an_open_purchase_without_the_code_is_replaced_by_one_with_it(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    promotion(browser)
    subscribe(api, bob)
    first = subscribe(api, bob, promotion_code="SPRING").json()
    assert subscribe(api, bob, promotion_code="SPRING").json() == first
    assert [each["status"] for each in local_stripe.objects("subscription")] == ["incomplete_expired", "incomplete"]
    assert local_stripe.objects("invoice")[-1]["amount_due"] == 1499


@pytest.mark.parametrize("quantity", [0, 1, 2, -1, 1.5, "many"])
def test_rule_65_a_quantity_is_refused(api: Api, bob: User, local_stripe: LocalStripe, quantity: Any) -> None:
    answer = subscribe(api, bob, quantity=quantity)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["quantity"]
    assert local_stripe.requests == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"promotion_code": "a b"}, "promotion_code"),
        ({"promotion_code": "x" * 101}, "promotion_code"),
        ({"trial": 5}, "trial"),
    ],
)
def test_bad_terms_are_a_400_and_change_nothing(
    api: Api, bob: User, local_stripe: LocalStripe, body: dict[str, Any], field: str
) -> None:
    answer = subscribe(api, bob, **body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert local_stripe.requests == []


def test_rule_86_the_currency_of_earlier_purchases_is_fixed(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    customer = get_or_create_stripe_customer(bob).stripe_id
    product = browser.v1.products.create({"name": "Old"}).id
    euros = browser.v1.prices.create(
        {"product": product, "currency": "eur", "unit_amount": 900, "recurring": {"interval": "month"}}
    ).id
    card = browser.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    old = browser.v1.subscriptions.create(
        {"customer": customer, "items": [{"price": euros}], "default_payment_method": card}
    )
    browser.v1.subscriptions.cancel(old.id)

    answer = subscribe(api, bob, payment_method_id="pm_card_visa")

    assert (answer.status_code, answer.json()["code"]) == (409, "currency_fixed")
    assert [each["status"] for each in local_stripe.objects("subscription")] == ["canceled"]
    assert not Subscription.objects.exists()


def test_rule_89_subscriptions_end_with_their_customer_in_any_order(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver
) -> None:
    """The news about the customer comes before the news about the subscription."""
    subscribe(api, bob, payment_method_id="pm_card_visa")
    row = Subscription.objects.select_related("customer").get()
    browser.v1.customers.delete(row.customer.stripe_id)
    [deleted] = local_stripe.events("customer.deleted")
    deliver(deleted)
    handle_all()
    row.refresh_from_db()
    bob.refresh_from_db()
    assert (row.status, bob.subscription_plan) == ("canceled", Plan.FREE)
    for event in local_stripe.events("customer.subscription.deleted"):
        deliver(event)
    handle_all()

    assert subscribe(api, bob, payment_method_id="pm_card_visa").status_code == 201
    assert Subscription.objects.get(status="active").customer.stripe_id != row.customer.stripe_id
    assert not Subscription.objects.filter(duplicate_of__isnull=False).exists()


def test_a_subscription_of_another_account_is_reported(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    subscribe(api, bob, payment_method_id="pm_card_visa")
    row = Subscription.objects.select_related("customer").get()
    local_stripe.reset()
    with capture_logs() as logs:
        sync.sync_customer(row.customer.stripe_id)
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == [
        "stripe_customer_missing",
        "stripe_subscription_missing",
    ]
    row.customer.refresh_from_db()
    assert row.customer.deleted_at is not None


def test_operators_see_which_trials_were_had_and_change_none(
    client: Client, operator: User, bob: User, local_stripe: LocalStripe, week: Settings
) -> None:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    client.force_login(operator)
    row = TrialUse.objects.filter(kind="card").get()
    listed = client.get(reverse("admin:payments_trialuse_changelist"), {"q": row.subscription_stripe_id})
    assert listed.status_code == 200
    assert row.digest[:12] in listed.content.decode()
    page = reverse("admin:payments_trialuse_change", args=[row.pk])
    assert f"/test/subscriptions/{row.subscription_stripe_id}" in client.get(page).content.decode()
    assert client.post(page, {"kind": "person"}).status_code == 403
    assert client.post(reverse("admin:payments_trialuse_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
