from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.admin import ModelAdmin
from unfold.decorators import display

from numerai.common.admin.read_only import ReadOnly
from numerai.common.models import AuditEntry
from payments.dashboard import dashboard_url
from payments.money import in_words

Column = TypeVar("Column", bound=Callable[..., str])
# Else links look like any other text.
LINK = "text-primary-600 hover:underline dark:text-primary-500"


class LedgerAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """Read-only: rows are written by the code that talked to Stripe, and by nothing else."""

    show_full_result_count = False
    list_per_page = 50

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        return (*super().get_fields(request, obj), *_trail_for(request))

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        return (*super().get_readonly_fields(request, obj), *_trail_for(request))

    @admin.display(description="audit")
    def trail(self, row: models.Model) -> str:
        return link_to_list(AuditEntry, "everything that happened to it", q=row.pk)


def link_to(row: models.Model | None, text: str = "") -> str:
    """A link to the row's own page in the admin; "-" when there is no row."""
    if row is None:
        return "-"
    url = page_of(row)
    return format_html('<a class="{}" href="{}">{}</a>', LINK, url, text or str(row))


def page_of(row: models.Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def link_to_list(model: type[models.Model], text: str, **query: Any) -> str:
    """A link to the rows that ``query``, parameters of the list's address, picks."""
    return format_html('<a class="{}" href="{}">{}</a>', LINK, list_url(model, **query), text)


def list_url(model: type[models.Model], **query: Any) -> str:
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{path}?{urlencode(query)}" if query else path


def links_to(rows: Iterable[models.Model]) -> str:
    """Links to several rows; "-" when there are none."""
    return format_html_join(", ", "{}", ((link_to(row),) for row in rows)) or "-"


def dashboard_link(section: str, stripe_id: str, *, livemode: bool) -> str:
    """A link to the object in Stripe's dashboard; "-" without an id."""
    if not stripe_id:
        return "-"
    url = dashboard_url(section, stripe_id, livemode=livemode)
    leaving = '<a class="{}" href="{}" target="_blank" rel="noopener noreferrer">{} ↗</a>'
    return format_html(leaving, LINK, url, stripe_id)


def _trail_for(request: HttpRequest) -> tuple[str, ...]:
    return ("trail",) if request.user.has_perm("common.view_auditentry") else ()


def amount_of(row: Any) -> str:
    return in_words(row.amount, row.currency)


def coloured(field: str, colours: dict[str, str]) -> Callable[[Column], Column]:
    """A column that shows ``field``, one of Stripe's or our words, as a label in the colour of its meaning."""

    def decorate(column: Column) -> Column:
        @wraps(column)
        def shown(admin: Any, row: models.Model) -> tuple[str, str]:
            word = column(admin, row)
            return word, word.replace("_", " ")

        # A word without a colour would be shown as it is.
        every = defaultdict(str, colours)
        return cast("Column", display(description=field, ordering=field, label=every)(shown))

    return decorate
