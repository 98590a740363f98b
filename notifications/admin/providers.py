from django.contrib import admin
from unfold.admin import ModelAdmin

from notifications.models import DeliveryTotal, ProviderHealth, ProviderReport, TotalsMark
from numerai.common.admin.read_only import ReadOnly


@admin.register(ProviderHealth)
class ProviderHealthAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("provider", "failures", "failing_since", "open_until")
    search_fields = ("provider",)


@admin.register(ProviderReport)
class ProviderReportAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("received_at", "provider", "event_type", "delivery", "detail")
    list_filter = ("provider", "event_type")
    list_select_related = ("delivery",)
    search_fields = ("event_id",)
    search_help_text = "Id of the event, in full"
    show_full_result_count = False
    ordering = ("-id",)


@admin.register(DeliveryTotal)
class DeliveryTotalAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("hour", "kind", "channel", "status", "reason", "deliveries")
    list_filter = ("channel", "status", "reason")
    search_fields = ("kind",)
    show_full_result_count = False
    ordering = ("-hour",)


@admin.register(TotalsMark)
class TotalsMarkAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("id", "until")
