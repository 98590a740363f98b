from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from numerology.compatibility.models import CompatibilityCheck, CompatibilityTally


@admin.register(CompatibilityCheck)
class CompatibilityCheckAdmin(ModelAdmin):  # type: ignore[misc]
    """What people were told about themselves and others. Nothing here is edited: another answer is another check."""

    list_display = ("user", "partner_name", "relationship_type", "compatibility_score", "checked_on", "created_at")
    list_filter = ("relationship_type", "calculation_system", "score_version", "content_version", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__phone", "user__full_name", "partner_name", "partner_latin_name")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    readonly_fields = (
        "id",
        "user",
        "full_name",
        "latin_name",
        "birth_date",
        "partner_name",
        "partner_latin_name",
        "partner_birth_date",
        "relationship_type",
        "calculation_system",
        "compatibility_score",
        "breakdown",
        "together",
        "title",
        "summary",
        "strengths",
        "challenges",
        "advice",
        "engine_version",
        "score_version",
        "content_version",
        "checked_on",
        "created_at",
    )
    fields = readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(CompatibilityTally)
class CompatibilityTallyAdmin(ModelAdmin):  # type: ignore[misc]
    """How many checks of a day are used up. Deleting a row grants that day's checks again."""

    list_display = ("user", "day", "used")
    list_filter = ("day",)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__phone", "user__full_name")
    ordering = ("-day",)
    readonly_fields = ("user", "day", "used")
    fields = readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
