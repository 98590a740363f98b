from django.contrib import admin

from payments.admin.base import LedgerAdmin, amount_of, coloured, dashboard_link, link_to
from payments.models import BillingHistory, Payment

STATUS_COLOURS = {
    "paid": "success",
    "succeeded": "success",
    "open": "warning",
    "processing": "info",
    "requires_action": "warning",
    "requires_payment_method": "danger",
    "uncollectible": "danger",
}


@admin.register(BillingHistory)
class BillingHistoryAdmin(LedgerAdmin):
    list_display = ("created_at", "number", "person", "price", "state", "paid_at")
    list_display_links = ("created_at", "number")
    list_filter = ("status", "billing_reason", "currency", "livemode")
    list_select_related = ("user",)
    search_fields = ("id", "stripe_id__exact", "number__iexact", "customer__stripe_id__exact", "user__email__iexact")
    search_help_text = "Our id, Stripe's id of the invoice or customer, the number, or e-mail, each in full"
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = (
        ("person", "subscription_row"),
        "at_stripe",
        ("number", "livemode"),
        ("price", "status"),
        ("billing_reason", "paid_at"),
        "description",
        ("period_start", "period_end"),
        ("attempt_count", "next_payment_attempt"),
        "payments",
        ("created_at", "updated_at"),
    )
    readonly_fields = ("person", "subscription_row", "at_stripe", "price", "payments", "updated_at")

    @admin.display(description="person")
    def person(self, row: BillingHistory) -> str:
        return link_to(row.user)

    @admin.display(description="amount", ordering="amount")
    def price(self, row: BillingHistory) -> str:
        return amount_of(row)

    @coloured("status", STATUS_COLOURS)
    def state(self, row: BillingHistory) -> str:
        return row.status

    @admin.display(description="subscription")
    def subscription_row(self, row: BillingHistory) -> str:
        return link_to(row.subscription)

    @admin.display(description="payments")
    def payments(self, row: BillingHistory) -> str:
        return ", ".join(str(payment) for payment in row.payments.all()) or "-"

    @admin.display(description="at Stripe")
    def at_stripe(self, row: BillingHistory) -> str:
        return dashboard_link("invoices", row.stripe_id, livemode=row.livemode)


@admin.register(Payment)
class PaymentAdmin(LedgerAdmin):
    list_display = ("stripe_created_at", "stripe_id", "person", "price", "state", "kind", "failure_code")
    list_display_links = ("stripe_created_at", "stripe_id")
    list_filter = ("status", "kind", "currency", "livemode")
    list_select_related = ("user",)
    search_fields = ("id", "stripe_id__exact", "charge_id__exact", "customer__stripe_id__exact", "user__email__iexact")
    search_help_text = "Our id, Stripe's id of the payment, charge or customer, or e-mail, each in full"
    ordering = ("-stripe_created_at",)
    fields = (
        ("person", "invoice_row"),
        "at_stripe",
        ("charge_id", "livemode"),
        ("price", "status"),
        ("kind", "failure_code"),
        ("stripe_created_at", "paid_at"),
        "updated_at",
    )
    readonly_fields = ("person", "invoice_row", "at_stripe", "price", "updated_at")

    @admin.display(description="person")
    def person(self, row: Payment) -> str:
        return link_to(row.user)

    @admin.display(description="amount", ordering="amount")
    def price(self, row: Payment) -> str:
        return amount_of(row)

    @coloured("status", STATUS_COLOURS)
    def state(self, row: Payment) -> str:
        return row.status

    @admin.display(description="invoice")
    def invoice_row(self, row: Payment) -> str:
        return link_to(row.invoice)

    @admin.display(description="at Stripe")
    def at_stripe(self, row: Payment) -> str:
        return dashboard_link("payments", row.stripe_id, livemode=row.livemode)
