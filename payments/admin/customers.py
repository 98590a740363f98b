from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from payments.admin.base import LedgerAdmin, amount_of, coloured, dashboard_link, link_to
from payments.models import StripeCustomer, Subscription

STATUS_COLOURS = {
    "active": "success",
    "trialing": "success",
    "incomplete": "info",
    "past_due": "warning",
    "unpaid": "danger",
    "paused": "warning",
}


@admin.register(StripeCustomer)
class StripeCustomerAdmin(LedgerAdmin):
    list_display = ("stripe_id", "person", "livemode", "deleted_at", "created_at")
    list_filter = ("livemode",)
    list_select_related = ("user",)
    search_fields = ("stripe_id__exact", "user__email__iexact", "user__phone__exact")
    search_help_text = "Stripe id, e-mail or phone, each in full"
    ordering = ("-created_at",)
    fields = ("person", "at_stripe", "livemode", "subscriptions", "deleted_at", "created_at")
    readonly_fields = fields

    @admin.display(description="person")
    def person(self, row: StripeCustomer) -> str:
        return link_to(row.user)

    @admin.display(description="at Stripe")
    def at_stripe(self, row: StripeCustomer) -> str:
        return dashboard_link("customers", row.stripe_id, livemode=row.livemode)

    @admin.display(description="subscriptions")
    def subscriptions(self, row: StripeCustomer) -> str:
        return ", ".join(f"{each.plan} ({each.status})" for each in row.subscriptions.all()) or "-"


@admin.register(Subscription)
class SubscriptionAdmin(LedgerAdmin):
    list_display = ("stripe_id", "person", "plan", "state", "price", "current_period_end", "is_duplicate")
    list_filter = ("status", "plan", "livemode", "cancel_at_period_end", ("duplicate_of", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    search_fields = ("id", "stripe_id__exact", "customer__stripe_id__exact", "user__email__iexact")
    search_help_text = "Our id, Stripe's id of the subscription or customer, or e-mail, each in full"
    ordering = ("-stripe_created_at",)
    fields = (
        "id",
        ("person", "customer_row"),
        "at_stripe",
        ("plan", "status"),
        ("price", "price_id"),
        ("current_period_start", "current_period_end"),
        ("cancel_at_period_end", "cancel_at"),
        ("canceled_at", "ended_at"),
        ("trial_end", "past_due_since"),
        ("latest_invoice_at_stripe", "duplicate_row"),
        ("stripe_created_at", "created_at"),
        ("updated_at", "livemode"),
    )
    readonly_fields = (
        "id",
        "person",
        "customer_row",
        "at_stripe",
        "price",
        "latest_invoice_at_stripe",
        "duplicate_row",
        "created_at",
        "updated_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscription]:
        rows: QuerySet[Subscription] = super().get_queryset(request)
        return rows.select_related("user", "customer", "duplicate_of")

    @admin.display(description="person")
    def person(self, row: Subscription) -> str:
        return link_to(row.user)

    @admin.display(description="customer")
    def customer_row(self, row: Subscription) -> str:
        return link_to(row.customer)

    @coloured("status", STATUS_COLOURS)
    def state(self, row: Subscription) -> str:
        return row.status

    @admin.display(description="price", ordering="amount")
    def price(self, row: Subscription) -> str:
        return amount_of(row)

    @admin.display(description="bought twice", boolean=True)
    def is_duplicate(self, row: Subscription) -> bool:
        return row.duplicate_of_id is not None

    @admin.display(description="besides")
    def duplicate_row(self, row: Subscription) -> str:
        return link_to(row.duplicate_of)

    @admin.display(description="at Stripe")
    def at_stripe(self, row: Subscription) -> str:
        return dashboard_link("subscriptions", row.stripe_id, livemode=row.livemode)

    @admin.display(description="latest invoice")
    def latest_invoice_at_stripe(self, row: Subscription) -> str:
        return dashboard_link("invoices", row.latest_invoice_id, livemode=row.livemode)
