from django.contrib import admin
from unfold.admin import TabularInline

from numerai.common.read_only import ReadOnly
from payments.admin.base import amount_of
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
