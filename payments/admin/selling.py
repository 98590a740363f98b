from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from numerai.common.errors import DomainError
from payments.admin.base import LedgerAdmin, amount_of, coloured, dashboard_link, link_to
from payments.admin.desk.filters import CheckoutEnd, Undecided
from payments.models import CheckoutSession, PurchaseReview
from payments.services import approve_purchase, refuse_purchase

PAGE_COLOURS = {"complete": "success", "open": "info", "expired": "warning"}
REVIEW_COLOURS = {"open": "warning", "approved": "success", "used": "success", "refused": "danger"}


@admin.register(CheckoutSession)
class CheckoutSessionAdmin(LedgerAdmin):
    list_display = ("stripe_created_at", "short_id", "person", "price", "state", "payment_status", "kind", "expires_at")
    list_display_links = ("stripe_created_at", "short_id")
    list_filter = (CheckoutEnd, "status", "payment_status", "mode", "kind", "currency", "livemode", "stripe_created_at")
    list_select_related = ("user",)
    search_fields = ("id", "stripe_id__exact", "customer__stripe_id__exact", "reference__exact", "user__email__iexact")
    search_help_text = "Our id, Stripe's id of the session or customer, the seller's reference, or e-mail, each in full"
    ordering = ("-stripe_created_at",)
    fields = (
        ("person", "customer_row"),
        "at_stripe",
        ("mode", "livemode"),
        ("kind", "reference", "plan"),
        "description",
        ("price", "platform_fee"),
        ("status", "payment_status"),
        ("payment_row", "subscription_row"),
        ("stripe_created_at", "expires_at", "updated_at"),
    )
    readonly_fields = (
        "person",
        "customer_row",
        "at_stripe",
        "price",
        "payment_row",
        "subscription_row",
        "updated_at",
    )

    @admin.display(description="session")
    def short_id(self, row: CheckoutSession) -> str:
        return f"…{row.stripe_id[-8:]}"

    @admin.display(description="person")
    def person(self, row: CheckoutSession) -> str:
        return link_to(row.user)

    @admin.display(description="customer")
    def customer_row(self, row: CheckoutSession) -> str:
        return link_to(row.customer)

    @admin.display(description="amount", ordering="amount")
    def price(self, row: CheckoutSession) -> str:
        return amount_of(row)

    @coloured("status", PAGE_COLOURS)
    def state(self, row: CheckoutSession) -> str:
        return row.status

    @admin.display(description="payment")
    def payment_row(self, row: CheckoutSession) -> str:
        return link_to(row.payment)

    @admin.display(description="subscription")
    def subscription_row(self, row: CheckoutSession) -> str:
        return link_to(row.subscription)

    @admin.display(description="at Stripe")
    def at_stripe(self, row: CheckoutSession) -> str:
        return dashboard_link("checkout/sessions", row.stripe_id, livemode=row.livemode)


@admin.register(PurchaseReview)
class PurchaseReviewAdmin(LedgerAdmin):
    list_display = ("created_at", "person", "price", "description", "why", "status", "decided_at")
    list_filter = (Undecided, "state", "kind", "currency", "created_at")
    list_select_related = ("user",)
    search_fields = ("id", "reference__exact", "user__email__iexact")
    search_help_text = "Our id, the seller's reference, or e-mail, each in full"
    ordering = ("-created_at",)
    actions = ("approve", "refuse")
    fields = (
        "person",
        ("kind", "reference"),
        "description",
        "price",
        "why",
        ("state", "decider", "decided_at"),
        ("created_at", "updated_at"),
    )
    readonly_fields = ("person", "price", "decider", "created_at", "updated_at")

    @admin.display(description="person")
    def person(self, row: PurchaseReview) -> str:
        return link_to(row.user)

    @admin.display(description="decided by")
    def decider(self, row: PurchaseReview) -> str:
        return link_to(row.decided_by)

    @admin.display(description="amount", ordering="amount")
    def price(self, row: PurchaseReview) -> str:
        return amount_of(row)

    @coloured("state", REVIEW_COLOURS)
    def status(self, row: PurchaseReview) -> str:
        return row.state

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.decide_purchasereview")

    @admin.action(description="Approve: it may pass once", permissions=["decide"])
    def approve(self, request: HttpRequest, queryset: QuerySet[PurchaseReview]) -> None:
        self._decide(request, queryset, is_approved=True)

    @admin.action(description="Refuse", permissions=["decide"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[PurchaseReview]) -> None:
        self._decide(request, queryset, is_approved=False)

    def _decide(self, request: HttpRequest, queryset: QuerySet[PurchaseReview], *, is_approved: bool) -> None:
        assert isinstance(request.user, User)  # noqa: S101  # only operators come here
        decide = approve_purchase if is_approved else refuse_purchase
        for review_id in list[UUID](queryset.values_list("pk", flat=True)):
            try:
                decide(review_id, operator=request.user)
            except DomainError as refusal:
                self.message_user(request, f"{review_id}: {refusal.detail}", messages.ERROR)
            else:
                self.message_user(request, f"{review_id}: the person is told.", messages.SUCCESS)
