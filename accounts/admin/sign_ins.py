from typing import ClassVar

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline

from accounts.models import OneTimeCode, Session
from numerai.common.admin.read_only import ReadOnly


class SessionInline(ReadOnly, TabularInline):  # type: ignore[misc]
    model = Session
    fields = ("device", "address", "created_at", "rotated_at", "idle_until", "revoked_at", "revoke_reason")
    readonly_fields = fields
    ordering = ("-created_at",)
    extra = 0
    per_page = 20
    hide_title = True


@admin.register(Session)
class SessionAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    fields = ("id", "user", *SessionInline.fields[:4], "idle_until", "ends_at", "revoked_at", "revoke_reason")
    list_display = ("created_at", "user", "device", "address", "rotated_at", "revoked_at", "revoke_reason")
    list_filter = ("revoke_reason",)
    list_select_related = ("user",)
    search_fields = ("user__email__iexact", "user__phone", "id")
    search_help_text = "E-mail, phone or id, each in full"
    show_full_result_count = False
    ordering: ClassVar = ["-created_at"]


@admin.register(OneTimeCode)
class OneTimeCodeAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    fields = ("user", "purpose", "tries", "created_at", "expires_at", "used_at")
    list_display = ("created_at", "user", "purpose", "tries", "expires_at", "used_at")
    list_filter = ("purpose",)
    list_select_related = ("user",)
    search_fields = ("user__email__iexact",)
    search_help_text = "E-mail in full"
    show_full_result_count = False
    ordering: ClassVar = ["-created_at"]
