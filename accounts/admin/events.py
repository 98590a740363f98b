from typing import ClassVar

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline

from accounts.models import SecurityEvent, SecurityEventOrigin
from numerai.common.admin.read_only import ReadOnly
from numerai.common.admin.searching import FoundByAddress


class OriginInline(ReadOnly, TabularInline):  # type: ignore[misc]
    model = SecurityEventOrigin
    fields = ("device", "address")
    readonly_fields = fields


@admin.register(SecurityEvent)
class SecurityEventAdmin(FoundByAddress, ReadOnly, ModelAdmin):  # type: ignore[misc]
    fields = ("at", "kind", "user_id", "actor_kind", "actor_id", "session_id", "request_id", "details")
    list_display = ("at", "kind", "user_id", "actor_kind", "request_id")
    list_filter = ("kind", "actor_kind", "at")
    search_fields = ("user_id__exact", "request_id__exact", "session_id__exact", "actor_id__exact")
    search_help_text = "Id of a person, a session or a request, or an e-mail address, in full"
    show_full_result_count = False
    ordering: ClassVar = ["-id"]
    inlines: ClassVar = [OriginInline]


@admin.register(SecurityEventOrigin)
class SecurityEventOriginAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    fields = ("event", "device", "address")
    list_display = ("event", "device", "address")
    list_select_related = ("event",)
    search_fields = ("event__user_id", "event__request_id")
    show_full_result_count = False
    ordering: ClassVar = ["-event_id"]
