"""Whatever happens in whatever order: nobody has a plan that was not paid, and a change costs what was shown."""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as given_settings
from hypothesis import strategies as some

from accounts.models import Plan
from payments.catalogue import OFFERS, RANKS
from payments.models import BillingHistory
from payments.tests.changing import ASKS, DAY, DECLINED, GOOD, Subscriber
from payments.tests.delivering import handle_all

PLANS = [plan.value for plan in OFFERS]
BY_PRICE = {f"price_test_{plan}": plan for plan in PLANS}
MANY = given_settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


def paid_for(subscriber: Subscriber) -> set[str]:
    """Every plan that a paid bill of a period that lasts was for, by Stripe's own books."""
    now, plans = subscriber.server.now(), {Plan.FREE.value}
    for invoice in subscriber.server.objects("invoice"):
        if invoice["status"] == "paid":
            for line in invoice["lines"]["data"]:
                lasts = line["period"]["end"] + 8 * DAY > now
                if line["amount"] >= 0 and lasts:
                    plans.add(BY_PRICE[line["pricing"]["price_details"]["price"]])
    return plans


def higher(subscriber: Subscriber) -> str:
    rank = RANKS[Plan(subscriber.row.plan)]
    return PLANS[min(rank, len(PLANS) - 1)]


def by_somebody_else(subscriber: Subscriber, behavior: str, payment: str = "allow_incomplete") -> None:
    if subscriber.theirs["status"] not in ("active", "past_due") or subscriber.theirs["schedule"]:
        return
    item = subscriber.theirs["items"]["data"][0]["id"]
    subscriber.browser.v1.subscriptions.update(
        subscriber.row.stripe_id,
        {
            "items": [{"id": item, "price": "price_test_elite"}],
            "proration_behavior": behavior,
            "payment_behavior": payment,
        },
    )


def pay_what_is_open(subscriber: Subscriber) -> None:
    for invoice in subscriber.server.objects("invoice"):
        if invoice["status"] == "open":
            subscriber.browser.v1.invoices.pay(invoice["id"], {"payment_method": GOOD})
            return


STEPS: dict[str, Callable[[Subscriber], object]] = {
    "upgrade": lambda bob: bob.post("update-subscription", plan=higher(bob)),
    "downgrade": lambda bob: bob.post("update-subscription", plan="basic"),
    "stay": lambda bob: bob.post("update-subscription", plan=bob.row.plan),
    "cancel": lambda bob: bob.post("cancel-subscription"),
    "resume": lambda bob: bob.post("resume-subscription"),
    "pause": lambda bob: bob.post("pause-subscription"),
    "good card": lambda bob: bob.use_card(GOOD),
    "bad card": lambda bob: bob.use_card(DECLINED),
    "asking card": lambda bob: bob.use_card(ASKS),
    "billed later by others": lambda bob: by_somebody_else(bob, "create_prorations"),
    "billed now by others": lambda bob: by_somebody_else(bob, "always_invoice"),
    "incomplete by others": lambda bob: by_somebody_else(bob, "always_invoice", "default_incomplete"),
    "pay": pay_what_is_open,
    "a day": lambda bob: bob.pass_time(DAY),
    "ten days": lambda bob: bob.pass_time(10 * DAY),
}


def bring_some(subscriber: Subscriber, luck: random.Random) -> None:
    """Half of the events so far, old ones too, in any order."""
    events = subscriber.server.events()
    for event in luck.sample(events, len(events) // 2):
        subscriber.deliver(event)
    handle_all()


def walk(subscriber: Subscriber, steps: Iterable[str], luck: random.Random) -> None:
    """Take the steps until the subscription is over; after each, nothing is had that was not paid."""
    subscriber.subscribe("basic")
    taken = []
    for step in steps:
        if subscriber.theirs["status"] in ("canceled", "incomplete_expired"):
            break
        taken.append(step)
        STEPS[step](subscriber)
        assert subscriber.plan in paid_for(subscriber), taken
        bring_some(subscriber, luck)
        assert subscriber.plan in paid_for(subscriber), taken
    subscriber.bring()
    assert subscriber.plan in paid_for(subscriber), taken
    assert (subscriber.row.status, subscriber.row.schedule_id) == (
        subscriber.theirs["status"],
        subscriber.theirs["schedule"] or "",
    )


@pytest.mark.parametrize("number", range(6))
def test_rule_61_no_path_gives_a_plan_that_was_not_paid(subscriber: Subscriber, number: int) -> None:
    luck = random.Random(number)
    walk(subscriber, (luck.choice(sorted(STEPS)) for _ in range(14)), luck)


def test_rule_61_no_path_to_an_end_gives_a_plan_that_was_not_paid(subscriber: Subscriber) -> None:
    """What waits is paid late, then a card fails until Stripe gives the subscription up."""
    waits = ["asking card", "incomplete by others", "pay", "good card"]
    walk(subscriber, [*waits, "cancel", *["ten days"] * 4, "upgrade"], random.Random(61))
    assert subscriber.theirs["status"] == "canceled"
    assert not [each for each in subscriber.server.objects("invoice") if each["status"] == "open"]


@pytest.mark.django_db(transaction=True)
@seed(60)
@MANY
@given(
    pair=some.sampled_from([("basic", "premium"), ("basic", "elite"), ("premium", "elite")]),
    seconds=some.integers(min_value=1, max_value=27 * DAY),
    pause=some.integers(min_value=0, max_value=3600),
)
def test_rule_60_any_upgrade_on_any_day_costs_what_its_preview_showed(
    subscriber: Subscriber, pair: tuple[str, str], seconds: int, pause: int
) -> None:
    subscriber.subscribe(pair[0])
    subscriber.wait(seconds)
    preview = subscriber.post("preview-change", plan=pair[1]).json()
    subscriber.pass_time(pause)
    answer = subscriber.post("update-subscription", plan=pair[1], proration_date=preview["proration_date"])
    assert answer.status_code == 200, answer.json()
    bill = BillingHistory.objects.filter(user=subscriber.user).latest("created_at")
    assert f"{bill.amount / 100:.2f}" == preview["amount_due"]
    made = subscriber.server.objects("invoice")[-1]["lines"]["data"]
    assert [f"{line['amount'] / 100:.2f}" for line in made] == [line["amount"] for line in preview["lines"]]
    assert datetime.fromisoformat(preview["takes_effect_at"]) <= datetime.now(UTC)
    # The next example begins with somebody who has nothing.
    assert subscriber.post("cancel-subscription", when="now").status_code == 200
