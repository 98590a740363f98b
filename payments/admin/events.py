import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from numerai.common.models import AuditEntry
from payments.admin.base import LedgerAdmin, coloured, dashboard_link, link_to, link_to_list
from payments.admin.desk.filters import EventWaiting, InDoubt
from payments.models import BillingOperation, StripeCustomer, WebhookEvent
from payments.services import replay_webhook_events

STATE_COLOURS = {
    "processed": "success",
    "succeeded": "success",
    "pending": "info",
    "processing": "info",
    "running": "info",
    "failed": "warning",
    "unknown": "warning",
    "parked": "danger",
}


@admin.register(WebhookEvent)
class WebhookEventAdmin(LedgerAdmin):
    list_display = ("received_at", "type", "event_id", "status", "attempts", "next_attempt_at", "last_error")
    list_display_links = ("received_at", "event_id")
    list_filter = (EventWaiting, "state", "type", "livemode", "api_version")
    search_fields = ("event_id__exact", "object_id__exact", "customer_id__exact")
    search_help_text = "Stripe's id of the event, its object or its customer, each in full"
    ordering = ("-received_at",)
    actions = ("replay",)
    fields = (
        "at_stripe",
        ("type", "api_version"),
        ("object_id", "customer_row"),
        ("state", "attempts"),
        ("next_attempt_at", "lease_until"),
        ("created_at", "livemode"),
        ("received_at", "processed_at"),
        "last_error",
        "what_was_delivered",
    )
    readonly_fields = ("at_stripe", "customer_row", "what_was_delivered")

    @coloured("state", STATE_COLOURS)
    def status(self, row: WebhookEvent) -> str:
        return row.state

    @admin.display(description="at Stripe")
    def at_stripe(self, row: WebhookEvent) -> str:
        return dashboard_link("events", row.event_id, livemode=row.livemode)

    @admin.display(description="customer")
    def customer_row(self, row: WebhookEvent) -> str:
        known = StripeCustomer.objects.filter(stripe_id=row.customer_id).first()
        return link_to(known) if known else row.customer_id or "-"

    @admin.display(description="payload")
    def what_was_delivered(self, row: WebhookEvent) -> str:
        return as_json(row.payload)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.replay_webhookevent")

    @admin.action(description="Handle again", permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[WebhookEvent]) -> None:
        replayed = replay_webhook_events(list(queryset.values_list("pk", flat=True)))
        self.message_user(request, f"{replayed} of {len(queryset)} will be handled again.", messages.SUCCESS)


@admin.register(BillingOperation)
class BillingOperationAdmin(LedgerAdmin):
    list_display = ("created_at", "id", "kind", "person", "status", "asked_at", "finished_at")
    list_display_links = ("created_at", "id")
    list_filter = (InDoubt, "state", "kind", "livemode", "created_at")
    list_select_related = ("user",)
    search_fields = ("id", "client_key__exact", "user__email__iexact")
    search_help_text = "Our id (Stripe's idempotency key), the caller's key, or e-mail, each in full"
    ordering = ("-created_at",)
    fields = (
        "id",
        ("kind", "livemode"),
        ("person", "client_key"),
        ("created_at", "finished_at"),
        ("state", "asked_at"),
        "what_was_asked",
        "what_came_of_it",
        "what_changed",
    )
    readonly_fields = ("id", "person", "created_at", "what_was_asked", "what_came_of_it", "what_changed")

    @admin.display(description="person")
    def person(self, row: BillingOperation) -> str:
        return link_to(row.user)

    @coloured("state", STATE_COLOURS)
    def status(self, row: BillingOperation) -> str:
        return row.state

    @admin.display(description="asked")
    def what_was_asked(self, row: BillingOperation) -> str:
        return as_json(row.params)

    @admin.display(description="result")
    def what_came_of_it(self, row: BillingOperation) -> str:
        shown = {name: value for name, value in (row.result or {}).items() if name != "client_secret"}
        return as_json(shown)

    @admin.display(description="changed by it")
    def what_changed(self, row: BillingOperation) -> str:
        return link_to_list(AuditEntry, "rows in the audit", q=row.pk)


def as_json(value: Any) -> str:
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False))
