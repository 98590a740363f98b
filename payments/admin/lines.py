from django.contrib import admin
from unfold.admin import TabularInline

from numerai.common.admin.read_only import ReadOnly
from payments.admin.base import LedgerAdmin, amount_of, link_to
from payments.models import InvoiceLine


class InvoiceLineInline(ReadOnly, TabularInline):  # type: ignore[misc]
    """What a bill is made of, as it is read on paper."""

    model = InvoiceLine
    extra = 0
    fields = ("description", "quantity", "price", "is_proration", "price_id", "period_start", "period_end")
    readonly_fields = ("price",)
    ordering = ("position",)
    verbose_name_plural = "lines"

    @admin.display(description="amount")
    def price(self, row: InvoiceLine) -> str:
        return amount_of(row)


@admin.register(InvoiceLine)
class InvoiceLineAdmin(LedgerAdmin):
    list_display = ("period_start", "bill", "description", "quantity", "price", "is_proration", "price_id")
    list_display_links = ("period_start", "description")
    list_filter = ("is_proration", "currency")
    list_select_related = ("invoice",)
    search_fields = ("stripe_id__exact", "invoice__stripe_id__exact", "invoice__number__iexact")
    search_help_text = "Stripe's id of the line or the invoice, or the invoice's number, each in full"
    ordering = ("-invoice__created_at", "position")
    fields = (
        ("bill", "position"),
        "description",
        ("quantity", "price", "is_proration"),
        ("price_id", "stripe_id"),
        ("period_start", "period_end"),
        "updated_at",
    )
    readonly_fields = ("bill", "price", "updated_at")

    @admin.display(description="invoice")
    def bill(self, row: InvoiceLine) -> str:
        return link_to(row.invoice)

    @admin.display(description="amount")
    def price(self, row: InvoiceLine) -> str:
        return amount_of(row)
