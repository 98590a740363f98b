from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin
from unfold.decorators import action

from notifications.metrics.charting import figures
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
    actions_list: ClassVar = ["figures"]

    @action(description="Show as charts", url_path="figures", permissions=["view"])  # type: ignore[untyped-decorator]
    def figures(self, request: HttpRequest) -> HttpResponse:
        shown = {"title": "How deliveries go", "opts": self.model._meta, "figures": figures()}
        return TemplateResponse(
            request, "admin/notifications/figures.html", self.admin_site.each_context(request) | shown
        )


@admin.register(TotalsMark)
class TotalsMarkAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("id", "until")
    search_fields = ("=id",)
