"""Buttons on a person's page that ask before they act."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.enums import ActionVariant

from accounts.models import User
from numerai.common.errors import DomainError

Page = TypeVar("Page", bound=Callable[..., HttpResponse])


def page_action(description: str, *, path: str, permission: str, is_grave: bool = False) -> Callable[[Page], Page]:
    """A button on a person's page that leads to a page of its own; ``permission`` is that of has_…_permission."""
    variant = ActionVariant.DANGER if is_grave else ActionVariant.DEFAULT
    made = action(description=description, url_path=path, permissions=[permission], variant=variant)
    return cast("Callable[[Page], Page]", made)


def confirmed(
    desk: Any,
    request: HttpRequest,
    object_id: str,
    *,
    question: str,
    yes: str,
    act: Callable[[User], str],
    is_grave: bool = False,
) -> HttpResponse:
    """Ask first, then let ``act`` do it and say what it did; a refusal is shown."""
    person = desk.get_object(request, object_id)
    if person is None:
        raise Http404
    if not desk.has_change_permission(request, person):
        raise PermissionDenied
    page = reverse("admin:accounts_user_change", args=[person.pk])
    if request.method == "POST":
        try:
            desk.message_user(request, act(person), messages.SUCCESS)
        except DomainError as refusal:
            desk.message_user(request, refusal.detail, messages.ERROR)
        return HttpResponseRedirect(page)
    context = desk.admin_site.each_context(request) | {
        "title": yes,
        "opts": desk.model._meta,
        "original": person,
        "question": question.format(person=person),
        "yes": yes,
        "variant": "danger" if is_grave else "primary",
        "back": page,
    }
    return TemplateResponse(request, "admin/accounts/confirm.html", context)
