from django.contrib import admin

from numerai.common import clock
from payments.admin.base import LedgerAdmin, amount_of, coloured, dashboard_link, link_to
from payments.admin.desk.filters import EvidenceDue
from payments.models import Dispute, LedgerEntry
from payments.models.dispute import CLOSED
from payments.money import in_words

STATUS_COLOURS = {
    "needs_response": "danger",
    "warning_needs_response": "warning",
    "appeal_needs_response": "danger",
    "under_review": "info",
    "warning_under_review": "info",
    "appeal_under_review": "info",
    "won": "success",
    "prevented": "success",
    "lost": "danger",
}


@admin.register(Dispute)
class DisputeAdmin(LedgerAdmin):
    list_display = ("stripe_id", "payment_row", "sum_", "state", "reason", "evidence_due_by", "days_left", "closed_at")
    list_filter = (EvidenceDue, "status", "reason", "currency", "livemode")
    list_select_related = ("payment",)
    search_fields = ("id", "stripe_id__exact", "charge_id__exact", "payment__stripe_id__exact")
    search_help_text = "Our id, or Stripe's id of the dispute, charge or payment, each in full"
    ordering = ("closed_at", "evidence_due_by", "-stripe_created_at")
    fields = (
        ("payment_row", "at_stripe"),
        ("charge_id", "livemode"),
        ("sum_", "status", "reason"),
        ("taken_back", "is_charge_refundable"),
        ("evidence_due_by", "days_left"),
        ("stripe_created_at", "closed_at", "updated_at"),
    )
    readonly_fields = ("payment_row", "at_stripe", "sum_", "taken_back", "days_left", "updated_at")

    @admin.display(description="payment")
    def payment_row(self, row: Dispute) -> str:
        return link_to(row.payment, row.payment.stripe_id)

    @admin.display(description="amount", ordering="amount")
    def sum_(self, row: Dispute) -> str:
        return amount_of(row)

    @coloured("status", STATUS_COLOURS)
    def state(self, row: Dispute) -> str:
        return row.status

    @admin.display(description="taken back for now")
    def taken_back(self, row: Dispute) -> str:
        return in_words(row.withdrawn, row.currency)

    @admin.display(description="days left", ordering="evidence_due_by")
    def days_left(self, row: Dispute) -> str:
        if row.evidence_due_by is None or row.status in CLOSED:
            return "-"
        left = row.evidence_due_by - clock.now()
        return str(left.days) if left.days >= 0 else "too late"

    @admin.display(description="at Stripe")
    def at_stripe(self, row: Dispute) -> str:
        return dashboard_link("disputes", row.stripe_id, livemode=row.livemode)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(LedgerAdmin):
    list_display = ("created_at", "kind", "sum_", "payment_row", "source")
    list_filter = ("kind", "currency", "livemode", "created_at")
    list_select_related = ("payment",)
    search_fields = ("source__exact", "payment__stripe_id__exact")
    search_help_text = "Stripe's id of the payment, or of what moved the money, each in full"
    ordering = ("-created_at", "-pk")
    fields = ("payment_row", ("kind", "source"), ("sum_", "livemode"), "created_at")
    readonly_fields = ("payment_row", "sum_", "created_at")

    @admin.display(description="payment")
    def payment_row(self, row: LedgerEntry) -> str:
        return link_to(row.payment, row.payment.stripe_id)

    @admin.display(description="amount", ordering="amount")
    def sum_(self, row: LedgerEntry) -> str:
        return amount_of(row)
