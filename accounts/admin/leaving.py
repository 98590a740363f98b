"""Deletions and exports: looked at by operators, and started by them for people who ask for it by letter."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from accounts.admin.confirming import confirmed, page_action
from accounts.exporting.services import export_for
from accounts.leaving.mailing import leaves_at
from accounts.leaving.services import ask_deletion, start_over, undo_deletion
from accounts.models import OPEN_DELETION, Deletion, ExportJob, ExportPart, Tombstone, User
from numerai.common.admin.read_only import ReadOnly

START = (
    "Close the account of {person} and erase it after the time to undo it? Every session ends at once, renewals stop, "
    "and the person is sent the way back."
)
UNDO = "Open the account of {person} again? The person is told, and a subscription we stopped goes on."
EXPORT = "Have a file made with everything we know about {person}? They are told by mail, and only they can fetch it."


class LeavingDesk:
    """For the page of a person: start and undo a deletion, have an export made."""

    def has_start_deletion_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("accounts.start_deletion")

    def has_start_export_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("accounts.start_export")

    @staticmethod
    def is_leaving(user: User) -> bool:
        return Deletion.objects.filter(person_id=user.pk, state__in=OPEN_DELETION).exists()

    @admin.display(description="Will be erased")
    def leaves(self, user: User) -> str:
        moment = leaves_at(user.pk)
        return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "-"

    @page_action("Start deletion", path="start-deletion", permission="start_deletion", is_grave=True)
    def start_deletion(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(person: User) -> str:
            return f"The account is closed and will be erased from {ask_deletion(person).due_at:%Y-%m-%d} on."

        return confirmed(self, request, object_id, question=START, yes="Start deletion", act=act, is_grave=True)

    @page_action("Undo deletion", path="undo-deletion", permission="start_deletion")
    def undo_deletion(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(person: User) -> str:
            undo_deletion(person.pk)
            return "The account is open again."

        return confirmed(self, request, object_id, question=UNDO, yes="Undo deletion", act=act)

    @page_action("Export data", path="export-data", permission="start_export")
    def start_export(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(person: User) -> str:
            return f"Export {export_for(person).pk} is being made."

        return confirmed(self, request, object_id, question=EXPORT, yes="Export data", act=act)


@admin.register(Deletion)
class DeletionAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    fields = (
        "id",
        "person_id",
        "state",
        "asked_at",
        "due_at",
        "held_at",
        "undone_at",
        "erased_at",
        "was_active",
        "attempts",
        "next_attempt_at",
        "lease_until",
        "last_error",
        "report",
    )
    list_display = ("asked_at", "person_id", "state", "due_at", "held_at", "attempts", "last_error", "erased_at")
    list_filter = ("state", "asked_at", "due_at")
    search_fields = ("person_id", "id")
    search_help_text = "Id of a person or a deletion, in full"
    show_full_result_count = False
    ordering: ClassVar = ["-asked_at"]
    actions = ("start_over",)

    def has_start_deletion_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.start_deletion")

    @admin.action(description="Try those again that wait for an operator", permissions=["start_deletion"])
    def start_over(self, request: HttpRequest, queryset: QuerySet[Deletion]) -> None:
        started = sum(start_over(deletion) for deletion in queryset)
        self.message_user(request, f"{started} are tried again.", messages.SUCCESS)


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    fields = ("subject_id", "erased_at")
    list_display = ("erased_at", "subject_id")
    search_fields = ("subject_id",)
    show_full_result_count = False
    ordering: ClassVar = ["-erased_at"]


@admin.register(ExportJob)
class ExportJobAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    fields = (
        "id",
        "user",
        "state",
        "is_file",
        "asked_at",
        "rows_total",
        "rows_done",
        "counts",
        "size",
        "attempts",
        "next_attempt_at",
        "lease_until",
        "last_error",
        "finished_at",
        "expires_at",
    )
    list_display = ("asked_at", "user", "state", "is_file", "rows_total", "attempts", "last_error", "expires_at")
    list_filter = ("state", "is_file", "asked_at")
    list_select_related = ("user",)
    search_fields = ("user__email__iexact", "id", "user__id")
    search_help_text = "E-mail or id, in full"
    show_full_result_count = False
    ordering: ClassVar = ["-asked_at"]


@admin.register(ExportPart)
class ExportPartAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """That a piece is there; what is in it, nobody but its owner reads."""

    fields = ("job", "number")
    list_display = ("job", "number")
    list_select_related = ("job",)
    search_fields = ("job__id",)
    show_full_result_count = False
    ordering: ClassVar = ["job_id", "number"]
