from django.contrib import admin
from unfold.admin import ModelAdmin

from notifications.models import Wording
from numerai.common.admin.read_only import ReadOnly


@admin.register(Wording)
class WordingAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("created_at", "kind", "channel", "language", "version", "is_active", "written_by")
    list_filter = ("channel", "language", "is_active")
    list_select_related = ("written_by",)
    search_fields = ("kind",)
    search_help_text = "Kind"
    ordering = ("-id",)
