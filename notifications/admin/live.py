from django.contrib import admin
from unfold.admin import ModelAdmin

from notifications.models import LiveCursor, LiveEvent
from numerai.common.admin.read_only import ReadOnly


@admin.register(LiveCursor)
class LiveCursorAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("user", "version")
    list_select_related = ("user",)
    search_fields = ("user__email__iexact", "user__phone")
    search_help_text = "E-mail or phone, in full"
    show_full_result_count = False


@admin.register(LiveEvent)
class LiveEventAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("created_at", "user", "event_type", "version")
    list_filter = ("event_type",)
    list_select_related = ("user",)
    search_fields = ("user__email__iexact", "user__phone")
    search_help_text = "E-mail or phone, in full"
    show_full_result_count = False
    ordering = ("-id",)
