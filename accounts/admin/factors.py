from typing import ClassVar

from django.contrib import admin
from unfold.admin import ModelAdmin

from accounts.models import AuthenticatorApp, FactorChallenge, Passkey, RecoveryCode
from numerai.common.admin.read_only import ReadOnly


class OfPerson(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """Operators see that there is a factor, and nothing that it works with."""

    list_select_related = ("user",)
    search_fields: ClassVar = ("user__email__iexact", "user__id")
    search_help_text = "E-mail or id of the person, in full"
    show_full_result_count = False
    ordering: ClassVar = ["-created_at"]


@admin.register(AuthenticatorApp)
class AuthenticatorAppAdmin(OfPerson):
    fields = ("user", "created_at", "confirmed_at", "last_used_at")
    list_display = ("created_at", "user", "confirmed_at", "last_used_at")


@admin.register(Passkey)
class PasskeyAdmin(OfPerson):
    fields = ("user", "name", "transports", "is_synced", "sign_count", "created_at", "last_used_at")
    list_display = ("created_at", "user", "name", "is_synced", "last_used_at")


@admin.register(RecoveryCode)
class RecoveryCodeAdmin(OfPerson):
    fields = ("user", "created_at", "used_at")
    list_display = ("created_at", "user", "used_at")


@admin.register(FactorChallenge)
class FactorChallengeAdmin(OfPerson):
    fields = ("purpose", "user", "method", "tries", "created_at", "expires_at", "used_at")
    list_display = ("created_at", "purpose", "user", "method", "tries", "used_at")
    list_filter = ("purpose",)
