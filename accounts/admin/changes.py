from typing import ClassVar

from django.contrib import admin
from unfold.admin import ModelAdmin

from accounts.models import DiscardedPicture, EmailChange, ResetLink
from numerai.common.admin.read_only import ReadOnly


@admin.register(EmailChange)
class EmailChangeAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    fields = (
        "user",
        "old_email",
        "new_email",
        "created_at",
        "expires_at",
        "confirmed_at",
        "revert_until",
        "settled_at",
    )
    list_display = ("created_at", "user", "old_email", "new_email", "confirmed_at", "revert_until", "settled_at")
    list_select_related = ("user",)
    search_fields = ("user__email__iexact", "old_email__iexact", "new_email__iexact")
    search_help_text = "An e-mail address in full, of now or of then"
    show_full_result_count = False
    ordering: ClassVar = ["-created_at"]


@admin.register(ResetLink)
class ResetLinkAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    fields = ("user", "created_at", "expires_at", "used_at")
    list_display = ("created_at", "user", "expires_at", "used_at")
    list_select_related = ("user",)
    search_fields = ("user__email__iexact",)
    search_help_text = "E-mail in full"
    show_full_result_count = False
    ordering: ClassVar = ["-created_at"]


@admin.register(DiscardedPicture)
class DiscardedPictureAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    fields = ("name", "due_at")
    list_display = ("due_at", "name")
    search_fields = ("name__exact",)
    search_help_text = "The file's name in full"
    show_full_result_count = False
    ordering: ClassVar = ["due_at"]
