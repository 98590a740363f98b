import hashlib
from typing import Any, ClassVar, cast
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from notifications.broadcasts import services
from notifications.broadcasts.announcing import AUDIENCES, announce, try_announcement
from notifications.broadcasts.estimating import shown
from notifications.models import Broadcast, BroadcastBatch
from notifications.vocabulary import MESSAGE_LENGTH, TITLE_LENGTH
from numerai.common.admin.read_only import ReadOnly

LIST = "admin:notifications_broadcast_changelist"


class AnnouncementForm(forms.Form):
    """What is said to whom. ``key`` is drawn when the form is first shown, so that sending it twice tells once."""

    audience = forms.ChoiceField(choices=[(name, name) for name in AUDIENCES], widget=UnfoldAdminSelectWidget())
    title = forms.CharField(max_length=TITLE_LENGTH, widget=UnfoldAdminTextInputWidget())
    message = forms.CharField(max_length=MESSAGE_LENGTH, widget=UnfoldAdminTextareaWidget())
    action_url = forms.RegexField(
        r"^(/([^/\\].*)?|https?://.+)$",
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget(),
        help_text="https://… or a path of the frontend",
    )
    key = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput())


@admin.register(Broadcast)
class BroadcastAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("created_at", "kind", "state", "progress", "audience", "told", "known", "started_by", "finished_at")
    list_filter = ("state",)
    list_select_related = ("started_by",)
    search_fields = ("kind", "public_id", "dedupe_key")
    search_help_text = "Kind, id or key"
    ordering = ("-id",)
    actions = ("cancel", "go_on")
    actions_list: ClassVar = ["announce"]

    def has_announce_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return bool(request.user.has_perm("notifications.add_broadcast"))

    def has_stop_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("notifications.change_broadcast"))

    @admin.display(description="progress")
    def progress(self, row: Broadcast) -> str:
        done = row.told + row.known
        return f"{100 * done // row.audience} %" if row.audience else "100 %"

    @admin.action(description="Cancel: tell nobody else", permissions=["stop"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Broadcast]) -> None:
        number = sum(services.cancel(row.pk) for row in queryset)
        self.message_user(request, f"{number} of {len(queryset)} cancelled.", messages.SUCCESS)

    @admin.action(description="Go on with what was given up", permissions=["stop"])
    def go_on(self, request: HttpRequest, queryset: QuerySet[Broadcast]) -> None:
        number = sum(services.resume(row.pk) for row in queryset)
        self.message_user(request, f"{number} of {len(queryset)} go on.", messages.SUCCESS)

    @action(description="Announce something", url_path="announce", permissions=["announce"])  # type: ignore[untyped-decorator]
    def announce(self, request: HttpRequest) -> HttpResponse:
        """First what it would do and cost; then the same form again, confirmed."""
        form = AnnouncementForm(request.POST or None)
        page: dict[str, Any] = {"form": form, "question": "What is to be announced?"}
        if not form.is_valid():
            return self._page(request, **page)
        said = {name: form.cleaned_data[name] for name in ("audience", "title", "message", "action_url")}
        # What is confirmed is what was tried, and not what was written since.
        tried = hashlib.sha256(repr(said).encode()).hexdigest()
        if request.POST.get("confirmed") != tried:
            return self._page(request, **page, estimate=shown(try_announcement(**said)), tried=tried)
        made = announce(**said, key=str(form.cleaned_data["key"]), started_by=cast(Any, request.user))
        self.message_user(request, f"{made.audience} people will be told.", messages.SUCCESS)
        return HttpResponseRedirect(reverse(LIST))

    def _page(self, request: HttpRequest, **more: Any) -> TemplateResponse:
        fixed = {"title": "Announce something", "opts": self.model._meta, "back": reverse(LIST)}
        context = self.admin_site.each_context(request) | fixed | more
        return TemplateResponse(request, "admin/notifications/announce.html", context)


@admin.register(BroadcastBatch)
class BroadcastBatchAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("id", "broadcast")
    list_select_related = ("broadcast",)
    search_fields = ("broadcast__public_id",)
    search_help_text = "Id of the broadcast, in full"
    show_full_result_count = False
    ordering = ("-id",)
