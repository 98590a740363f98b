from django.contrib import admin
from unfold.admin import ModelAdmin

from notifications.models import Broadcast, BroadcastRecipient
from numerai.common.admin.read_only import ReadOnly


@admin.register(Broadcast)
class BroadcastAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("created_at", "kind", "state", "audience", "told", "known", "finished_at")
    list_filter = ("state",)
    search_fields = ("kind", "public_id", "dedupe_key")
    search_help_text = "Kind, id or key"
    ordering = ("-id",)


@admin.register(BroadcastRecipient)
class BroadcastRecipientAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("id", "broadcast", "user")
    list_select_related = ("broadcast", "user")
    search_fields = ("user__email__iexact", "user__phone", "broadcast__public_id")
    search_help_text = "E-mail, phone or id of the broadcast, each in full"
    show_full_result_count = False
    ordering = ("-id",)
