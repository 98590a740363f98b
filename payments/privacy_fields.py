"""What becomes of every column of payments: books are kept without the person, what was said goes."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from numerai.common.privacy import Columns, Table, cut, hidden, impersonal, kept, plain, told
from payments.models import StripeCustomer, WebhookEvent
from payments.money import to_decimal_string

YEARS = "Seven years after the last movement, without your name (MONEY_RETENTION_YEARS)."
LAW = "Books have to be kept by law (GDPR Art. 6(1)(c), 17(3)(b)); of nobody, once the person is cut off."
# In minor units, told as "19.99".
AMOUNTS = frozenset(
    [
        "amount",
        "amount_paid",
        "amount_refunded",
        "subtotal",
        "discount",
        "tax",
        "total",
        "starting_balance",
        "ending_balance",
    ]
)


def books(names: str) -> Columns:
    """Told to the person, and kept without them."""
    return kept(names, why=LAW, is_told=True)


def _ids(names: str) -> Columns:
    """Stripe's and our own words for rows of the books."""
    return kept(names, why=LAW)


def _money(*names: str, currency: str = "currency") -> Any:
    """Tells these columns, amounts in major units; ``currency`` leads to theirs."""

    def row(row: Any) -> dict[str, Any]:
        first, _, second = currency.partition(".")
        code = getattr(getattr(row, first), second) if second else getattr(row, first)
        values = {name: getattr(row, name) for name in names}
        amounts = {name for name in AMOUNTS & set(names) if values[name] is not None}
        return {"currency": code} | {
            name: to_decimal_string(value, code) if name in amounts else plain(value) for name, value in values.items()
        }

    return row


def _books_table(model: str, columns: str, *others: Columns, currency: str = "currency", **named: Any) -> Table:
    return Table(
        f"payments.{model}",
        (books(columns), *others),
        until=YEARS,
        row=_money(*columns.split(), currency=currency),
        **({"owner": "user_id"} | named),
    )


def _events_of(user_id: UUID) -> "QuerySet[Any]":
    customers = StripeCustomer.objects.filter(user_id=user_id).values("stripe_id")
    return WebhookEvent.objects.filter(customer_id__in=customers).order_by("created_at")


SUBSCRIPTIONS = (
    _books_table(
        "Subscription",
        "plan status amount currency stripe_created_at current_period_start current_period_end cancel_at canceled_at "
        "ended_at trial_end scheduled_plan scheduled_at paused_at resumes_at past_due_since paid_plan paid_through",
        _ids("id stripe_id customer livemode price_id cancel_at_period_end pending_plan pending_expires_at"),
        _ids("schedule_id default_payment_method promotion_code latest_invoice_id duplicate_of created_at updated_at"),
        cut("user"),
        section="subscriptions",
        purpose="Your subscriptions.",
        order="stripe_created_at",
    ),
    Table(
        "payments.StripeCustomer",
        (
            _ids("id livemode deleted_at created_at"),
            books("stripe_id"),
            hidden("contact_changed_at contact_due_at"),
            cut("user"),
        ),
        owner="user_id",
        section="stripe_customers",
        purpose="Under which number Stripe, who takes payments for us, knows you.",
        until=YEARS,
    ),
    Table(
        "payments.TrialUse",
        (
            kept(
                "id kind digest livemode subscription_stripe_id created_at",
                why="A trial is given once; keyed hashes tell who has had theirs, and nothing else.",
            ),
        ),
        purpose="Who has had a trial, as keyed hashes that nobody can turn back.",
        until="Without end.",
    ),
)

BILLS = (
    _books_table(
        "BillingHistory",
        "number status description amount amount_paid subtotal discount tax total starting_balance ending_balance "
        "currency invoice_url invoice_pdf period_start period_end paid_at created_at",
        _ids("id stripe_id customer subscription livemode billing_reason amount_overpaid tax_included credited"),
        _ids("attempt_count next_payment_attempt updated_at"),
        cut("user"),
        section="invoices",
        purpose="Your invoices.",
        order="created_at",
    ),
    _books_table(
        "InvoiceLine",
        "description quantity amount currency is_proration period_start period_end",
        _ids("id invoice stripe_id position price_id updated_at"),
        owner="invoice__user_id",
        section="invoice_lines",
        purpose="What stands in your invoices, line by line.",
    ),
    _books_table(
        "Payment",
        "kind description reference amount amount_refunded currency status failure_code receipt_url paid_at "
        "stripe_created_at created_at",
        _ids("id customer invoice stripe_id charge_id livemode platform_fee stripe_fee stripe_fee_currency"),
        _ids("fulfilment fraud_warning_id updated_at"),
        cut("user"),
        section="payments",
        purpose="What you paid for. Card numbers are with Stripe alone.",
        order="stripe_created_at",
    ),
    _books_table(
        "CheckoutSession",
        "kind description reference plan amount currency status payment_status expires_at stripe_created_at",
        _ids("id customer stripe_id livemode mode platform_fee payment subscription created_at updated_at"),
        cut("user"),
        section="checkouts",
        purpose="Payment pages that you opened.",
        order="stripe_created_at",
    ),
    _books_table(
        "LedgerEntry",
        "kind amount currency created_at",
        _ids("id payment source livemode"),
        owner="payment__user_id",
        section="ledger",
        purpose="Every movement of money between you and us.",
    ),
)

MONEY_BACK = (
    _books_table(
        "Refund",
        "amount currency status reason failure_reason stripe_created_at created_at",
        _ids("id payment request stripe_id charge_id livemode origin updated_at"),
        owner="payment__user_id",
        section="refunds",
        purpose="What was given back.",
        order="stripe_created_at",
    ),
    Table(
        "payments.RefundRequest",
        (
            books("amount state decided_at created_at"),
            told("reason answer"),
            _ids("id payment decided_by updated_at"),
            cut("user"),
        ),
        owner="user_id",
        section="refund_requests",
        purpose="Refunds you asked for, and what we answered.",
        until=YEARS,
        row=_money(*["amount", "state", "reason", "answer", "decided_at", "created_at"], currency="payment.currency"),
        related=("payment",),
        order="created_at",
    ),
    _books_table(
        "Dispute",
        "amount currency status reason evidence_due_by closed_at stripe_created_at created_at",
        _ids("id payment stripe_id charge_id livemode is_charge_refundable withdrawn updated_at"),
        owner="payment__user_id",
        section="disputes",
        purpose="Payments that your bank disputed.",
        order="stripe_created_at",
    ),
    _books_table(
        "PurchaseReview",
        "kind description reference amount currency state created_at decided_at",
        _ids("id why decided_by updated_at"),
        cut("user"),
        section="purchase_reviews",
        purpose="Purchases that somebody looked at first, to keep stolen cards out.",
        order="created_at",
    ),
)

AT_WORK = (
    Table(
        "payments.BillingOperation",
        (
            books("kind state created_at asked_at finished_at"),
            told("params"),
            hidden("client_key result"),
            _ids("id fingerprint livemode"),
            cut("user"),
        ),
        owner="user_id",
        section="billing_operations",
        purpose="What you asked of Stripe through us, so that nothing is bought twice.",
        until=YEARS,
        order="created_at",
    ),
    Table(
        "payments.WebhookEvent",
        (
            books("type created_at"),
            told("payload"),
            _ids("id event_id livemode api_version object_id customer_id received_at state attempts"),
            _ids("next_attempt_at lease_until last_error processed_at"),
        ),
        owner="customer_id",
        rows=_events_of,
        section="stripe_events",
        purpose="What Stripe told us about your payments.",
        until="What they say of you 90 days (WEBHOOK_PAYLOAD_DAYS), that they came seven years.",
    ),
    Table(
        "payments.ReconcileRun",
        (
            impersonal("id livemode is_dry_run state cursor lease_until customers objects_compared last_error"),
            impersonal("person_id started_at finished_at"),
        ),
        purpose="When our books were compared with Stripe's.",
        until="Without end.",
    ),
    Table(
        "payments.Drift",
        (impersonal("id run object_type stripe_id ours theirs explanation is_repaired found_at"),),
        purpose="Where our books differed from Stripe's: amounts, states and moments.",
        until="Without end.",
    ),
)

TABLES = (*SUBSCRIPTIONS, *BILLS, *MONEY_BACK, *AT_WORK)
