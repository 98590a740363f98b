from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.dataclasses import UnfoldAction

from accounts.models import User
from payments.admin.base import LedgerAdmin, amount_of, coloured, dashboard_link, link_to
from payments.admin.deciding import ApprovalForm, RefusalForm, decide, page_action, posted, row_of
from payments.admin.desk.filters import RefundUnderWay, Undecided
from payments.models import Refund, RefundOrigin, RefundRequest, RequestState
from payments.money import in_words
from payments.services import approve_refund_request, refuse_refund_request

STATUS_COLOURS = {
    "succeeded": "success",
    "pending": "info",
    "requires_action": "warning",
    "failed": "danger",
    "canceled": "danger",
}
STATE_COLOURS = {"open": "warning", "approved": "success", "refused": "danger"}


@admin.register(Refund)
class RefundAdmin(LedgerAdmin):
    list_display = ("stripe_created_at", "stripe_id", "payment_row", "given", "state", "origin", "failure_reason")
    list_display_links = ("stripe_created_at", "stripe_id")
    list_filter = (RefundUnderWay, "status", "origin", "reason", "currency", "livemode", "stripe_created_at")
    list_select_related = ("payment",)
    search_fields = ("id", "stripe_id__exact", "charge_id__exact", "payment__stripe_id__exact")
    search_help_text = "Our id, or Stripe's id of the refund, charge or payment, each in full"
    ordering = ("-stripe_created_at",)
    fields = (
        ("payment_row", "request_row"),
        "at_stripe",
        ("charge_id", "livemode"),
        ("given", "status"),
        ("origin", "reason", "failure_reason"),
        ("stripe_created_at", "created_at", "updated_at"),
    )
    readonly_fields = ("payment_row", "request_row", "at_stripe", "given", "created_at", "updated_at")

    @admin.display(description="payment")
    def payment_row(self, row: Refund) -> str:
        return link_to(row.payment, row.payment.stripe_id)

    @admin.display(description="request")
    def request_row(self, row: Refund) -> str:
        return link_to(row.request)

    @admin.display(description="amount", ordering="amount")
    def given(self, row: Refund) -> str:
        return amount_of(row)

    @coloured("status", STATUS_COLOURS)
    def state(self, row: Refund) -> str:
        return row.status

    @admin.display(description="at Stripe")
    def at_stripe(self, row: Refund) -> str:
        return dashboard_link("payments", row.payment.stripe_id, livemode=row.livemode)


@admin.register(RefundRequest)
class RefundRequestAdmin(LedgerAdmin):
    list_display = ("created_at", "person", "wanted", "payment_row", "status", "reason", "decided_at")
    list_filter = (Undecided, "state", "created_at")
    list_select_related = ("user", "payment")
    search_fields = ("id", "payment__stripe_id__exact", "user__email__iexact")
    search_help_text = "Our id, Stripe's id of the payment, or e-mail, each in full"
    ordering = ("-created_at",)
    actions_detail = ("approve", "refuse")
    fields = (
        ("person", "payment_row"),
        ("wanted", "state"),
        "reason",
        "answer",
        ("decider", "decided_at"),
        "refund_row",
        ("created_at", "updated_at"),
    )
    readonly_fields = ("person", "payment_row", "wanted", "decider", "refund_row", "created_at", "updated_at")

    @admin.display(description="person")
    def person(self, row: RefundRequest) -> str:
        return link_to(row.user)

    @admin.display(description="payment")
    def payment_row(self, row: RefundRequest) -> str:
        return link_to(row.payment, row.payment.stripe_id)

    @admin.display(description="amount", ordering="amount")
    def wanted(self, row: RefundRequest) -> str:
        return in_words(row.amount, row.payment.currency)

    @coloured("state", STATE_COLOURS)
    def status(self, row: RefundRequest) -> str:
        return row.state

    @admin.display(description="refund")
    def refund_row(self, row: RefundRequest) -> str:
        return link_to(getattr(row, "refund", None))

    @admin.display(description="decided by")
    def decider(self, row: RefundRequest) -> str:
        refund = getattr(row, "refund", None)
        if row.decided_by is None and refund is not None and refund.origin == RefundOrigin.CUSTOMER:
            return "automatically"
        return link_to(row.decided_by)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[UnfoldAction]:
        is_waiting = RefundRequest.objects.filter(pk=object_id, state=RequestState.OPEN).exists()
        return super().get_actions_detail(request, object_id) if is_waiting else []

    def has_decide_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("payments.decide_refundrequest")

    @page_action("Approve", path="approve", permission="decide")
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = row_of(self, request, object_id)

        def act(answers: dict[str, Any], by: User) -> str:
            refund = approve_refund_request(row, by=by, **answers)
            return f"{amount_of(refund)} given back; at Stripe it is {refund.status}."

        question = f"Give {self.wanted(row)} back? The person wrote: {row.reason}"
        form = ApprovalForm(posted(request))
        return decide(self, request, row, form, question=question, yes="Give it back", act=act)

    @page_action("Refuse", path="refuse", permission="decide")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = row_of(self, request, object_id)

        def act(answers: dict[str, Any], by: User) -> str:
            refuse_refund_request(row, by=by, **answers)
            return "Refused; the person has been told."

        question = f"Keep {self.wanted(row)}? The person wrote: {row.reason}"
        form = RefusalForm(posted(request))
        return decide(self, request, row, form, question=question, yes="Refuse", act=act)
