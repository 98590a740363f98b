from django.contrib import admin
from unfold.admin import ModelAdmin

from notifications.models import DigestChoice, DigestWindow, Preference, Schedule
from numerai.common.admin.read_only import ReadOnly

PERSON = ("user__email__iexact", "user__phone")


@admin.register(Preference)
class PreferenceAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("changed_at", "user", "kind", "channel", "is_on")
    list_filter = ("channel", "is_on")
    list_select_related = ("user",)
    search_fields = (*PERSON, "kind")
    search_help_text = "E-mail, phone or kind, each in full"
    show_full_result_count = False
    ordering = ("-id",)


@admin.register(Schedule)
class ScheduleAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("changed_at", "user", "muted_until", "is_quiet", "quiet_start", "quiet_end", "timezone")
    list_filter = ("is_quiet",)
    list_select_related = ("user",)
    search_fields = PERSON
    search_help_text = "E-mail or phone, in full"
    show_full_result_count = False
    ordering = ("-changed_at",)


@admin.register(DigestChoice)
class DigestChoiceAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("changed_at", "user", "category", "cadence")
    list_filter = ("cadence", "category")
    list_select_related = ("user",)
    search_fields = PERSON
    search_help_text = "E-mail or phone, in full"
    show_full_result_count = False
    ordering = ("-id",)


@admin.register(DigestWindow)
class DigestWindowAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("opened_at", "user", "channel", "key", "closes_at", "closed_at")
    list_filter = ("channel",)
    list_select_related = ("user",)
    search_fields = (*PERSON, "public_id")
    search_help_text = "E-mail, phone or id, each in full"
    show_full_result_count = False
    ordering = ("-id",)
