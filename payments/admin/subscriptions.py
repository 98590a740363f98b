from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from accounts.models import User
from payments.admin.base import LedgerAdmin, amount_of, coloured, dashboard_link, link_to, link_to_list
from payments.admin.deciding import page_action
from payments.admin.desk.acting import LOOK, on_page, to_each, when_confirmed
from payments.admin.desk.filters import Attention
from payments.admin.desk.looking import look_at_subscription
from payments.models import BillingHistory, CheckoutSession, Subscription
from payments.services import cancel_on_behalf, resume_on_behalf
from payments.services.subscriptions.cancellation import NOW, PERIOD_END

STATUS_COLOURS = {
    "active": "success",
    "trialing": "success",
    "incomplete": "info",
    "past_due": "warning",
    "unpaid": "danger",
    "paused": "warning",
}
END_LATER = "Let {row} end with the period that is paid for? It is not charged again."
END_NOW = "End {row} now? Access ends at once, open bills are voided, and nothing is given back by this."
GO_ON = "Let {row} go on? A cancellation is withdrawn; a pause ends, and its new period is charged."


def end_later(row: Subscription, by: User) -> str:
    return state_of(cancel_on_behalf(row, by=by, when=PERIOD_END).subscription)


def end_now(row: Subscription, by: User) -> str:
    return state_of(cancel_on_behalf(row, by=by, when=NOW).subscription)


def go_on(row: Subscription, by: User) -> str:
    answer = resume_on_behalf(row, by=by)
    if answer.client_secret:
        return "The bill of the new period waits for the person to confirm its payment; until then the pause lasts."
    return state_of(answer.subscription)


def state_of(row: Subscription) -> str:
    if row.is_over:
        return "It has ended."
    if row.ends_at is not None:
        return f"It ends on {row.ends_at:%Y-%m-%d}."
    return f"It is {row.status} and goes on."


@admin.register(Subscription)
class SubscriptionAdmin(LedgerAdmin):
    list_display = ("stripe_created_at", "stripe_id", "person", "plan", "state", "price", "next_")
    list_display_links = ("stripe_created_at", "stripe_id")
    list_filter = (Attention, "status", "plan", "livemode", "cancel_at_period_end", "stripe_created_at")
    list_select_related = ("user",)
    search_fields = ("id", "stripe_id__exact", "customer__stripe_id__exact", "user__email__iexact")
    search_help_text = "Our id, Stripe's id of the subscription or customer, or e-mail, each in full"
    date_hierarchy = "stripe_created_at"
    ordering = ("-stripe_created_at",)
    actions = ("sync_now", "cancel_all_later", "cancel_all_now", "resume_all")
    actions_detail = ("sync", "resume", "cancel_later", "cancel_now")
    fields = (
        "id",
        ("person", "customer_row"),
        "at_stripe",
        ("plan", "status"),
        ("price", "price_id"),
        ("current_period_start", "current_period_end"),
        ("paid_plan", "paid_through"),
        ("cancel_at_period_end", "cancel_at"),
        ("canceled_at", "ended_at"),
        ("paused_at", "resumes_at"),
        ("pending_plan", "pending_expires_at"),
        ("scheduled_plan", "scheduled_at"),
        ("trial_end", "past_due_since"),
        ("latest_invoice", "duplicate_row"),
        "lists",
        ("stripe_created_at", "created_at"),
        ("updated_at", "livemode"),
    )
    readonly_fields = (
        "id",
        "person",
        "customer_row",
        "at_stripe",
        "price",
        "latest_invoice",
        "duplicate_row",
        "lists",
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

    @admin.display(description="what comes", ordering="current_period_end")
    def next_(self, row: Subscription) -> str:
        if row.duplicate_of_id is not None and row.is_live:
            return "bought twice: one of the two must end"
        if row.past_due_since is not None:
            return f"past due since {row.past_due_since:%Y-%m-%d}"
        if row.is_over:
            return f"ended {row.ends_at:%Y-%m-%d}" if row.ends_at else "ended"
        if row.ends_at is not None:
            return f"ends {row.ends_at:%Y-%m-%d}"
        return f"renews {row.current_period_end:%Y-%m-%d}" if row.current_period_end and row.is_live else "-"

    @admin.display(description="bought besides")
    def duplicate_row(self, row: Subscription) -> str:
        return link_to(row.duplicate_of, row.duplicate_of.stripe_id if row.duplicate_of else "")

    @admin.display(description="at Stripe")
    def at_stripe(self, row: Subscription) -> str:
        return dashboard_link("subscriptions", row.stripe_id, livemode=row.livemode)

    @admin.display(description="latest invoice")
    def latest_invoice(self, row: Subscription) -> str:
        """Ours, else, while we have not heard of it, that at Stripe."""
        known = BillingHistory.objects.filter(stripe_id=row.latest_invoice_id).first()
        return link_to(known) if known else dashboard_link("invoices", row.latest_invoice_id, livemode=row.livemode)

    @admin.display(description="all its")
    def lists(self, row: Subscription) -> str:
        return format_html(
            "{} · {}",
            link_to_list(BillingHistory, "invoices", subscription__id__exact=row.pk),
            link_to_list(CheckoutSession, "checkout sessions", subscription__id__exact=row.pk),
        )

    def has_cancel_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("payments.cancel_subscription")

    def has_resume_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("payments.resume_subscription")

    def has_sync_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("payments.sync_subscription")

    @page_action("Sync now", path="sync", permission="sync")
    def sync(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return on_page(self, request, object_id, question=LOOK, yes="Sync now", act=look_at_subscription)

    @page_action("Resume", path="resume", permission="resume")
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return on_page(self, request, object_id, question=GO_ON, yes="Let it go on", act=go_on)

    @page_action("Cancel at period end", path="cancel-later", permission="cancel")
    def cancel_later(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return on_page(self, request, object_id, question=END_LATER, yes="Cancel at period end", act=end_later)

    @page_action("Cancel now", path="cancel-now", permission="cancel", is_grave=True)
    def cancel_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return on_page(self, request, object_id, question=END_NOW, yes="Cancel now", act=end_now)

    @admin.action(description="Sync now", permissions=["sync"])
    def sync_now(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        to_each(self, request, queryset, look_at_subscription)

    @admin.action(description="Cancel at period end", permissions=["cancel"])
    def cancel_all_later(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> HttpResponse | None:
        return when_confirmed(self, request, queryset, question=END_LATER, yes="Cancel at period end", act=end_later)

    @admin.action(description="Cancel now", permissions=["cancel"])
    def cancel_all_now(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> HttpResponse | None:
        return when_confirmed(self, request, queryset, question=END_NOW, yes="Cancel now", act=end_now)

    @admin.action(description="Resume", permissions=["resume"])
    def resume_all(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> HttpResponse | None:
        return when_confirmed(self, request, queryset, question=GO_ON, yes="Let them go on", act=go_on)
