"""Doing something to one row or to several: asked once more where it matters, each outcome told in a sentence."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from accounts.models import User
from numerai.common.errors import DomainError
from payments import gateway, sync
from payments.admin.base import list_url, page_of
from payments.admin.deciding import TEMPLATE, row_of
from payments.sync.locks import LockTimeout

Act = Callable[[Any, User], str]
LOOK = "Look at Stripe and write down how {row} stands there?"
# Each row is at least one request to Stripe, and a browser waits for all of them.
MOST_AT_ONCE = 20


def on_page(
    admin: "ModelAdmin[Any]", request: HttpRequest, object_id: str, *, question: str, yes: str, act: Act
) -> HttpResponse:
    """From the page of one row: ask, then do it."""
    row = row_of(admin, request, object_id)
    if not admin.has_view_permission(request, row):
        raise PermissionDenied
    if request.method != "POST":
        return asking(admin, request, forms.Form(), question.format(row=_named(row)), yes, row=row)
    _carry_out(admin, request, [row], act)
    return HttpResponseRedirect(page_of(row))


def to_each(admin: "ModelAdmin[Any]", request: HttpRequest, rows: "QuerySet[Any]", act: Act) -> None:
    """From a list, without asking."""
    _carry_out(admin, request, rows, act)


def when_confirmed(
    admin: "ModelAdmin[Any]", request: HttpRequest, rows: "QuerySet[Any]", *, question: str, yes: str, act: Act
) -> HttpResponse | None:
    """From a list: ask, with the same rows and action in the form, then do it."""
    if "confirmed" in request.POST:
        _carry_out(admin, request, rows, act)
        return None
    chosen = list(rows[: MOST_AT_ONCE + 1])
    form = ChosenForm(request.POST["action"], [str(row.pk) for row in chosen])
    return asking(admin, request, form, question.format(row=", ".join(map(_named, chosen))), yes)


class ChosenForm(forms.Form):
    """What was chosen in the list, to be sent again with the confirmation."""

    action = forms.CharField(widget=forms.HiddenInput())
    confirmed = forms.CharField(widget=forms.HiddenInput())

    def __init__(self, action: str, keys: list[str]) -> None:
        super().__init__(initial={"action": action, "confirmed": "yes"})
        self.fields[ACTION_CHECKBOX_NAME] = forms.CharField(widget=forms.MultipleHiddenInput(), initial=keys)


def outcome(row: Any, by: User, act: Act) -> tuple[int, str]:
    """The level of the message and its sentence."""
    try:
        return messages.SUCCESS, act(row, by)
    except DomainError as refusal:
        return messages.ERROR, refusal.detail
    except gateway.ObjectMissing:
        return messages.ERROR, "Stripe does not know it. Is it of another account or mode?"
    except sync.CustomerNotLinked:
        return messages.ERROR, "It belongs to a customer whom nobody here is linked to."
    except LockTimeout:
        return messages.WARNING, "Somebody else is at work on it. Please try again in a moment."


def _carry_out(admin: "ModelAdmin[Any]", request: HttpRequest, rows: "Iterable[Any]", act: Act) -> None:
    chosen = list(rows)
    if len(chosen) > MOST_AT_ONCE:
        admin.message_user(request, f"Choose at most {MOST_AT_ONCE} at once; nothing was done.", messages.ERROR)
        return
    for row in chosen:
        level, sentence = outcome(row, cast(User, request.user), act)
        admin.message_user(request, f"{row.stripe_id}: {sentence}", level)


def asking(
    admin: "ModelAdmin[Any]", request: HttpRequest, form: forms.Form, question: str, yes: str, *, row: Any = None
) -> TemplateResponse:
    """The page that asks."""
    context = admin.admin_site.each_context(request) | {
        "title": yes,
        "opts": admin.model._meta,
        "form": form,
        "question": question,
        "yes": yes,
        "back": page_of(row) if row is not None else list_url(admin.model),
    }
    return TemplateResponse(request, TEMPLATE, context)


def _named(row: Any) -> str:
    """``premium (active) of bob@example.com``"""
    person = getattr(row, "user", None)
    return f"{row} of {person}" if person else str(row)
