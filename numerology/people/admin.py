from django.contrib import admin
from unfold.admin import ModelAdmin

from numerai.common.admin.read_only import ReadOnly
from numerology.desk.watching import Watched
from numerology.people.imports.models import PeopleImport
from numerology.people.models import Person


@admin.register(Person)
class PersonAdmin(Watched, ReadOnly, ModelAdmin):  # type: ignore[misc]
    """Whom people keep. Only they change it; what they noted is theirs and is not shown."""

    owner = "owner_id"

    list_display = ("name", "owner", "birth_date", "relationship_kind", "is_active", "deleted_at", "created_at")
    list_filter = ("relationship_kind", "is_active", "created_at")
    list_select_related = ("owner",)
    search_fields = ("owner__email__iexact", "owner__phone", "name", "latin_name", "current_name")
    search_help_text = "E-mail or phone of the owner, each in full, or a part of a name"
    show_full_result_count = False
    ordering = ("-created_at",)
    readonly_fields = fields = tuple(field.name for field in Person._meta.fields if field.name != "notes")


@admin.register(PeopleImport)
class PeopleImportAdmin(Watched, ReadOnly, ModelAdmin):  # type: ignore[misc]
    """How imports go. Their rows are of other people and are not shown."""

    owner = "owner_id"

    list_display = ("created_at", "owner", "state", "total", "done", "created", "failed", "attempts", "last_error")
    list_display_links = ("created_at",)
    list_filter = ("state", "created_at")
    list_select_related = ("owner",)
    search_fields = ("owner__email__iexact", "owner__phone", "id__exact")
    search_help_text = "E-mail, phone or id, each in full"
    show_full_result_count = False
    ordering = ("-created_at",)
    readonly_fields = fields = tuple(field.name for field in PeopleImport._meta.fields if field.name != "rows")
