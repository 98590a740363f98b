from django.contrib import admin
from unfold.admin import ModelAdmin

from numerai.common.admin.read_only import ReadOnly
from numerology.compatibility.models import CompatibilityCheck, CompatibilityTally
from numerology.desk.filters import EngineFilter
from numerology.desk.watching import Watched


@admin.register(CompatibilityCheck)
class CompatibilityCheckAdmin(Watched, ReadOnly, ModelAdmin):  # type: ignore[misc]
    """What people were told about themselves and others. Only they delete it, and nobody edits it."""

    list_display = ("user", "partner_name", "relationship_type", "compatibility_score", "checked_on", "created_at")
    list_filter = ("relationship_type", "calculation_system", EngineFilter, "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email__iexact", "user__phone", "partner_name", "partner_latin_name")
    search_help_text = "E-mail or phone of the person, each in full, or a part of the partner's name"
    show_full_result_count = False
    ordering = ("-created_at",)


@admin.register(CompatibilityTally)
class CompatibilityTallyAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """How many checks of a day are used up."""

    list_display = ("user", "day", "used")
    list_filter = ("day",)
    list_select_related = ("user",)
    search_fields = ("user__email__iexact", "user__phone")
    search_help_text = "E-mail or phone of the person, each in full"
    show_full_result_count = False
    ordering = ("-day",)
