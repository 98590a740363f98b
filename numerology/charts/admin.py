from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from numerology.charts.models import NumerologyProfile


@admin.register(NumerologyProfile)
class NumerologyProfileAdmin(ModelAdmin):  # type: ignore[misc]
    """Numbers are calculated, never typed: the page shows them, and deleting a row has them calculated anew."""

    list_display = (
        "user",
        "full_name",
        "birth_date",
        "calculation_system",
        "life_path_number",
        "destiny_number",
        "soul_urge_number",
        "calculated_at",
    )
    list_filter = ("calculation_system", "life_path_number", "engine_version", "calculated_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__phone", "user__full_name", "full_name", "latin_name")
    ordering = ("-calculated_at",)
    readonly_fields = (
        "id",
        "user",
        "full_name",
        "latin_name",
        "birth_date",
        "calculation_system",
        "life_path_number",
        "destiny_number",
        "soul_urge_number",
        "personality_number",
        "attitude_number",
        "maturity_number",
        "balance_number",
        "engine_version",
        "calculated_at",
        "updated_at",
    )
    fields = readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
