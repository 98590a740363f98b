from django.contrib import admin

from payments.admin.base import LedgerAdmin, dashboard_link
from payments.models import TrialUse


@admin.register(TrialUse)
class TrialUseAdmin(LedgerAdmin):
    """Whose a trial was cannot be seen here, and is not known."""

    list_display = ("created_at", "kind", "short_digest", "subscription_stripe_id", "livemode")
    list_filter = ("kind", "livemode")
    search_fields = ("digest__exact", "subscription_stripe_id__exact")
    search_help_text = "The digest, or Stripe's id of the subscription, each in full"
    ordering = ("-created_at",)
    fields = ("kind", "digest", "at_stripe", "livemode", "created_at")
    readonly_fields = ("at_stripe", "created_at")

    @admin.display(description="digest")
    def short_digest(self, row: TrialUse) -> str:
        return row.digest[:12]

    @admin.display(description="at Stripe")
    def at_stripe(self, row: TrialUse) -> str:
        return dashboard_link("subscriptions", row.subscription_stripe_id, livemode=row.livemode)
