"""What operators do to people is kept as events: looking, changing, giving and taking powers."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.events import watching
from accounts.models import Profile, User


class WatchedPerson:
    """For the admin classes of what a person is and tells about themselves."""

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **shown: Any) -> HttpResponse:
        if shown.get("obj") is not None:
            watching.keep_look(_person_of(shown["obj"]))
        answer: HttpResponse = super().render_change_form(request, context, **shown)  # type: ignore[misc]
        return answer

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        if change:
            form.powers_before = watching.powers_of(_person_of(form.instance))
        return super().save_form(request, form, change)  # type: ignore[misc]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        user_id = _person_of(form.instance)
        watching.keep_change(user_id, form.changed_data)
        if change:
            watching.keep_powers(user_id, form.powers_before, watching.powers_of(user_id))


class WatchedGroup:
    """For the admin class of groups: what a group may do, all its members may."""

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        form.powers_before = watching.powers_in(form.instance) if change else {}
        return super().save_form(request, form, change)  # type: ignore[misc]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        watching.keep_powers(None, form.powers_before, watching.powers_in(form.instance))

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        watching.keep_powers(None, watching.powers_in(obj), {})
        super().delete_model(request, obj)  # type: ignore[misc]

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Group]") -> None:
        for group in queryset:
            watching.keep_powers(None, watching.powers_in(group), {})
        super().delete_queryset(request, queryset)  # type: ignore[misc]


def _person_of(row: User | Profile) -> UUID:
    return row.user_id if isinstance(row, Profile) else row.pk
