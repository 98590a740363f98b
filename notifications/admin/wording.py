from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.decorators import action

from notifications.admin.wording_forms import TargetForm, WordsForm
from notifications.kinds import UnknownKind
from notifications.models import Wording
from notifications.vocabulary import ChannelName
from notifications.wording import TemplateFault, sms
from notifications.wording.checking import names_of
from notifications.wording.editing import WordsRefused, put, put_away, try_out
from numerai.common.admin.read_only import ReadOnly

LIST = "admin:notifications_wording_changelist"

Page = TypeVar("Page", bound=Callable[..., HttpResponse])


def _page_action(description: str, *, path: str) -> Callable[[Page], Page]:
    made = action(description=description, url_path=path, permissions=["write"])
    return cast("Callable[[Page], Page]", made)


@admin.register(Wording)
class WordingAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """Versions are evidence, so nobody edits one; new words are written on a page of their own."""

    list_display = ("created_at", "kind", "channel", "language", "version", "is_active", "written_by", "note")
    list_filter = ("channel", "language", "is_active")
    list_select_related = ("written_by",)
    search_fields = ("kind",)
    search_help_text = "Kind"
    ordering = ("-id",)
    readonly_fields = ("said",)
    fields = (
        "kind",
        "channel",
        "language",
        "version",
        "is_active",
        "note",
        "written_by",
        "created_at",
        "parts",
        "said",
    )
    actions_list: ClassVar = ["write"]
    actions_detail: ClassVar = ["rewrite", "use_shipped"]

    def has_write_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return bool(request.user.has_perm("notifications.add_wording"))

    @admin.display(description="preview")
    def said(self, row: Wording) -> str:
        try:
            shown = _shown(row.channel, try_out(row.kind, row.channel, row.language, row.parts))
        except (WordsRefused, UnknownKind, TemplateFault) as fault:
            return f"It can no longer be used: {fault}"
        return render_to_string("admin/notifications/preview.html", shown)

    @_page_action("Write words", path="write")
    def write(self, request: HttpRequest) -> HttpResponse:
        """First which words, then the words themselves, tried out on sample values before they are used."""
        target = TargetForm(request.GET if "kind" in request.GET else None)
        if not target.is_valid():
            return self._page(request, form=target, question="Which words?", method="get")
        kind, channel, language = (target.cleaned_data[name] for name in ("kind", "channel", "language"))
        form = WordsForm(channel, request.POST or None, initial=target.present())
        page = {"form": form, "question": f"{kind}, {channel}, {language}", "names": ", ".join(names_of(kind))}
        if not form.is_valid():
            return self._page(request, **page)
        try:
            if "preview" in request.POST:
                return self._page(request, **page, **_shown(channel, try_out(kind, channel, language, form.parts)))
            note = form.cleaned_data["note"]
            made = put(kind, channel, language, form.parts, note=note, written_by=cast(UUID, request.user.pk))
        except WordsRefused as refused:
            form.refuse(refused.faults)
            return self._page(request, **page)
        self.message_user(request, f"Version {made.version} is used from now on.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:notifications_wording_change", args=[made.pk]))

    @_page_action("Write a new version", path="rewrite")
    def rewrite(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Begins with what this version says."""
        row = self._row(request, object_id)
        query = urlencode({"kind": row.kind, "channel": row.channel, "language": row.language, "version": row.version})
        return HttpResponseRedirect(f"{reverse('admin:notifications_wording_write')}?{query}")

    @_page_action("Use the shipped words again", path="use-shipped")
    def use_shipped(self, request: HttpRequest, object_id: int) -> HttpResponse:
        row = self._row(request, object_id)
        back = reverse("admin:notifications_wording_change", args=[row.pk])
        if request.method != "POST":
            question = f"Use the shipped words again: {row.kind}, {row.channel}, {row.language}?"
            return self._page(request, form=forms.Form(), question=question, yes="Use the shipped words", back=back)
        if put_away(row.kind, row.channel, row.language):
            self.message_user(request, "The shipped words are used from now on.", messages.SUCCESS)
        else:
            self.message_user(request, "The shipped words were in use already.", messages.WARNING)
        return HttpResponseRedirect(back)

    def _row(self, request: HttpRequest, object_id: int) -> Wording:
        row = self.get_object(request, str(object_id))
        if row is None:
            raise Http404
        return cast(Wording, row)

    def _page(self, request: HttpRequest, **shown: Any) -> TemplateResponse:
        fixed = {"title": "Words", "opts": self.model._meta, "method": "post", "back": reverse(LIST)}
        context = self.admin_site.each_context(request) | fixed | shown
        return TemplateResponse(request, "admin/notifications/words.html", context)


def _shown(channel: str, said: Mapping[str, str]) -> dict[str, Any]:
    if channel != ChannelName.SMS:
        return {"preview": said}
    alphabet = "in the cheap alphabet" if sms.is_gsm(said["text"]) else "dear, because of letters beyond GSM 03.38"
    return {"preview": said, "segments": sms.segments(said["text"]), "alphabet": alphabet}
