"""What the inbox withstands: abuse, other people's events, outages, and several versions at a time."""

import json
import random
from base64 import b64decode
from datetime import timedelta
from typing import Any, cast, get_args, get_type_hints

import pytest
import stripe
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from structlog.testing import capture_logs

from accounts.models import User
from dev.local_stripe import LocalStripe
from notifications.models import Notification
from numerai.common import clock
from numerai.common.redis import connection as redis_connection
from payments.models import BillingHistory, EventState, LedgerEntry, Payment, Subscription, WebhookEvent
from payments.services import create_subscription, handle_webhook_event, replay_webhook_events
from payments.tasks import process_webhook_event
from payments.tests.delivering import WEBHOOK, Deliver, an_event, asked, confirm, difference, handle_all, signed
from payments.tests.racing import together
from payments.webhooks.dispatch import HANDLERS
from payments.webhooks.inbox import bare_payload, sweep_webhook_events
from payments.webhooks.views import MAX_EVENT_BYTES


@pytest.fixture
def subscribed(local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User) -> LocalStripe:
    secret = create_subscription(user=bob, plan="premium").client_secret
    assert secret is not None
    confirm(browser, secret)
    return local_stripe


def abuses() -> dict[str, tuple[bytes, str | None]]:
    event = json.dumps(an_event()).encode()
    huge = json.dumps(an_event(padding="x" * MAX_EVENT_BYTES)).encode()
    malformed = [b"", b"{", b"[]", b"\xff\xfe", b"[" * 9000, json.dumps(an_event(id=None)).encode()]
    return {
        "without a signature": (event, None),
        "forged": (event, signed(event, secret="whsec_guessed")[1]),
        "of another body": (event + b" ", signed(event)[1]),
        "too old": signed(event, age=100_000),
        "of the future": signed(event, age=-100_000),
        "oversized": signed(huge),
        "oversized and forged": (huge, "t=1,v1=x"),
        **{f"malformed {body[:8]!r}": signed(body) for body in malformed},
        **{f"forged and malformed {body[:8]!r}": (body, "t=1,v1=é") for body in malformed},
    }


@pytest.mark.django_db
@pytest.mark.parametrize("is_limited", [True, False])
def test_no_abuse_of_the_webhook_reaches_the_database(settings: Settings, is_limited: bool) -> None:
    settings.RATE_LIMIT_ENABLED = is_limited
    for path in (WEBHOOK, WEBHOOK.rstrip("/")):
        for name, (body, header) in abuses().items():
            headers = {} if header is None else {"Stripe-Signature": header}
            with CaptureQueriesContext(connection) as queries:
                answer = Client().post(path, body, content_type="application/json", headers=headers)
            assert answer.status_code in {400, 413}, name
            assert len(queries) == 0, name
    for method in ("get", "put", "patch", "delete", "head", "options"):
        with CaptureQueriesContext(connection) as queries:
            assert getattr(Client(), method)(WEBHOOK).status_code == 405
        assert len(queries) == 0, method
    assert not WebhookEvent.objects.exists()


@pytest.mark.django_db
def test_abuse_in_numbers_is_turned_away_without_the_database(settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    body = json.dumps(an_event()).encode()
    with CaptureQueriesContext(connection) as queries:
        statuses = [
            Client().post(WEBHOOK, body, content_type="x/y", headers={"Stripe-Signature": "t=1,v1=a"}).status_code
            for _ in range(200)
        ]
    assert set(statuses) == {400, 429}
    assert len(queries) == 0


@pytest.mark.serial
def test_rule_30_a_thousand_events_of_an_outage_are_all_handled(
    subscribed: LocalStripe, deliver: Deliver, bob: User
) -> None:
    """An hour without workers, the queue lost besides: those that come back find everything, in any order."""
    originals = subscribed.events()
    copies = [originals[number % len(originals)] | {"id": f"evt_{number}"} for number in range(1000)]
    random.Random(30).shuffle(copies)
    for event in copies + copies[:20]:
        assert deliver(event).status_code == 200
    assert WebhookEvent.objects.count() == 1000
    redis_connection().flushdb()

    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        assert (sweep_webhook_events(), sweep_webhook_events(), sweep_webhook_events()) == (500, 500, 0)
    messages = [json.loads(raw) for raw in cast("list[bytes]", redis_connection().lrange("celery", 0, -1))]
    row_ids = [json.loads(b64decode(message["body"]))[0][0] for message in messages]
    assert len(set(row_ids)) == 1000
    together(4, lambda worker: [process_webhook_event(row_id) for row_id in row_ids[worker::4]])

    handled = {EventState.PROCESSED, EventState.IGNORED}
    assert set(WebhookEvent.objects.values_list("state", flat=True)) == handled
    assert set(WebhookEvent.objects.values_list("attempts", flat=True)) == {1}
    assert difference(subscribed) == []
    assert LedgerEntry.objects.count() == 1
    assert "payments.subscription_activated" in told_to(bob)
    assert len(told_to(bob)) == len(set(told_to(bob)))


def told_to(user: User) -> list[str]:
    return list(Notification.objects.filter(recipient=user).values_list("kind", flat=True))


STRANGERS: list[dict[str, Any]] = [
    {"account": "acct_stranger"},
    {"context": "acct_stranger"},
    {"context": "org_1/acct_stranger"},
    {"account": {"id": "acct_stranger"}},
]


@pytest.mark.parametrize("named", STRANGERS)
@pytest.mark.parametrize("ours", ["", "acct_ours"])
@pytest.mark.django_db(transaction=True)
def test_rule_92_an_event_of_another_account_is_kept_and_reported(
    deliver: Deliver, settings: Settings, ours: str, named: dict[str, Any]
) -> None:
    settings.STRIPE_ACCOUNT_ID = ours
    with capture_logs() as logs:
        assert deliver(an_event(**named)).status_code == 200
        assert deliver(an_event(**named)).status_code == 200
    row = WebhookEvent.objects.get()
    assert (row.state, row.attempts) == (EventState.IGNORED, 0)
    assert int(str(redis_connection().llen("celery"))) == 0
    [told] = [entry for entry in logs if entry["event"] == "webhook_event_of_another_account"]
    assert (told["log_level"], told["account"]) == ("error", "acct_stranger")


@pytest.mark.parametrize("named", [{}, {"account": None}, {"account": "acct_ours"}, {"context": "org_1/acct_ours"}])
@pytest.mark.django_db
def test_rule_92_an_event_of_our_account_is_handled(
    deliver: Deliver, settings: Settings, named: dict[str, Any]
) -> None:
    settings.STRIPE_ACCOUNT_ID = "acct_ours"
    deliver(an_event(**named))
    assert WebhookEvent.objects.get().state == EventState.PENDING


@pytest.mark.django_db
def test_rule_92_an_account_that_is_no_name_is_no_event(deliver: Deliver) -> None:
    assert deliver(an_event(account=["acct_1"])).status_code == 400
    assert not WebhookEvent.objects.exists()


def as_of_2020(ours: dict[str, Any]) -> dict[str, Any]:
    """The period and the plan at the top, a status and a price that were never true."""
    period = {"current_period_start": 1, "current_period_end": 2}
    return period | {
        "id": ours["id"],
        "object": "subscription",
        "customer": ours["customer"],
        "status": "canceled",
        "plan": {"id": "price_test_elite", "object": "plan", "amount": 1, "currency": "eur"},
        "quantity": 7,
        "default_source": "card_1",
    }


def as_of_basil(ours: dict[str, Any]) -> dict[str, Any]:
    """The period on the item, expanded references, another untruth."""
    item = {"id": "si_1", "current_period_start": 1, "current_period_end": 2, "price": {"id": "price_test_basic"}}
    return {
        "id": ours["id"],
        "object": "subscription",
        "customer": {"id": ours["customer"], "object": "customer"},
        "status": "past_due",
        "items": {"object": "list", "data": [item]},
        "billing_mode": {"type": "classic"},
    }


@pytest.mark.parametrize("order", [1, -1])
def test_rule_93_payloads_of_any_version_lead_to_the_same_row(
    subscribed: LocalStripe, deliver: Deliver, bob: User, order: int
) -> None:
    ours = subscribed.objects("subscription")[0]
    shapes = [("2020-08-27", as_of_2020(ours)), ("2025-03-31.basil", as_of_basil(ours))]
    for version, shape in shapes[::order]:
        event = an_event(
            id=f"evt_{version}", type="customer.subscription.updated", api_version=version, data={"object": shape}
        )
        assert deliver(event).status_code == 200
        handle_all()
        row = Subscription.objects.get()
        item = ours["items"]["data"][0]
        assert (row.status, row.plan, row.amount, row.currency) == ("active", "premium", 1999, "usd")
        assert row.current_period_end is not None
        assert row.current_period_end.timestamp() == item["current_period_end"]
    assert set(WebhookEvent.objects.values_list("state", flat=True)) == {EventState.PROCESSED}
    bob.refresh_from_db()
    assert bob.is_premium


def test_rule_94_two_endpoints_of_different_versions_have_one_effect(
    subscribed: LocalStripe, deliver: Deliver, bob: User
) -> None:
    """The same changes, each told twice: under another event id, by another version."""
    for event in subscribed.events():
        assert deliver(event).status_code == 200
        deliver(event | {"id": f"{event['id']}_old_endpoint", "api_version": "2025-03-31.basil"})
    handle_all()
    assert difference(subscribed) == []
    assert (BillingHistory.objects.count(), Payment.objects.count(), Subscription.objects.count()) == (1, 1, 1)
    assert LedgerEntry.objects.count() == 1
    assert len(told_to(bob)) == len(set(told_to(bob)))
    assert "payments.subscription_activated" in told_to(bob)


FEE = {"id": "pi_1", "metadata": {"kind": "entry_fee"}}
GIVEN_BACK = {"id": "re_1", "payment_intent": "pi_1", "charge": "ch_1"}


@pytest.mark.parametrize(
    ("about", "left"),
    [
        ({"id": "pi_1", "metadata": {"kind": "entry_fee", "name": "Zoë"}}, FEE),
        (GIVEN_BACK | {"reason": "Zoë asked"}, GIVEN_BACK),
        ({"id": "ch_1", "metadata": {}, "billing_details": {"name": "Zoë"}}, {"id": "ch_1"}),
        ({"id": "ch_1", "metadata": None, "customer": {"id": "cus_1"}, "invoice": "Zoë"}, {"id": "ch_1"}),
    ],
)
def test_a_stripped_payload_keeps_what_handlers_ask_for(about: dict[str, Any], left: dict[str, Any]) -> None:
    assert bare_payload(an_event(data={"object": about})) == {"data": {"object": left}}
    assert bare_payload({}) == {"data": {"object": {}}}


def test_a_stripped_payload_keeps_whose_card_it_was() -> None:
    data = {"object": {"id": "pm_1"}, "previous_attributes": {"customer": "cus_1", "billing_details": {}}}
    left = {"object": {"id": "pm_1"}, "previous_attributes": {"customer": "cus_1"}}
    assert bare_payload(an_event(data=data)) == {"data": left}


WRITES = ("created", "deleted", "updated")

# What the endpoint subscribes to, as Stripe names it.
WANTED = """
customer.{updated,deleted}
customer.subscription.{created,updated,deleted,paused,resumed,trial_will_end,pending_update_applied,pending_update_expired}
invoice.{created,finalized,finalization_failed,paid,payment_failed,payment_action_required,updated,voided}
invoice.{marked_uncollectible,upcoming,overdue}
invoice_payment.paid
checkout.session.{completed,async_payment_succeeded,async_payment_failed,expired}
payment_intent.{succeeded,payment_failed,processing,canceled}
setup_intent.{succeeded,setup_failed}
payment_method.{attached,detached,updated,automatically_updated}
refund.{created,updated,failed}
charge.refunded
charge.dispute.{created,updated,closed,funds_withdrawn,funds_reinstated}
radar.early_fraud_warning.created
subscription_schedule.{aborted,canceled,completed,created,expiring,released,updated}
credit_note.{created,updated,voided}
price.{created,deleted,updated}
product.{created,deleted,updated}
"""


def wanted() -> set[str]:
    lines = [line.partition("{") for line in WANTED.split()]
    return {head + tail for head, _, tails in lines for tail in tails.rstrip("}").split(",")}


def test_every_event_we_subscribe_to_is_looked_at() -> None:
    assert wanted() <= set(HANDLERS)
    assert set(HANDLERS) <= set(get_args(get_type_hints(stripe.Event)["type"]))


def test_a_credit_note_makes_us_look_at_its_invoice(
    subscribed: LocalStripe, browser: stripe.StripeClient, deliver: Deliver
) -> None:
    for event in subscribed.events():
        deliver(event)
    handle_all()
    bill = BillingHistory.objects.get()
    browser.v1.credit_notes.create({"invoice": bill.stripe_id, "amount": 300, "credit_amount": 300})
    before = len(asked(subscribed, "GET", f"/v1/invoices/{bill.stripe_id}"))
    [event] = subscribed.events("credit_note.created")
    deliver(event)
    handle_all()
    assert len(asked(subscribed, "GET", f"/v1/invoices/{bill.stripe_id}")) == before + 1
    assert WebhookEvent.objects.get(type="credit_note.created").state == EventState.PROCESSED


def test_an_event_whose_payload_was_stripped_can_be_handled_again(subscribed: LocalStripe, deliver: Deliver) -> None:
    """After its time, and after an erasure, only the links are left of an event."""
    for event in subscribed.events():
        deliver(event)
    rows = list(WebhookEvent.objects.all())
    for row in rows:
        WebhookEvent.objects.filter(pk=row.pk).update(payload=bare_payload(row.payload))
    handle_all()
    assert replay_webhook_events([row.pk for row in rows]) == len(rows)
    for row in rows:
        assert handle_webhook_event(row.pk) in {EventState.PROCESSED, EventState.IGNORED}
    assert difference(subscribed) == []
