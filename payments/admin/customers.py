from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from payments.admin.base import LedgerAdmin, dashboard_link, link_to, link_to_list, links_to
from payments.admin.deciding import page_action
from payments.admin.desk.acting import on_page, to_each
from payments.admin.desk.looking import look_at_customer
from payments.models import BillingHistory, CheckoutSession, Payment, StripeCustomer, Subscription, WebhookEvent

COMPARE = "Compare everything of {row} with Stripe, and repair what differs?"


@admin.register(StripeCustomer)
class StripeCustomerAdmin(LedgerAdmin):
    list_display = ("created_at", "stripe_id", "person", "livemode", "deleted_at")
    list_display_links = ("created_at", "stripe_id")
    list_filter = ("livemode", ("deleted_at", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("user",)
    search_fields = ("stripe_id__exact", "user__email__iexact", "user__phone__exact")
    search_help_text = "Stripe id, e-mail or phone, each in full"
    ordering = ("-created_at",)
    actions = ("sync_now",)
    actions_detail = ("sync",)
    fields = (
        "person",
        "at_stripe",
        "livemode",
        "subscriptions",
        "lists",
        "contact_changed_at",
        "deleted_at",
        "created_at",
    )
    readonly_fields = fields

    @admin.display(description="person")
    def person(self, row: StripeCustomer) -> str:
        return link_to(row.user)

    @admin.display(description="at Stripe")
    def at_stripe(self, row: StripeCustomer) -> str:
        return dashboard_link("customers", row.stripe_id, livemode=row.livemode)

    @admin.display(description="subscriptions")
    def subscriptions(self, row: StripeCustomer) -> str:
        return links_to(row.subscriptions.order_by("-stripe_created_at"))

    @admin.display(description="all their")
    def lists(self, row: StripeCustomer) -> str:
        return lists_of(row)

    def has_sync_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("payments.sync_stripecustomer")

    @page_action("Sync now", path="sync", permission="sync")
    def sync(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return on_page(self, request, object_id, question=COMPARE, yes="Sync now", act=look_at_customer)

    @admin.action(description="Sync now", permissions=["sync"])
    def sync_now(self, request: HttpRequest, queryset: QuerySet[StripeCustomer]) -> None:
        to_each(self, request, queryset.select_related("user"), look_at_customer)


def lists_of(row: StripeCustomer) -> str:
    """Links to everything that belongs to the customer."""
    return format_html(
        "{} · {} · {} · {} · {}",
        link_to_list(Subscription, "subscriptions", customer__id__exact=row.pk),
        link_to_list(BillingHistory, "invoices", customer__id__exact=row.pk),
        link_to_list(Payment, "payments", customer__id__exact=row.pk),
        link_to_list(CheckoutSession, "checkout sessions", customer__id__exact=row.pk),
        link_to_list(WebhookEvent, "events", q=row.stripe_id),
    )
