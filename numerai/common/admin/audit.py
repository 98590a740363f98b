import json
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.admin import ModelAdmin

from numerai.common.admin.read_only import ReadOnly
from numerai.common.admin.searching import FoundByAddress
from numerai.common.models import AuditEntry


class ObjectTypeFilter(admin.SimpleListFilter):
    """The kinds of our objects, named without asking millions of rows for theirs."""

    title = "object"
    parameter_name = "object_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        shown = [model for model in admin.site._registry if not model.__module__.startswith("django")]
        return sorted((model._meta.label_lower, model._meta.label) for model in shown)

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return queryset.filter(object_type=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(FoundByAddress, ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("at", "object_type", "object_row", "action", "changed", "actor_kind", "cause_kind", "cause_id")
    list_filter = ("actor_kind", "cause_kind", ObjectTypeFilter, "at")
    search_fields = ("object_id__exact", "actor_id__exact", "cause_id__exact", "request_id__exact")
    search_help_text = (
        "The id of the object, of who did it, of the cause (event, operation, …) or of the request, or a person's "
        "e-mail address, each in full"
    )
    ordering = ("-at", "-pk")
    show_full_result_count = False
    list_per_page = 50
    fields = (
        "at",
        ("object_type", "object_row"),
        "action",
        ("actor_kind", "actor_id"),
        ("cause_kind", "cause_id"),
        ("request_id", "client_address"),
        "changes",
    )
    readonly_fields = ("object_row", "changes")

    @admin.display(description="object's id")
    def object_row(self, entry: AuditEntry) -> str:
        """A link to the object, unless its kind has no page or is no more; the object itself may be gone."""
        try:
            model = apps.get_model(entry.object_type)
        except LookupError:
            return entry.object_id
        if not admin.site.is_registered(model):
            return entry.object_id
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        return format_html('<a href="{}">{}</a>', reverse(name, args=[entry.object_id]), entry.object_id)

    @admin.display(description="columns")
    def changed(self, entry: AuditEntry) -> str:
        return ", ".join(sorted(entry.before | entry.after))

    @admin.display(description="changes")
    def changes(self, entry: AuditEntry) -> str:
        rows = [
            (name, _shown(entry.before.get(name)), _shown(entry.after.get(name)))
            for name in sorted(entry.before | entry.after)
        ]
        body = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td></tr>", rows)
        return format_html("<table><tr><th>column</th><th>before</th><th>after</th></tr>{}</table>", body)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
