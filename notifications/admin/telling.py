from typing import ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from notifications.deliveries import sweeping
from notifications.models import Delivery, Notification
from numerai.common.admin.read_only import ReadOnly


class DeliveryInline(ReadOnly, TabularInline):  # type: ignore[misc]
    model = Delivery
    fields = ("channel", "destination", "status", "reason", "attempts", "next_attempt_at", "last_error_code", "sent_at")
    extra = 0
    show_change_link = True


@admin.register(Notification)
class NotificationAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("created_at", "recipient", "kind", "title", "priority", "read_at")
    list_display_links = ("created_at", "title")
    list_filter = ("notification_type", "priority", "in_centre")
    list_select_related = ("recipient",)
    search_fields = ("recipient__email__iexact", "recipient__phone", "public_id", "kind")
    search_help_text = "E-mail, phone, id or kind, each in full"
    show_full_result_count = False
    ordering = ("-id",)
    inlines: ClassVar = [DeliveryInline]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = (
        "created_at",
        "channel",
        "kind",
        "status",
        "reason",
        "attempts",
        "next_attempt_at",
        "last_error_code",
    )
    list_filter = ("status", "channel", "reason")
    list_select_related = ("notification",)
    search_fields = ("destination__iexact", "notification__public_id", "provider_message_id")
    search_help_text = "Address, notification id or message id, each in full"
    show_full_result_count = False
    ordering = ("-id",)
    actions = ("send_again",)

    def has_send_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("notifications.change_delivery"))

    @admin.display(ordering="notification__kind")
    def kind(self, delivery: Delivery) -> str:
        return delivery.notification.kind

    @admin.action(description="Send again what did not arrive", permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        started = sweeping.send_again(queryset.values_list("id", flat=True))
        self.message_user(request, f"{started} of {len(queryset)} will be sent again.", messages.SUCCESS)
