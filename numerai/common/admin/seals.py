from django.contrib import admin
from unfold.admin import ModelAdmin

from numerai.common.admin.read_only import ReadOnly
from numerai.common.models import Seal


@admin.register(Seal)
class SealAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("number", "at", "table", "rows", "first_id", "last_id", "newest_at", "digest")
    list_filter = ("table", "at")
    search_fields = ("number__exact", "digest__exact", "previous__exact")
    search_help_text = "A seal's number, or a digest in full"
    ordering = ("-number",)
    show_full_result_count = False
    fields = (
        ("number", "at"),
        "table",
        ("first_id", "last_id", "rows"),
        "newest_at",
        "columns",
        "rows_digest",
        "previous",
        "digest",
    )
