from django.contrib import admin
from unfold.admin import ModelAdmin

from numerai.common.admin.read_only import ReadOnly
from numerology.content.catalogue import DIGITS
from numerology.desk.filters import number_in
from numerology.remedies.models import Remedy, RemedyTracking

Number = number_in("number", "number", DIGITS)


@admin.register(Remedy)
class RemedyAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """What people's charts chose for them. Nothing here is edited: charts and texts decide."""

    list_display = ("user", "remedy_type", "title", "number", "is_active", "next_reminder_at", "superseded_at")
    list_filter = ("remedy_type", Number, "is_active", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email__iexact", "user__phone", "title")
    search_help_text = "E-mail or phone of the person, each in full, or a part of the title"
    show_full_result_count = False
    ordering = ("-created_at",)
    readonly_fields = tuple(field.name for field in Remedy._meta.fields)
    fields = readonly_fields


@admin.register(RemedyTracking)
class RemedyTrackingAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """How much remedies are practised. The notes are the person's own and are not shown."""

    list_display = ("user", "remedy", "date", "is_completed", "created_at")
    list_filter = ("is_completed", "remedy__remedy_type", "date")
    list_select_related = ("user", "remedy")
    search_fields = ("user__email__iexact", "user__phone")
    search_help_text = "E-mail or phone of the person, each in full"
    show_full_result_count = False
    ordering = ("-date",)
    readonly_fields = ("id", "user", "remedy", "date", "is_completed", "created_at", "updated_at")
    fields = readonly_fields
