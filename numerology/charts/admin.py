from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from numerai.common.admin.read_only import ReadOnly
from numerology.charts.history.models import ProfileCalculation
from numerology.charts.models import NumerologyProfile
from numerology.content.catalogue import WITH_MASTERS
from numerology.desk.filters import EngineFilter, number_in
from numerology.desk.watching import Watched, calculate_anew

# A browser waits for all of them.
MOST_AT_ONCE = 500
TOO_MANY = (
    f"Choose at most {MOST_AT_ONCE} at once; nothing was done. What an older engine calculated is calculated anew when "
    "it is read."
)
LifePath = number_in("life_path_number", "life path", WITH_MASTERS)


@admin.register(NumerologyProfile)
class NumerologyProfileAdmin(Watched, ModelAdmin):  # type: ignore[misc]
    """Numbers are calculated, never typed: the page shows them, and deleting a row has them calculated anew."""

    list_display = (
        "user",
        "person",
        "full_name",
        "birth_date",
        "calculation_system",
        "life_path_number",
        "destiny_number",
        "soul_urge_number",
        "calculated_at",
    )
    list_filter = ("calculation_system", LifePath, EngineFilter, "calculated_at")
    list_select_related = ("user", "person")
    search_fields = ("user__email__iexact", "user__phone", "full_name", "latin_name", "id__exact")
    search_help_text = "E-mail or phone of the user, each in full, a part of a name, or an id in full"
    show_full_result_count = False
    ordering = ("-calculated_at",)
    readonly_fields = (
        "id",
        "user",
        "person",
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
    actions = ("calculate_anew",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description="Calculate anew", permissions=["change"])
    def calculate_anew(self, request: HttpRequest, queryset: QuerySet[NumerologyProfile]) -> None:
        rows = list(queryset.select_related("user__profile", "person")[: MOST_AT_ONCE + 1])
        if len(rows) > MOST_AT_ONCE:
            self.message_user(request, TOO_MANY, messages.ERROR)
            return
        done = sum(map(calculate_anew, rows))
        level = messages.SUCCESS if done == len(rows) else messages.WARNING
        self.message_user(request, f"{done} of {len(rows)} were calculated anew.", level)


@admin.register(ProfileCalculation)
class ProfileCalculationAdmin(Watched, ReadOnly, ModelAdmin):  # type: ignore[misc]
    """What people's numbers have been, and why they became others."""

    list_display = (
        "user",
        "person",
        "place",
        "reason",
        "full_name",
        "birth_date",
        "calculation_system",
        "life_path_number",
        "destiny_number",
        "calculated_at",
    )
    list_filter = ("reason", "calculation_system", EngineFilter, "calculated_at")
    list_select_related = ("user", "person")
    search_fields = ("user__email__iexact", "user__phone", "full_name", "latin_name")
    search_help_text = "E-mail or phone of the owner, each in full, or a part of a name"
    show_full_result_count = False
    ordering = ("-calculated_at",)
