from typing import ClassVar

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline

from accounts.models import Identity, ProviderEvent, TokenRevocation
from numerai.common.admin.read_only import ReadOnly

# allauth's own tables stay empty.
for nothing in (EmailAddress, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(nothing)


class IdentityInline(ReadOnly, TabularInline):  # type: ignore[misc]
    model = Identity
    fields = ("provider", "email", "email_verified", "blocked_at", "created_at", "last_used_at")
    readonly_fields = fields
    ordering = ("-created_at",)
    extra = 0
    hide_title = True


@admin.register(Identity)
class IdentityAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    fields = (
        "user",
        "provider",
        "subject",
        "email",
        "email_verified",
        "is_private_relay",
        "email_deliverable",
        "blocked_at",
        "created_at",
        "last_used_at",
    )
    list_display = ("created_at", "user", "provider", "email", "blocked_at", "last_used_at")
    list_filter = ("provider", "is_private_relay", "email_deliverable")
    list_select_related = ("user",)
    search_fields = ("user__email__iexact", "subject", "email__iexact")
    search_help_text = "E-mail or id at the provider, in full"
    show_full_result_count = False
    ordering: ClassVar = ["-created_at"]


@admin.register(TokenRevocation)
class TokenRevocationAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    fields = ("user", "provider", "attempts", "next_attempt_at", "created_at")
    list_display = ("created_at", "user", "provider", "attempts", "next_attempt_at")
    list_filter = ("provider",)
    list_select_related = ("user",)
    search_fields = ("user__email__iexact",)
    search_help_text = "E-mail in full"
    show_full_result_count = False
    ordering: ClassVar = ["next_attempt_at"]


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    fields = ("provider", "event_id", "types", "user_id", "received_at")
    list_display = ("received_at", "provider", "types", "user_id")
    list_filter = ("provider",)
    search_fields = ("event_id", "user_id")
    search_help_text = "Id of an event or a person, in full"
    show_full_result_count = False
    ordering: ClassVar = ["-id"]
