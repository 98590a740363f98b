from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from numerology.content.catalogue import DIGITS
from numerology.desk.filters import number_in
from numerology.desk.watching import Watched
from numerology.readings.models import DailyReading
from numerology.readings.rounds.models import ReadingRound

PersonalDay = number_in("personal_day_number", "personal day", DIGITS)


@admin.register(DailyReading)
class DailyReadingAdmin(Watched, ModelAdmin):  # type: ignore[misc]
    """What people were told, and when. Nothing here is edited: a reading that changed would be another reading."""

    list_display = ("user", "reading_date", "personal_day_number", "lucky_number", "lucky_color", "generated_at")
    list_filter = (PersonalDay, ("opened_at", admin.EmptyFieldListFilter), "reading_date", "generated_at")
    list_select_related = ("user",)
    search_fields = ("user__email__iexact", "user__phone", "id__exact")
    search_help_text = "E-mail, phone or id, each in full"
    show_full_result_count = False
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
        "opened_at",
    )
    fields = readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(ReadingRound)
class ReadingRoundAdmin(ModelAdmin):  # type: ignore[misc]
    """How the readings of each day got on, zone by zone."""

    list_display = ("zone", "reading_date", "state", "seen", "made", "told", "attempts", "created_at", "finished_at")
    list_filter = ("state", "reading_date")
    search_fields = ("zone",)
    date_hierarchy = "reading_date"
    ordering = ("-created_at",)
    fields = (*list_display[:7], "next_attempt_at", "lease_until", "last_error", "created_at", "finished_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ReadingRound | None = None) -> bool:
        return False
