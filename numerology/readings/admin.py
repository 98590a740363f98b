from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from numerology.readings.models import DailyReading


@admin.register(DailyReading)
class DailyReadingAdmin(ModelAdmin):  # type: ignore[misc]
    """What people were told, and when. Nothing here is edited: a reading that changed would be another reading."""

    list_display = ("user", "reading_date", "personal_day_number", "lucky_number", "lucky_color", "generated_at")
    list_filter = ("personal_day_number", "content_version", "reading_date", "generated_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__phone", "user__full_name")
    date_hierarchy = "reading_date"
    ordering = ("-reading_date",)
    readonly_fields = (
        "id",
        "user",
        "reading_date",
        "birth_date",
        "personal_day_number",
        "lucky_number",
        "lucky_color",
        "auspicious_time",
        "activity_recommendation",
        "warning",
        "affirmation",
        "actionable_tip",
        "content_version",
        "generated_at",
    )
    fields = readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
