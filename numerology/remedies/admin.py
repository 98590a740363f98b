from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from numerology.remedies.models import Remedy, RemedyTracking


@admin.register(Remedy)
class RemedyAdmin(ModelAdmin):  # type: ignore[misc]
    """What people's charts chose for them. Nothing here is edited: charts and texts decide."""

    list_display = ("user", "remedy_type", "title", "number", "is_active", "next_reminder_at", "superseded_at")
    list_filter = ("remedy_type", "number", "is_active", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__phone", "user__full_name", "title")
    ordering = ("-created_at",)
    readonly_fields = tuple(field.name for field in Remedy._meta.fields)
    fields = readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(RemedyTracking)
class RemedyTrackingAdmin(ModelAdmin):  # type: ignore[misc]
    """How much remedies are practised. The notes are the person's own and are not shown."""

    list_display = ("user", "remedy", "date", "is_completed", "created_at")
    list_filter = ("is_completed", "remedy__remedy_type", "date")
    list_select_related = ("user", "remedy")
    search_fields = ("user__email", "user__phone", "user__full_name")
    date_hierarchy = "date"
    ordering = ("-date",)
    readonly_fields = ("id", "user", "remedy", "date", "is_completed", "created_at", "updated_at")
    fields = readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
