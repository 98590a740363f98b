"""What operators do with what people told of themselves is kept: a look as an event, a change as an audit entry."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.events import watching
from numerai.common import audit
from numerology.charts.models import NumerologyProfile
from numerology.people.services import recalculate

# Entries outlive people, so they hold nothing that was made from a name or a birth date.
WHAT_IS_KEPT = ("calculation_system", "engine_version", "calculated_at")


class Watched:
    """For the admin classes of rows that name a person or their birth date; ``owner`` is the column of whose they
    are."""

    owner = "user_id"

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **shown: Any) -> HttpResponse:
        if shown.get("obj") is not None:
            watching.keep_look(getattr(shown["obj"], self.owner))
        answer: HttpResponse = super().render_change_form(request, context, **shown)  # type: ignore[misc]
        return answer

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        _keep_deletion(obj)
        super().delete_model(request, obj)  # type: ignore[misc]

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        with transaction.atomic():
            for row in queryset:
                _keep_deletion(row)
            super().delete_queryset(request, queryset)  # type: ignore[misc]


def calculate_anew(row: NumerologyProfile) -> bool:
    """``recalculate``, with its audit entry; both or neither."""
    with transaction.atomic():
        before = {name: getattr(row, name) for name in WHAT_IS_KEPT}
        if not recalculate(row):
            return False
        after = NumerologyProfile.objects.filter(pk=row.pk).values(*WHAT_IS_KEPT).get()
        changed = [name for name in WHAT_IS_KEPT if before[name] != after[name]]
        audit.record(
            NumerologyProfile,
            row.pk,
            action="calculated anew",
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    return True


def _keep_deletion(row: Any) -> None:
    audit.record(type(row), row.pk, action=audit.DELETED, before={}, after={})
