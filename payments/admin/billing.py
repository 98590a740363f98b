from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from payments.admin.base import LedgerAdmin, amount_of, coloured, dashboard_link, link_to, link_to_list, links_to
from payments.admin.deciding import RefundForm, decide, page_action, posted, row_of
from payments.admin.desk.acting import LOOK, on_page, to_each
from payments.admin.desk.filters import TooOften, UnderWay, Unpaid
from payments.admin.desk.looking import look_at_invoice, look_at_payment
from payments.admin.lines import InvoiceLineInline
from payments.models import BillingHistory, LedgerEntry, Payment
from payments.money import in_words
from payments.services import create_refund
from payments.services.operations import own_key

STATUS_COLOURS = {
    "paid": "success",
    "succeeded": "success",
    "open": "warning",
    "processing": "info",
    "requires_action": "warning",
    "requires_payment_method": "danger",
    "uncollectible": "danger",
}
FULFILMENT_COLOURS = {"fulfilled": "success", "reversed": "warning", "none": "info"}


@admin.register(BillingHistory)
class BillingHistoryAdmin(LedgerAdmin):
    list_display = (
        "created_at",
        "number",
        "person",
        "price",
        "state",
        "billing_reason",
        "next_payment_attempt",
        "paid_at",
    )
    list_display_links = ("created_at", "number")
    list_filter = (Unpaid, "status", "billing_reason", "currency", "livemode")
    list_select_related = ("user",)
    search_fields = ("id", "stripe_id__exact", "number__iexact", "customer__stripe_id__exact", "user__email__iexact")
    search_help_text = "Our id, Stripe's id of the invoice or customer, the number, or e-mail, each in full"
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    inlines = (InvoiceLineInline,)
    actions = ("sync_now",)
    actions_detail = ("sync",)
    fields = (
        ("person", "customer_row"),
        ("subscription_row", "at_stripe"),
        ("number", "livemode"),
        ("price", "status"),
        "sums",
        ("billing_reason", "paid_at"),
        "description",
        ("period_start", "period_end"),
        ("attempt_count", "next_payment_attempt"),
        "payments",
        ("created_at", "updated_at"),
    )
    readonly_fields = (
        "person",
        "customer_row",
        "subscription_row",
        "at_stripe",
        "price",
        "sums",
        "payments",
        "updated_at",
    )

    @admin.display(description="person")
    def person(self, row: BillingHistory) -> str:
        return link_to(row.user)

    @admin.display(description="amount", ordering="amount")
    def price(self, row: BillingHistory) -> str:
        return amount_of(row)

    @admin.display(description="how it comes to that")
    def sums(self, row: BillingHistory) -> str:
        """Every part that is not nought, in words."""
        parts = ("subtotal", "discount", "tax", "tax_included", "total", "starting_balance", "ending_balance")
        named = {name: getattr(row, name) for name in (*parts, "credited", "amount_paid", "amount_overpaid")}
        told = [f"{name.replace('_', ' ')} {in_words(value, row.currency)}" for name, value in named.items() if value]
        return ", ".join(told) or "-"

    @coloured("status", STATUS_COLOURS)
    def state(self, row: BillingHistory) -> str:
        return row.status

    @admin.display(description="customer")
    def customer_row(self, row: BillingHistory) -> str:
        return link_to(row.customer)

    @admin.display(description="subscription")
    def subscription_row(self, row: BillingHistory) -> str:
        return link_to(row.subscription)

    @admin.display(description="payments")
    def payments(self, row: BillingHistory) -> str:
        return links_to(row.payments.order_by("stripe_created_at"))

    @admin.display(description="at Stripe")
    def at_stripe(self, row: BillingHistory) -> str:
        return dashboard_link("invoices", row.stripe_id, livemode=row.livemode)

    def has_sync_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("payments.sync_billinghistory")

    @page_action("Sync now", path="sync", permission="sync")
    def sync(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return on_page(self, request, object_id, question=LOOK, yes="Sync now", act=look_at_invoice)

    @admin.action(description="Sync now", permissions=["sync"])
    def sync_now(self, request: HttpRequest, queryset: QuerySet[BillingHistory]) -> None:
        to_each(self, request, queryset.select_related("customer"), look_at_invoice)


@admin.register(Payment)
class PaymentAdmin(LedgerAdmin):
    list_display = (
        "stripe_created_at",
        "stripe_id",
        "person",
        "price",
        "state",
        "kind",
        "handed_over",
        "our_share",
        "kept_by_stripe",
        "failure_code",
    )
    list_display_links = ("stripe_created_at", "stripe_id")
    list_filter = (
        UnderWay,
        TooOften,
        "status",
        "kind",
        "fulfilment",
        ("fraud_warning_id", admin.EmptyFieldListFilter),
        "currency",
        "livemode",
    )
    list_select_related = ("user",)
    search_fields = ("id", "stripe_id__exact", "charge_id__exact", "customer__stripe_id__exact", "user__email__iexact")
    search_help_text = "Our id, Stripe's id of the payment, charge or customer, or e-mail, each in full"
    date_hierarchy = "stripe_created_at"
    ordering = ("-stripe_created_at",)
    actions = ("sync_now",)
    actions_detail = ("sync", "refund")
    fields = (
        ("person", "customer_row"),
        ("invoice_row", "at_stripe"),
        ("charge_id", "livemode"),
        ("price", "status"),
        ("given_back", "fulfilment", "fraud_warning_id"),
        ("reversals", "book"),
        ("kind", "reference", "description"),
        ("our_share", "kept_by_stripe", "failure_code"),
        "receipt_url",
        ("stripe_created_at", "paid_at"),
        "updated_at",
    )
    readonly_fields = (
        "person",
        "customer_row",
        "invoice_row",
        "at_stripe",
        "price",
        "given_back",
        "reversals",
        "book",
        "our_share",
        "kept_by_stripe",
        "updated_at",
    )

    @admin.display(description="person")
    def person(self, row: Payment) -> str:
        return link_to(row.user)

    @admin.display(description="amount", ordering="amount")
    def price(self, row: Payment) -> str:
        return amount_of(row)

    @coloured("status", STATUS_COLOURS)
    def state(self, row: Payment) -> str:
        return row.status

    @coloured("fulfilment", FULFILMENT_COLOURS)
    def handed_over(self, row: Payment) -> str:
        return row.fulfilment

    @admin.display(description="our share", ordering="platform_fee")
    def our_share(self, row: Payment) -> str:
        return in_words(row.platform_fee, row.currency) if row.platform_fee else "-"

    @admin.display(description="kept by Stripe", ordering="stripe_fee")
    def kept_by_stripe(self, row: Payment) -> str:
        return "-" if row.stripe_fee is None else in_words(row.stripe_fee, row.stripe_fee_currency)

    @admin.display(description="customer")
    def customer_row(self, row: Payment) -> str:
        return link_to(row.customer)

    @admin.display(description="invoice")
    def invoice_row(self, row: Payment) -> str:
        return link_to(row.invoice)

    @admin.display(description="at Stripe")
    def at_stripe(self, row: Payment) -> str:
        return dashboard_link("payments", row.stripe_id, livemode=row.livemode)

    @admin.display(description="given back")
    def given_back(self, row: Payment) -> str:
        return in_words(row.amount_refunded, row.currency)

    @admin.display(description="refunds and disputes")
    def reversals(self, row: Payment) -> str:
        return links_to([*row.refunds.all(), *row.refund_requests.all(), *row.disputes.all()])

    @admin.display(description="book")
    def book(self, row: Payment) -> str:
        """What came and went, and what is left of it."""
        moved = row.ledger.aggregate(count=Count("pk"), left=Sum("amount"))
        if not moved["count"]:
            return "-"
        left = in_words(moved["left"], row.currency)
        entries = "1 entry" if moved["count"] == 1 else f"{moved['count']} entries"
        return link_to_list(LedgerEntry, f"{entries}, {left} left", payment__id__exact=row.pk)

    def has_sync_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("payments.sync_payment")

    @page_action("Sync now", path="sync", permission="sync")
    def sync(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return on_page(self, request, object_id, question=LOOK, yes="Sync now", act=look_at_payment)

    @admin.action(description="Sync now", permissions=["sync"])
    def sync_now(self, request: HttpRequest, queryset: QuerySet[Payment]) -> None:
        to_each(self, request, queryset.select_related("customer", "invoice"), look_at_payment)

    def has_refund_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("payments.refund_payment")

    @page_action("Refund", path="refund", permission="refund")
    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = row_of(self, request, object_id)

        def act(answers: dict[str, Any], by: User) -> str:
            key = own_key("admin", answers.pop("key"))
            refund = create_refund(payment=row, actor=by, client_key=key, **answers)
            return f"{amount_of(refund)} given back; at Stripe it is {refund.status}."

        question = f"Give money of {row} back? {amount_of(row)} were paid, {self.given_back(row)} given back so far."
        form = RefundForm(row, posted(request))
        return decide(self, request, row, form, question=question, yes="Give it back", act=act)
