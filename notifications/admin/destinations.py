from django.contrib import admin
from unfold.admin import ModelAdmin

from notifications.models import Destination
from numerai.common.admin.read_only import ReadOnly


@admin.register(Destination)
class DestinationAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("registered_at", "user", "channel", "device_type", "name", "failures", "disabled_at")
    list_display_links = ("registered_at", "name")
    list_filter = ("channel", "device_type", "disabled_reason")
    list_select_related = ("user",)
    fields = (
        "user",
        "channel",
        "device_type",
        "name",
        "timezone",
        "registered_at",
        "succeeded_at",
        "failing_since",
        "failures",
        "disabled_at",
        "disabled_reason",
    )
    search_fields = ("user__email__iexact", "user__phone", "public_id")
    search_help_text = "E-mail, phone or id, each in full"
    show_full_result_count = False
    ordering = ("-id",)
