"""Whatever is asked in whatever order: no internal error, no silent change, no money out of nowhere."""

import random
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import PRICES, connect, new_customer, subscribe

DAY = 86_400
CARDS = [
    "pm_card_visa",
    "pm_card_mastercard",
    "pm_card_amex",
    "pm_card_chargeCustomerFail",
    "pm_card_authenticationRequired",
    "pm_card_authenticationRequiredOnSetup",
]
RUNNING = ("active", "trialing", "past_due", "paused", "draft", "open", "requires_payment_method")
BEHAVIORS = ["allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete"]
PREFIXES = {
    "subscription": "customer.subscription.",
    "subscription_schedule": "subscription_schedule.",
    "invoice": "invoice.",
    "customer": "customer.",
}


class Walker:
    def __init__(self, server: LocalStripe, seed: int) -> None:
        self.server = server
        self.client = connect(server)
        self.random = random.Random(seed)

    def some(self, kind: str) -> Any:
        found = [each for each in self.server.objects(kind) if not each.get("deleted")]
        # What still runs has more to tell; what is over is asked for now and then.
        running = [each for each in found if each.get("status") in RUNNING]
        found = running if running and self.random.random() < 0.9 else found
        return self.random.choice(found) if found else self.client.customers.retrieve("cus_none")

    def register(self) -> None:
        new_customer(self.client, self.random.choice(CARDS))

    def begin(self) -> None:
        trial = self.random.choice([{}, {}, {"trial_period_days": 5}])
        behavior = self.random.choice(BEHAVIORS[:3])
        customer = self.client.customers.retrieve(self.some("customer")["id"])
        price = self.random.choice(list(PRICES.values()))
        subscribe(self.client, customer, price, payment_behavior=behavior, **trial)

    def swap(self) -> None:
        subscription = self.some("subscription")
        item = {"id": subscription["items"]["data"][0]["id"], "price": self.random.choice(list(PRICES.values()))}
        params = {
            "items": [item],
            "proration_behavior": self.random.choice(["always_invoice", "create_prorations", "none"]),
            "payment_behavior": self.random.choice(BEHAVIORS),
        }
        self.client.subscriptions.update(subscription["id"], params)

    def settle_dates(self) -> None:
        params = self.random.choice(
            [
                {"cancel_at_period_end": True},
                {"cancel_at_period_end": False},
                {"trial_end": "now"},
                {"discounts": [{"coupon": self.random.choice(["ONCE", "MONTHS", "AMOUNT"])}]},
                {"discounts": ""},
                {"billing_cycle_anchor": {"type": "now"}},
                {"pause_collection": {"behavior": "keep_as_draft"}},
                {"pause_collection": ""},
            ]
        )
        self.client.subscriptions.update(self.some("subscription")["id"], params)

    def end(self) -> None:
        params = self.random.choice([{}, {"prorate": True, "invoice_now": True}])
        self.client.subscriptions.cancel(self.some("subscription")["id"], params)

    def rest(self) -> None:
        since = {"type": self.random.choice(["now", "none", "item_current_period_start"])}
        params = {"bill_for": {"unused_time_from": since}}
        self.client.subscriptions.pause(self.some("subscription")["id"], params)

    def resume(self) -> None:
        params = {
            "billing_cycle_anchor": {"type": self.random.choice(["now", "unchanged"])},
            "payment_behavior": self.random.choice(["resume_on_payment_attempt", "resume_on_payment_success"]),
            "proration_behavior": self.random.choice(["always_invoice", "create_prorations", "none"]),
        }
        paused = [each for each in self.server.objects("subscription") if each["status"] == "paused"]
        if paused:
            self.client.subscriptions.resume(self.random.choice(paused)["id"], params)

    def schedule(self) -> None:
        service = self.client.subscription_schedules
        schedule = service.create({"from_subscription": self.some("subscription")["id"]})
        first = schedule.phases[0]
        items = [{"price": item.price, "quantity": item.quantity} for item in first["items"]]
        behavior = self.random.choice(["always_invoice", "none"])
        later = {"items": [{"price": self.random.choice(list(PRICES.values()))}], "proration_behavior": behavior}
        end = self.random.choice([first.end_date, self.server.now() + DAY])
        phases = [{"items": items, "start_date": first.start_date, "end_date": end}, later]
        service.update(schedule.id, {"phases": phases, "end_behavior": self.random.choice(["release", "cancel"])})

    def unschedule(self) -> None:
        service = self.client.subscription_schedules
        self.random.choice([service.release, service.cancel])(self.some("subscription_schedule")["id"])

    def foresee(self) -> None:
        subscription = self.some("subscription")
        item = {"id": subscription["items"]["data"][0]["id"], "price": self.random.choice(list(PRICES.values()))}
        details = self.random.choice([{}, {"cancel_now": True}, {"items": [item]}, {"trial_end": "now"}])
        before = len(self.server.events())
        self.client.invoices.create_preview({"subscription": subscription["id"], "subscription_details": details})
        # The clock may run meanwhile, the request itself tells nothing.
        assert [event for event in self.server.events()[before:] if event["request"]["id"]] == []

    def change_card(self) -> None:
        customer = self.some("customer")["id"]
        method = self.client.payment_methods.attach(self.random.choice(CARDS), {"customer": customer})
        settings = {"invoice_settings": {"default_payment_method": method.id}}
        self.client.customers.update(customer, settings)

    def detach(self) -> None:
        self.client.payment_methods.detach(self.some("payment_method")["id"])

    def handle_invoice(self) -> None:
        service = self.client.invoices
        verbs = [service.pay, service.void_invoice, service.mark_uncollectible, service.finalize_invoice]
        self.random.choice(verbs)(self.some("invoice")["id"])

    def confirm(self) -> None:
        card = {"payment_method": self.random.choice(CARDS)}
        self.client.payment_intents.confirm(self.some("payment_intent")["id"], card)

    def wait(self) -> None:
        self.server.advance(self.random.choice([3600, DAY, 15 * DAY, 31 * DAY]))

    def step(self) -> None:
        verbs: list[Callable[[], None]] = [self.register, self.begin, self.begin, self.swap, self.swap]
        verbs += [self.settle_dates, self.end, self.rest, self.change_card, self.detach]
        verbs += [self.handle_invoice, self.confirm, self.wait, self.wait, self.resume, self.schedule]
        verbs += [self.unschedule, self.foresee]
        try:
            self.random.choice(verbs)()
        except stripe.StripeError as error:
            if error.http_status not in (400, 402, 404):
                raise


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_any_walk_leaves_a_consistent_account(server: LocalStripe, seed: int) -> None:
    walker = Walker(server, seed)
    coupons = walker.client.coupons
    coupons.create({"id": "ONCE", "percent_off": 33.3, "duration": "once"})
    coupons.create({"id": "MONTHS", "percent_off": 10, "duration": "repeating", "duration_in_months": 2})
    coupons.create({"id": "AMOUNT", "amount_off": 700, "currency": "usd", "duration": "forever"})
    subscribe(walker.client, new_customer(walker.client))
    for _ in range(120):
        walker.step()
    told: dict[str, Any] = {}
    for event in server.events():
        snapshot = event["data"]["object"]
        if event["type"].startswith(PREFIXES.get(snapshot["object"], "-")):
            told[snapshot["id"]] = snapshot
    for kind in PREFIXES:
        assert [each for each in server.objects(kind) if told[each["id"]] != each] == []
    for invoice in server.objects("invoice"):
        off = sum(each["amount"] for each in invoice["total_discount_amounts"])
        assert sum(line["amount"] for line in invoice["lines"]["data"]) == invoice["subtotal"] == invoice["total"] + off
        cuts = [cut["amount"] for line in invoice["lines"]["data"] for cut in line["discount_amounts"] or []]
        assert sum(cuts) == off
        assert (invoice["status"] == "paid") <= (invoice["amount_remaining"] == 0)
    charged = sum(charge["amount"] for charge in server.objects("charge") if charge["paid"])
    booked = sum(payment["amount_paid"] or 0 for payment in server.objects("invoice_payment"))
    assert charged == booked > 0
