import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline
from unfold.widgets import UnfoldBooleanWidget

from numerai.common.admin.read_only import ReadOnly
from numerai.common.errors import DomainError
from payments.admin.base import LedgerAdmin, coloured, list_url
from payments.admin.deciding import page_action, posted
from payments.admin.desk.acting import asking
from payments.admin.desk.filters import NotRepaired, RunLength
from payments.models import Drift, ReconcileRun
from payments.reconciling import ask_for_run

STATE_COLOURS = {"running": "info", "finished": "success", "failed": "danger"}


QUESTION = "Compare everything we keep with everything Stripe has?"


class StartForm(forms.Form):
    only_look = forms.BooleanField(
        required=False, widget=UnfoldBooleanWidget(), help_text="Report what differs, repair nothing."
    )


class DriftInline(ReadOnly, TabularInline):  # type: ignore[misc]
    model = Drift
    extra = 0
    fields = ("object_type", "stripe_id", "difference", "explanation", "is_repaired")
    readonly_fields = ("difference",)
    ordering = ("is_repaired", "pk")

    @admin.display(description="here → at Stripe")
    def difference(self, row: Drift) -> str:
        return difference_of(row)


@admin.register(ReconcileRun)
class ReconcileRunAdmin(LedgerAdmin):
    list_display = ("started_at", "status", "is_dry_run", "objects_compared", "found", "left", "finished_at")
    list_filter = (RunLength, "state", "is_dry_run", "livemode", "started_at")
    search_fields = ("id", "person_id")
    search_help_text = "Our id of the run or of the person who was compared"
    ordering = ("-started_at",)
    actions_list = ("start",)
    inlines = (DriftInline,)
    fields = (
        ("state", "is_dry_run", "livemode"),
        ("started_at", "finished_at"),
        ("customers", "objects_compared"),
        ("person_id", "cursor", "lease_until"),
    )
    readonly_fields = ("started_at",)

    @coloured("state", STATE_COLOURS)
    def status(self, row: ReconcileRun) -> str:
        return row.state

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReconcileRun]:
        runs: QuerySet[ReconcileRun] = super().get_queryset(request)
        left = Count("drifts", filter=Q(drifts__is_repaired=False))
        return runs.annotate(found_drifts=Count("drifts"), left_drifts=left)

    @admin.display(description="differences")
    def found(self, row: Any) -> int:
        return int(row.found_drifts)

    @admin.display(description="not repaired")
    def left(self, row: Any) -> int:
        return int(row.left_drifts)

    def has_start_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("payments.start_reconcilerun")

    @page_action("Start a run", path="start", permission="start")
    def start(self, request: HttpRequest) -> HttpResponse:
        form = StartForm(posted(request))
        if not form.is_valid():
            return asking(self, request, form, QUESTION, "Start a run")
        try:
            run = ask_for_run(is_dry_run=form.cleaned_data["only_look"])
        except DomainError as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
            return HttpResponseRedirect(list_url(ReconcileRun))
        self.message_user(request, "It begins as soon as a worker is free; this page tells how far it is.")
        return HttpResponseRedirect(reverse("admin:payments_reconcilerun_change", args=[run.pk]))


@admin.register(Drift)
class DriftAdmin(LedgerAdmin):
    list_display = ("found_at", "object_type", "stripe_id", "is_repaired", "explanation")
    list_display_links = ("found_at", "stripe_id")
    list_filter = (NotRepaired, "is_repaired", "object_type", "found_at")
    search_fields = ("stripe_id__exact",)
    search_help_text = "Stripe's id of the object, in full"
    ordering = ("-found_at", "-pk")
    fields = (("object_type", "stripe_id"), "difference", "explanation", ("is_repaired", "found_at"), "run")
    readonly_fields = ("difference", "found_at")

    @admin.display(description="here → at Stripe")
    def difference(self, row: Drift) -> str:
        return difference_of(row)


def difference_of(row: Drift) -> str:
    return format_html("<code>{}</code> → <code>{}</code>", _short(row.ours), _short(row.theirs))


def _short(facts: object) -> str:
    return json.dumps(facts, sort_keys=True, ensure_ascii=False)
