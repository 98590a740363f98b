"""Late, doubled, shuffled and lost events: our rows end as Stripe has them."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe
from django.db import OperationalError, connection, transaction
from pytest_django import Settings
from structlog.testing import capture_logs

from accounts.models import Plan, User
from dev.local_stripe import LocalStripe
from notifications.models import Notification
from payments import gateway, sync
from payments.gateway import NetworkCallInsideTransaction
from payments.models import BillingHistory, EventState, Payment, StripeCustomer, Subscription, WebhookEvent
from payments.privacy import erase
from payments.services import create_subscription, get_or_create_stripe_customer, handle_webhook_event
from payments.signals import subscription_changed
from payments.sync.locks import LockTimeout, customer_lock
from payments.tests.delivering import Deliver, Event, an_event, confirm, difference, forget, handle_all, wait_until
from payments.tests.racing import together
from payments.webhooks.processing import MAX_ATTEMPTS

MONTH = 31 * 86400


def kinds_told() -> list[str]:
    return sorted(Notification.objects.values_list("kind", flat=True))


def an_unheard_purchase(browser: stripe.StripeClient, user: User, plan: str = "premium", **metadata: str) -> str:
    """A paid subscription that nobody of ours made; answers the customer's id."""
    customer = browser.v1.customers.create({"name": user.full_name, "metadata": metadata})
    card = browser.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    browser.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": f"price_test_{plan}"}], "default_payment_method": card.id}
    )
    return customer.id


def put(server: LocalStripe, kind: str, **changes: Any) -> None:
    """Change Stripe's only object of a kind behind everybody's back."""
    with server.world.transaction():
        [found] = server.world.all(kind)
        server.world.put(kind, found | changes)


@pytest.fixture
def confirmed(local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User) -> LocalStripe:
    """Bob's payment went through at Stripe; none of its events has reached us."""
    secret = create_subscription(user=bob, plan="premium").client_secret
    assert secret is not None
    confirm(browser, secret)
    return local_stripe


def test_rule_15_several_events_about_one_change_tell_once(confirmed: LocalStripe, deliver: Deliver) -> None:
    for event in confirmed.events():
        assert deliver(event).status_code == 200
        deliver(event | {"id": f"{event['id']}_again"})
    handle_all()
    assert kinds_told() == ["payments.receipt", "payments.subscription_activated"]
    assert (BillingHistory.objects.count(), Payment.objects.count(), Subscription.objects.count()) == (1, 1, 1)
    assert difference(confirmed) == []


def test_rule_17_updated_before_created(confirmed: LocalStripe, deliver: Deliver, bob: User) -> None:
    for event in reversed(confirmed.events()):
        deliver(event)
        handle_all()
        assert Subscription.objects.get().status in {"incomplete", "active"}
    assert Subscription.objects.get().status == "active"
    bob.refresh_from_db()
    assert bob.is_premium


def test_rule_18_what_is_over_never_comes_back(
    confirmed: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User
) -> None:
    browser.v1.subscriptions.cancel(confirmed.objects("subscription")[0]["id"])
    [ended] = confirmed.events("customer.subscription.deleted")
    deliver(ended)
    handle_all()
    before = Subscription.objects.get()
    assert (before.status, before.ended_at is not None) == ("canceled", True)

    for event in confirmed.events("customer.subscription.updated"):
        deliver(event)
    handle_all()
    put(confirmed, "subscription", status="active")
    with capture_logs() as logs:
        sync.sync_subscription(before.stripe_id)
    after = Subscription.objects.get()
    assert (after.status, after.ended_at) == ("canceled", before.ended_at)
    assert "subscription_would_revive" in [entry["event"] for entry in logs]
    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.FREE


def test_rule_19_a_paid_invoice_stays_paid(confirmed: LocalStripe, deliver: Deliver) -> None:
    for kind in ("invoice.paid", "invoice.finalized", "invoice.created"):
        deliver(confirmed.events(kind)[0])
        handle_all()
        bill = BillingHistory.objects.get()
        assert (bill.status, bill.amount_paid) == ("paid", 1999)
    put(confirmed, "invoice", status="open")
    put(confirmed, "payment_intent", status="requires_payment_method")
    with capture_logs() as logs:
        sync.sync_invoice(confirmed.objects("invoice")[0]["id"])
    assert BillingHistory.objects.get().status == "paid"
    assert Payment.objects.get().status == "succeeded"
    assert "invoice_would_reopen" in [entry["event"] for entry in logs]


def test_a_settled_payment_stays_settled(confirmed: LocalStripe) -> None:
    invoice = confirmed.objects("invoice")[0]["id"]
    sync.sync_invoice(invoice)
    put(confirmed, "payment_intent", status="requires_payment_method")
    sync.sync_invoice(invoice)
    assert Payment.objects.get().status == "succeeded"


def test_rule_20_a_subscription_nobody_heard_of_is_taken_over(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User
) -> None:
    an_unheard_purchase(browser, bob, user_id=str(bob.pk))
    deliver(local_stripe.events("invoice.paid")[0])
    handle_all()
    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.PREMIUM
    assert difference(local_stripe) == []


def test_rule_21_a_customer_nobody_knows_yet_is_tried_again(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User
) -> None:
    customer_id = an_unheard_purchase(browser, bob, user_id="00000000-0000-0000-0000-000000000000")
    deliver(local_stripe.events("invoice.paid")[0])
    handle_all()
    event = WebhookEvent.objects.get()
    assert event.state == EventState.FAILED
    assert "CustomerNotLinked" in event.last_error
    assert not Subscription.objects.exists()

    browser.v1.customers.update(customer_id, {"metadata": {"user_id": str(bob.pk)}})
    WebhookEvent.objects.update(state=EventState.PENDING)
    handle_all()
    assert StripeCustomer.objects.get().user_id == bob.pk
    assert Subscription.objects.get().status == "active"


@pytest.mark.parametrize("metadata", [{}, {"user_id": ""}, {"user_id": "nobody"}])
def test_a_customer_that_is_not_ours_is_ignored_at_once(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User, metadata: dict[str, str]
) -> None:
    an_unheard_purchase(browser, bob, **metadata)
    deliver(local_stripe.events("invoice.paid")[0])
    handle_all()
    event = WebhookEvent.objects.get()
    assert (event.state, event.attempts) == (EventState.IGNORED, 1)
    assert "names no person" in event.last_error


def test_rule_21_a_customer_of_somebody_unknown_is_parked(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User
) -> None:
    an_unheard_purchase(browser, bob, user_id="00000000-0000-0000-0000-000000000000")
    deliver(local_stripe.events("invoice.paid")[0])
    WebhookEvent.objects.update(attempts=MAX_ATTEMPTS - 1)
    handle_all()
    assert WebhookEvent.objects.get().state == EventState.PARKED


def test_a_second_customer_of_one_person_is_not_linked(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User
) -> None:
    get_or_create_stripe_customer(bob)
    second = an_unheard_purchase(browser, bob, user_id=str(bob.pk))
    with pytest.raises(sync.CustomerNotLinked), capture_logs() as logs:
        sync.sync_invoice(local_stripe.objects("invoice")[0]["id"])
    assert "second_stripe_customer" in [entry["event"] for entry in logs]
    assert not StripeCustomer.objects.filter(stripe_id=second).exists()


def test_rule_22_equal_moments_do_not_decide(confirmed: LocalStripe, deliver: Deliver) -> None:
    moment = confirmed.now()
    events = [event | {"created": moment} for event in confirmed.events() if "subscription" in event["type"]]
    for event in reversed(events):
        deliver(event)
    handle_all()
    assert Subscription.objects.get().status == "active"


def test_rule_23_nobody_looks_before_holding_the_lock(confirmed: LocalStripe) -> None:
    """Who looks has waited for the lock, so an older look can never be written over a newer one."""
    row = Subscription.objects.select_related("customer").get()
    before = len(confirmed.requests)

    def look() -> None:
        try:
            sync.sync_subscription(row.stripe_id, customer_id=row.customer.stripe_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with customer_lock(row.customer.stripe_id):
            looking = pool.submit(look)
            wait_until(somebody_waits_for_a_lock)
            assert len(confirmed.requests) == before
            put(confirmed, "subscription", cancel_at_period_end=True)
        looking.result(60)
    assert len(confirmed.requests) == before + 1
    assert Subscription.objects.get().cancel_at_period_end


def test_a_lock_is_not_waited_for_without_end(confirmed: LocalStripe) -> None:
    def hurry() -> None:
        try:
            customer_lock("cus_1", wait_seconds=0.1).__enter__()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, customer_lock("cus_1"), pytest.raises(LockTimeout):
        pool.submit(hurry).result(60)
    with customer_lock("cus_1", wait_seconds=0.1), connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_wait_that_the_database_cuts_short_is_no_timeout_of_the_lock(transactional_db: None) -> None:
    """Nobody is told to come again by what is a fault of ours: a statement timeout below the longest wait."""

    def hurry() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = '50ms'")
            customer_lock("cus_1").__enter__()
        finally:
            connection.close()

    cut_short = pytest.raises(OperationalError, match="statement timeout")
    with ThreadPoolExecutor(1) as pool, customer_lock("cus_1"), cut_short:
        pool.submit(hurry).result(60)


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


def test_rule_24_no_call_leaves_an_open_transaction(confirmed: LocalStripe) -> None:
    before = len(confirmed.requests)
    with transaction.atomic(), pytest.raises(NetworkCallInsideTransaction):
        gateway.fetch_invoice("in_1")
    with transaction.atomic(), pytest.raises(NetworkCallInsideTransaction):
        sync.sync_subscription(confirmed.objects("subscription")[0]["id"])
    assert len(confirmed.requests) == before


def test_rule_25_parallel_events_of_one_customer_neither_deadlock_nor_lie(
    confirmed: LocalStripe, deliver: Deliver
) -> None:
    for event in confirmed.events():
        deliver(event)
    rows = list(WebhookEvent.objects.values_list("pk", flat=True))
    together(len(rows), lambda number: handle_webhook_event(rows[number]))
    assert not WebhookEvent.objects.filter(state=EventState.FAILED).exists()
    assert difference(confirmed) == []


def test_rule_26_eight_roads_lead_to_one_payment_and_one_message(confirmed: LocalStripe) -> None:
    subscription = confirmed.objects("subscription")[0]["id"]
    invoice = confirmed.objects("invoice")[0]["id"]
    intent = confirmed.objects("payment_intent")[0]["id"]
    roads: list[Callable[[], object]] = [
        lambda: sync.sync_subscription(subscription),
        lambda: sync.sync_invoice(invoice),
        lambda: sync.sync_payment_intent(intent),
        lambda: sync.sync_invoice(invoice),
    ] * 2
    together(8, lambda number: roads[number]())
    assert (Payment.objects.count(), BillingHistory.objects.count()) == (1, 1)
    assert kinds_told() == ["payments.receipt", "payments.subscription_activated"]


def test_an_intent_of_no_invoice_is_left_alone(local_stripe: LocalStripe, browser: stripe.StripeClient) -> None:
    intent = browser.v1.payment_intents.create({"amount": 500, "currency": "usd"})
    sync.sync_payment_intent(intent.id)
    assert not Payment.objects.exists()


def test_rule_31_a_new_status_is_kept_and_gives_no_access(confirmed: LocalStripe, bob: User) -> None:
    sync.sync_subscription(confirmed.objects("subscription")[0]["id"])
    put(confirmed, "subscription", status="hibernating")
    with capture_logs() as logs:
        sync.sync_subscription(confirmed.objects("subscription")[0]["id"])
    assert Subscription.objects.get().status == "hibernating"
    assert "unknown_subscription_status" in [entry["event"] for entry in logs if entry["log_level"] == "error"]
    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.FREE
    put(confirmed, "subscription", status="active")


def test_a_price_nobody_knows_gives_no_access(
    local_stripe: LocalStripe, browser: stripe.StripeClient, settings: Settings, bob: User
) -> None:
    an_unheard_purchase(browser, bob, user_id=str(bob.pk))
    settings.STRIPE_PRICE_IDS = {plan: f"price_new_{plan}" for plan in ("basic", "premium", "elite")}
    with capture_logs() as logs:
        row = sync.sync_subscription(local_stripe.objects("subscription")[0]["id"])
    assert (row.plan, row.status) == ("", "active")
    assert "unknown_price" in [entry["event"] for entry in logs]
    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.FREE


def test_rule_95_a_price_no_longer_sold_keeps_its_plan(confirmed: LocalStripe, settings: Settings, bob: User) -> None:
    settings.STRIPE_PRICE_IDS = {plan: f"price_new_{plan}" for plan in ("basic", "premium", "elite")}
    sync.sync_invoice(confirmed.objects("invoice")[0]["id"])
    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.PREMIUM


def test_rule_45_a_second_live_subscription_is_kept_apart(
    confirmed: LocalStripe, browser: stripe.StripeClient, bob: User
) -> None:
    first = sync.sync_subscription(confirmed.objects("subscription")[0]["id"])
    second = browser.v1.subscriptions.create(
        {
            "customer": first.customer.stripe_id,
            "items": [{"price": "price_test_elite"}],
            "default_payment_method": confirmed.objects("payment_method")[0]["id"],
        }
    )
    with capture_logs() as logs:
        row = sync.sync_subscription(second.id)
    assert row.duplicate_of_id == first.pk
    assert "second_live_subscription" in [entry["event"] for entry in logs]
    assert list(Subscription.objects.standing()) == [first]
    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.ELITE

    browser.v1.subscriptions.cancel(first.stripe_id)
    sync.sync_subscription(first.stripe_id)
    assert list(Subscription.objects.standing()) == [row]
    sync.sync_subscription(second.id)
    assert list(Subscription.objects.standing()) == [row]


def test_rule_45_the_oldest_of_the_others_takes_the_place_of_the_first(
    confirmed: LocalStripe, browser: stripe.StripeClient
) -> None:
    first = sync.sync_subscription(confirmed.objects("subscription")[0]["id"])
    more = []
    for days in (1, 2):
        made = browser.v1.subscriptions.create(
            {
                "customer": first.customer.stripe_id,
                "items": [{"price": "price_test_elite"}],
                "default_payment_method": confirmed.objects("payment_method")[0]["id"],
            }
        )
        with confirmed.world.transaction():
            seen = confirmed.world.get("subscription", made.id)
            confirmed.world.put("subscription", seen | {"created": seen["created"] + days * 86400})
        more.append(sync.sync_subscription(made.id))
    older, newer = more
    assert [row.duplicate_of_id for row in more] == [first.pk, first.pk]

    browser.v1.subscriptions.cancel(first.stripe_id)
    sync.sync_subscription(first.stripe_id)
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.duplicate_of_id, newer.duplicate_of_id) == (None, older.pk)


def test_a_wrong_idea_of_the_customer_is_corrected(confirmed: LocalStripe) -> None:
    row = sync.sync_subscription(confirmed.objects("subscription")[0]["id"], customer_id="cus_other")
    assert row.status == "active"


def test_rule_26_one_event_costs_one_call(confirmed: LocalStripe, deliver: Deliver) -> None:
    before = len(confirmed.requests)
    deliver(confirmed.events("invoice.paid")[0])
    deliver(confirmed.events("customer.subscription.updated")[0])
    handle_all()
    assert len(confirmed.requests) - before == 2


def test_rule_93_the_payload_is_never_believed(confirmed: LocalStripe, deliver: Deliver) -> None:
    ours = confirmed.objects("subscription")[0]
    old = {"id": ours["id"], "object": "subscription", "customer": ours["customer"], "status": "canceled", "plan": {}}
    deliver(
        an_event(type="customer.subscription.updated", api_version="2020-08-27", data={"object": old}, id="evt_old")
    )
    handle_all()
    assert Subscription.objects.get().status == "active"


def test_a_change_is_announced_inside_the_transaction(confirmed: LocalStripe, bob: User) -> None:
    heard: list[dict[str, Any]] = []

    def listen(**news: Any) -> None:
        assert connection.in_atomic_block
        heard.append({name: news[name] for name in ("user_id", "plan", "previous_plan", "status")})

    subscription_changed.connect(listen)
    try:
        sync.sync_invoice(confirmed.objects("invoice")[0]["id"])
        sync.sync_invoice(confirmed.objects("invoice")[0]["id"])
    finally:
        subscription_changed.disconnect(listen)
    assert heard == [{"user_id": bob.pk, "plan": "premium", "previous_plan": "free", "status": "active"}]


def test_a_listener_that_fails_undoes_the_change(confirmed: LocalStripe, bob: User) -> None:
    def fail(**_: Any) -> None:
        raise ZeroDivisionError

    subscription_changed.connect(fail)
    try:
        with pytest.raises(ZeroDivisionError):
            sync.sync_invoice(confirmed.objects("invoice")[0]["id"])
    finally:
        subscription_changed.disconnect(fail)
    assert Subscription.objects.get().status == "incomplete"
    assert not Notification.objects.exists()
    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.FREE


def a_long_story(server: LocalStripe, browser: stripe.StripeClient, user: User) -> list[Event]:
    """Bought, renewed, a renewal that failed, and the end; answers every event of it."""
    create_subscription(user=user, plan="premium", payment_method_id="pm_card_visa")
    server.advance(MONTH)
    [subscription] = server.objects("subscription")
    customer = subscription["customer"]
    failing = browser.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer})
    browser.v1.subscriptions.update(subscription["id"], {"default_payment_method": failing.id})
    server.advance(MONTH)
    browser.v1.subscriptions.cancel(subscription["id"])
    return server.events()


@pytest.mark.parametrize("seed", range(3))
def test_shuffled_and_doubled_events_end_as_stripe_has_it(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User, seed: int
) -> None:
    events = a_long_story(local_stripe, browser, bob)
    chance = random.Random(seed)
    stream = events + chance.sample(events, len(events) // 3)
    chance.shuffle(stream)
    for event in stream:
        assert deliver(event).status_code == 200
    handle_all()
    assert difference(local_stripe) == []
    assert WebhookEvent.objects.count() == len(events)
    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.FREE


def test_lost_events_cost_nothing_once_a_later_one_arrives(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User
) -> None:
    """Of each object only the last event arrives."""
    events = a_long_story(local_stripe, browser, bob)
    last = {event["data"]["object"]["id"]: event for event in events if "id" in event["data"]["object"]}
    for event in last.values():
        deliver(event)
    handle_all()
    assert difference(local_stripe) == []


def test_the_server_takes_what_stripe_really_delivers(delivering_stripe: LocalStripe, bob: User) -> None:
    """Over HTTP, late, doubled and out of order."""
    delivering_stripe.faults.webhooks(duplicate=0.5, shuffle=0.5, delay_ms=20, seed=7)
    create_subscription(user=bob, plan="basic", payment_method_id="pm_card_visa")
    assert delivering_stripe.wait_idle(20)
    handle_all()
    assert WebhookEvent.objects.count() == len(delivering_stripe.events())
    assert difference(delivering_stripe) == []
    assert kinds_told() == ["payments.receipt", "payments.subscription_activated"]


def test_whoever_left_is_neither_recreated_nor_told(confirmed: LocalStripe, deliver: Deliver, bob: User) -> None:
    """Books go on for a person who was erased before anything of their purchase had reached us."""
    forget(Payment, BillingHistory, Subscription)
    with transaction.atomic():
        erase(bob.pk)
    for event in confirmed.events():
        deliver(event)
    handle_all()
    row = Subscription.objects.get()
    assert (row.status, row.user_id) == ("active", None)
    assert BillingHistory.objects.get().user_id is None
    assert not Notification.objects.exists()


def test_a_price_of_another_amount_than_its_offer_is_reported(
    local_stripe: LocalStripe, settings: Settings, bob: User
) -> None:
    create_subscription(user=bob, plan="premium")
    stripe_id = Subscription.objects.get().stripe_id
    with capture_logs() as logs:
        sync.sync_subscription(stripe_id)
    assert "price_differs_from_offer" not in [entry["event"] for entry in logs]
    prices = settings.STRIPE_PRICE_IDS
    settings.STRIPE_PRICE_IDS = prices | {"premium": prices["elite"], "basic": prices["premium"]}
    with capture_logs() as logs:
        sync.sync_subscription(stripe_id)
    [told] = [entry for entry in logs if entry["event"] == "price_differs_from_offer"]
    assert (told["log_level"], told["plan"], told["amount"], told["currency"]) == ("error", "basic", 1999, "usd")
