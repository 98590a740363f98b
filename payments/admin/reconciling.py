import json
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import TabularInline

from numerai.common.read_only import ReadOnly
from payments.admin.base import LedgerAdmin, coloured
from payments.models import Drift, ReconcileRun

STATE_COLOURS = {"running": "info", "finished": "success", "failed": "danger"}


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
    list_filter = ("state", "is_dry_run", "livemode", "started_at")
    search_fields = ("id", "person_id")
    search_help_text = "Our id of the run or of the person who was compared"
    ordering = ("-started_at",)
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


@admin.register(Drift)
class DriftAdmin(LedgerAdmin):
    list_display = ("found_at", "object_type", "stripe_id", "is_repaired", "explanation")
    list_display_links = ("found_at", "stripe_id")
    list_filter = ("is_repaired", "object_type", "found_at")
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
