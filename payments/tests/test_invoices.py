"""Bills as they are mirrored: their lines, their sums, and every payment set against them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import pytest
import stripe
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as some
from structlog.testing import capture_logs

from accounts.models import Plan, User
from conftest import make_user
from dev.local_stripe import LocalStripe
from notifications.models import Delivery, Notification
from payments import gateway, sync
from payments.gateway.snapshots.invoice_lines import line_view
from payments.models import BillingHistory, InvoiceLine, Payment, Subscription
from payments.notices.kinds import RECEIPT
from payments.notices.receipts import NEWS_FOR, send_receipt
from payments.services import create_subscription
from payments.sync.sums import mismatches
from payments.tests.factories import paid_invoice, paid_subscription

if TYPE_CHECKING:
    from stripe.params import SubscriptionUpdateParams

DAY = 86400


def told(kind: str) -> list[dict[str, Any]]:
    return list(Notification.objects.filter(kind=kind).order_by("pk").values_list("data", flat=True))


def subscriber(browser: stripe.StripeClient, user: User, plan: str = "basic") -> Any:
    """A subscription that was made at Stripe for our person."""
    customer = browser.v1.customers.create({"name": user.full_name, "metadata": {"user_id": str(user.pk)}})
    card = browser.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    return browser.v1.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": f"price_test_{plan}"}],
            "default_payment_method": card.id,
        }
    )


def pay_a_part(browser: stripe.StripeClient, invoice: dict[str, Any], amount: int) -> None:
    intent = browser.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "usd",
            "customer": invoice["customer"],
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    browser.v1.invoices.attach_payment(invoice["id"], {"payment_intent": intent.id})


def adds_up(row: BillingHistory) -> list[str]:
    return mismatches(row, row.lines.values_list("amount", flat=True))


@pytest.fixture
def paid(local_stripe: LocalStripe, bob: User) -> BillingHistory:
    """Bob's first bill, paid."""
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    return sync.sync_invoice(local_stripe.objects("invoice")[0]["id"])


def test_a_bill_is_mirrored_with_its_line(paid: BillingHistory) -> None:
    assert (paid.subtotal, paid.discount, paid.tax, paid.total, paid.amount) == (1999, 0, 0, 1999, 1999)
    assert (paid.starting_balance, paid.ending_balance, paid.amount_overpaid, paid.credited) == (0, 0, 0, 0)
    line = paid.lines.get()
    assert (line.position, line.quantity, line.amount, line.currency, line.is_proration) == (0, 1, 1999, "usd", False)
    assert line.price_id == "price_test_premium"
    assert line.description.startswith("1 x Premium")
    assert (line.period_start, line.period_end) == (paid.period_start, paid.period_end)
    assert (str(line), str(InvoiceLine(stripe_id="il_1"))) == (line.description, "il_1")


def test_looking_again_changes_no_line(paid: BillingHistory) -> None:
    before = list(InvoiceLine.objects.values())
    sync.sync_invoice(paid.stripe_id)
    assert list(InvoiceLine.objects.values()) == before


def test_lines_that_a_draft_has_lost_go(paid: BillingHistory, local_stripe: LocalStripe) -> None:
    [kept] = paid.lines.all()
    kept.pk, kept.stripe_id, kept._state.adding = uuid4(), "il_gone", True
    kept.save()
    sync.sync_invoice(paid.stripe_id)
    assert [line.stripe_id for line in paid.lines.all()] == [
        local_stripe.objects("invoice")[0]["lines"]["data"][0]["id"]
    ]


def test_more_than_ten_lines_are_fetched_page_by_page_and_only_then(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User
) -> None:
    made = subscriber(browser, bob)
    item = made["items"]["data"][0]["id"]
    for number in range(6):
        local_stripe.advance(DAY)
        price = f"price_test_{('premium', 'basic')[number % 2]}"
        browser.v1.subscriptions.update(made.id, {"items": [{"id": item, "price": price}]})
    local_stripe.advance(31 * DAY)
    first, long = local_stripe.objects("invoice")
    assert (len(long["lines"]["data"]), long["lines"]["has_more"]) == (10, True)

    local_stripe.requests.clear()
    row = sync.sync_invoice(long["id"], customer_id=made.customer)
    reads = [request.path for request in local_stripe.requests if request.path.startswith("/v1/invoices")]
    assert reads == [f"/v1/invoices/{long['id']}", f"/v1/invoices/{long['id']}/lines"]
    assert row.lines.count() == 13
    assert sorted(row.lines.values_list("position", flat=True)) == list(range(13))
    assert row.lines.filter(is_proration=True).count() == 12
    assert adds_up(row) == []

    local_stripe.requests.clear()
    sync.sync_invoice(first["id"], customer_id=made.customer)
    assert [request.path for request in local_stripe.requests] == [f"/v1/invoices/{first['id']}"]


@dataclass
class Account:
    """One subscriber at Stripe whose plan, credit and reductions change."""

    server: LocalStripe
    browser: stripe.StripeClient
    subscription: str
    customer: str
    item: str

    def update(self, **params: Any) -> None:
        self.browser.v1.subscriptions.update(self.subscription, cast("SubscriptionUpdateParams", params))

    def move_to(self, plan: str, how: str) -> None:
        self.update(items=[{"id": self.item, "price": f"price_test_{plan}"}], proration_behavior=how)

    def credit(self, amount: int) -> None:
        self.browser.v1.customers.update(self.customer, {"balance": amount})

    def reduce(self, percent: int) -> None:
        coupon = self.browser.v1.coupons.create({"percent_off": percent, "duration": "once"})
        self.update(discounts=[{"coupon": coupon.id}])


STEP = some.one_of(
    some.tuples(
        some.just("move_to"),
        some.tuples(
            some.sampled_from(["basic", "premium", "elite"]),
            some.sampled_from(["create_prorations", "always_invoice", "none"]),
        ),
    ),
    some.tuples(some.just("credit"), some.tuples(some.integers(-5000, 3000))),
    some.tuples(some.just("reduce"), some.tuples(some.integers(1, 100))),
    some.tuples(some.just("wait"), some.tuples(some.integers(1, 40))),
)


@given_settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=some.lists(STEP, min_size=1, max_size=8))
def test_rule_87_stored_invoices_add_up_whatever_is_changed(
    local_stripe: LocalStripe, browser: stripe.StripeClient, steps: list[tuple[str, tuple[Any, ...]]]
) -> None:
    local_stripe.reset()
    person = make_user(email=f"{uuid4().hex}@example.com", full_name="Bob Stone", born=None)
    made = subscriber(browser, person)
    account = Account(local_stripe, browser, made.id, str(made.customer), made["items"]["data"][0]["id"])
    for name, arguments in [*steps, ("wait", (32,))]:
        if name == "wait":
            local_stripe.advance(arguments[0] * DAY)
        else:
            getattr(account, name)(*arguments)
    with capture_logs() as logs:
        rows = [sync.sync_invoice(invoice["id"]) for invoice in local_stripe.objects("invoice")]
    assert len(rows) >= 2
    for row in rows:
        assert adds_up(row) == []
        assert row.lines.count() > 0
    assert "invoice_does_not_add_up" not in [entry["event"] for entry in logs]


def test_rule_87_a_bill_that_does_not_add_up_is_reported_and_mirrored(
    paid: BillingHistory, local_stripe: LocalStripe
) -> None:
    with local_stripe.world.transaction():
        [found] = local_stripe.world.all("invoice")
        local_stripe.world.put("invoice", found | {"total": 1900})
    with capture_logs() as logs:
        row = sync.sync_invoice(paid.stripe_id)
    assert row.total == 1900
    assert [entry["mismatch"] for entry in logs if entry["event"] == "invoice_does_not_add_up"] == [
        "total is 1900, but adds up to 1999",
        "amount due is 1999, but adds up to 1900",
    ]


@pytest.mark.parametrize(
    ("changes", "lines", "wrong"),
    [
        ({"subtotal": 1000, "total": 1000, "amount": 1000}, [600, 400], []),
        ({"subtotal": 1000, "tax": 190, "total": 1190, "amount": 1190}, [1000], []),
        ({"subtotal": 1190, "tax": 190, "tax_included": 190, "total": 1190, "amount": 1190}, [1190], []),
        ({"subtotal": 1000, "discount": 250, "total": 750, "amount": 750}, [1000], []),
        ({"subtotal": 1000, "total": 1000, "starting_balance": -400, "amount": 600}, [1000], []),
        ({"subtotal": 1000, "total": 1000, "credited": 300, "amount": 700}, [1000], []),
        ({"subtotal": -500, "total": -500, "ending_balance": -500, "amount": 0}, [-900, 400], []),
        ({"subtotal": 1000, "total": 1000, "amount": 1, "ending_balance": None}, [1000], []),
        ({"subtotal": 1000, "total": 1000, "amount": 1000}, [999], ["subtotal is 1000, but adds up to 999"]),
    ],
)
def test_rule_87_the_arithmetic_of_a_bill(changes: dict[str, Any], lines: list[int], wrong: list[str]) -> None:
    assert mismatches(BillingHistory(**{"ending_balance": 0} | changes), lines) == wrong


def test_discounts_and_credit_are_mirrored(local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User) -> None:
    made = subscriber(browser, bob, "premium")
    account = Account(local_stripe, browser, made.id, str(made.customer), made["items"]["data"][0]["id"])
    account.credit(-500)
    account.reduce(50)
    local_stripe.advance(32 * DAY)
    row = sync.sync_invoice(local_stripe.objects("invoice")[-1]["id"])
    assert (row.subtotal, row.total, row.starting_balance, row.ending_balance) == (1999, 1999 - row.discount, -500, 0)
    assert row.discount in (999, 1000)
    assert row.amount == row.amount_paid == row.total - 500


def test_rule_88_each_partial_payment_is_one_row_and_the_excess_is_known(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User
) -> None:
    create_subscription(user=bob, plan="premium")
    invoice = local_stripe.objects("invoice")[0]
    for amount in (700, 600, 900):
        pay_a_part(browser, invoice, amount)
        row = sync.sync_invoice(invoice["id"])
    sync.sync_invoice(invoice["id"])
    assert (row.status, row.amount, row.amount_paid, row.amount_overpaid) == ("paid", 1999, 1999, 201)
    succeeded = Payment.objects.filter(invoice=row, status="succeeded")
    assert sorted(succeeded.values_list("amount", flat=True)) == [600, 700, 900]
    assert sum(succeeded.values_list("amount", flat=True)) == row.amount_paid + row.amount_overpaid
    assert list(Payment.objects.exclude(status="succeeded").values_list("status", flat=True)) == ["canceled"]
    assert local_stripe.objects("customer")[0]["balance"] == -201
    assert adds_up(row) == []
    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.PREMIUM


def test_rule_88_more_than_ten_payments_are_each_one_row(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User
) -> None:
    create_subscription(user=bob, plan="premium")
    invoice = local_stripe.objects("invoice")[0]
    for _ in range(11):
        pay_a_part(browser, invoice, 100)
    row = sync.sync_invoice(invoice["id"])
    assert (row.status, row.amount_paid) == ("open", 1100)
    assert Payment.objects.filter(invoice=row, status="succeeded").count() == 11


def test_a_receipt_is_mailed_once_for_a_bill(paid: BillingHistory) -> None:
    sync.sync_invoice(paid.stripe_id)
    sync.sync_subscription(Subscription.objects.get().stripe_id)
    [data] = told(RECEIPT)
    assert data["amount"] == "19.99 USD"
    assert data["number"] == paid.number != ""
    assert data["description"] == paid.description
    assert paid.paid_at is not None
    assert data["paid_on"] == paid.paid_at.date().isoformat()
    sent = Notification.objects.get(kind=RECEIPT)
    assert sent.action_url == paid.invoice_url
    assert not sent.in_centre
    assert list(Delivery.objects.filter(notification=sent).values_list("channel", flat=True)) == ["email"]


def test_each_paid_renewal_has_its_receipt(paid: BillingHistory, local_stripe: LocalStripe) -> None:
    local_stripe.advance(32 * DAY)
    for invoice in local_stripe.objects("invoice"):
        sync.sync_invoice(invoice["id"])
    numbers = [data["number"] for data in told(RECEIPT)]
    assert len(set(numbers)) == len(numbers) == 2


def test_a_bill_over_nothing_has_no_receipt(local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User) -> None:
    made = subscriber(browser, bob)
    browser.v1.customers.update(str(made.customer), {"balance": -5000})
    local_stripe.advance(32 * DAY)
    row = sync.sync_invoice(local_stripe.objects("invoice")[-1]["id"])
    assert (row.status, row.amount_paid) == ("paid", 0)
    assert told(RECEIPT) == []


def test_nobody_is_sent_a_receipt_for_what_was_paid_long_ago(paid: BillingHistory) -> None:
    Notification.objects.all().delete()
    assert paid.paid_at is not None
    paid.paid_at -= NEWS_FOR
    send_receipt(paid)
    assert told(RECEIPT) == []


def test_a_line_without_price_quantity_or_words_is_read() -> None:
    start = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
    view = line_view(
        {
            "id": "il_1",
            "description": None,
            "quantity": None,
            "amount": -5,
            "currency": "usd",
            "pricing": None,
            "parent": None,
            "period": {"start": start, "end": start},
        }
    )
    assert (view.description, view.quantity, view.price_id, view.is_proration) == ("", 1, "", False)


@pytest.mark.django_db
def test_tax_that_the_price_includes_is_told_apart(local_stripe: LocalStripe, paid: BillingHistory) -> None:
    taxes = [
        {"amount": 100, "tax_behavior": "exclusive"},
        {"amount": 319, "tax_behavior": "inclusive"},
    ]
    with local_stripe.world.transaction():
        [found] = local_stripe.world.all("invoice")
        local_stripe.world.put(
            "invoice", found | {"total_taxes": taxes, "total": 2099, "amount_due": 2099, "amount_paid": 2099}
        )
    row = sync.sync_invoice(paid.stripe_id)
    assert (row.tax, row.tax_included, row.total) == (419, 319, 2099)
    assert adds_up(row) == []


@pytest.mark.django_db
def test_an_invoice_of_nobody_left_sends_nothing(alice: User) -> None:
    row = paid_invoice(paid_subscription(alice), status="open")
    send_receipt(row)
    assert told(RECEIPT) == []


def test_a_snapshot_speaks_the_same_names_as_the_row(paid: BillingHistory) -> None:
    view = gateway.fetch_invoice(paid.stripe_id)
    assert mismatches(view, [line.amount for line in view.lines]) == []
    assert mismatches(replace(view, tax=7), [line.amount for line in view.lines]) != []
