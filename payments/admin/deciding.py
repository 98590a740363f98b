"""Actions that move money: an operator sees what will happen, fills in a form, and the same services do it."""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from accounts.models import User
from numerai.common.errors import DomainError, ServiceUnavailable
from payments.admin.base import page_of
from payments.models import SUBSCRIPTION, Payment
from payments.money import AmountInvalid, to_decimal_string, to_minor_units
from payments.services.refunds.refunding import REASONS

TEMPLATE = "admin/payments/decision.html"
TOLD = "The person is told this, word by word: by mail, and beside their payment."

Page = TypeVar("Page", bound=Callable[..., HttpResponse])


class RefundForm(forms.Form):
    """``key`` makes a second click the same refund."""

    amount = forms.CharField(widget=UnfoldAdminTextInputWidget())
    reason = forms.ChoiceField(
        choices=[(each, each.replace("_", " ")) for each in REASONS], widget=UnfoldAdminSelectWidget()
    )
    end_subscription = forms.BooleanField(
        required=False, widget=UnfoldBooleanWidget(), help_text="End the subscription that was paid now."
    )
    key = forms.CharField(widget=forms.HiddenInput(), max_length=64)

    def __init__(self, payment: Payment, *arguments: Any, **named: Any) -> None:
        left = to_decimal_string(payment.refundable, payment.currency)
        super().__init__(*arguments, **named)
        self.initial = {"amount": left, "key": uuid4().hex}
        self.payment = payment
        self.fields["amount"].help_text = f"At most {left} {payment.currency.upper()}."
        if payment.kind != SUBSCRIPTION:
            del self.fields["end_subscription"]

    def clean_amount(self) -> int:
        try:
            return to_minor_units(self.cleaned_data["amount"], self.payment.currency)
        except AmountInvalid:
            raise forms.ValidationError(f"This is no amount in {self.payment.currency.upper()}.") from None


class ApprovalForm(forms.Form):
    answer = forms.CharField(required=False, max_length=500, widget=UnfoldAdminTextareaWidget(), help_text=TOLD)
    end_subscription = forms.BooleanField(
        required=False, widget=UnfoldBooleanWidget(), help_text="End the subscription that was paid now."
    )


class RefusalForm(forms.Form):
    answer = forms.CharField(max_length=500, widget=UnfoldAdminTextareaWidget(), help_text=TOLD)


def page_action(description: str, *, path: str, permission: str, is_grave: bool = False) -> Callable[[Page], Page]:
    """A button on a row's page that leads to a page of its own; ``permission`` is that of has_…_permission."""
    variant = ActionVariant.DANGER if is_grave else ActionVariant.DEFAULT
    made = action(description=description, url_path=path, permissions=[permission], variant=variant)
    return cast("Callable[[Page], Page]", made)


def decide(
    admin: "ModelAdmin[Any]",
    request: HttpRequest,
    row: Model,
    form: forms.Form,
    *,
    question: str,
    yes: str,
    act: Callable[[dict[str, Any], User], str],
) -> TemplateResponse | HttpResponseRedirect:
    """Ask with ``form``, then let ``act(answers, operator)`` do it and say what it did; a refusal is shown. What nobody
    knows the outcome of is asked again with the same form, so that it is done once."""
    if form.is_valid():
        try:
            told = act(dict(form.cleaned_data), cast(User, request.user))
        except ServiceUnavailable as unclear:
            admin.message_user(request, unclear.detail, messages.WARNING)
        except DomainError as refusal:
            admin.message_user(request, refusal.detail, messages.ERROR)
            return HttpResponseRedirect(page_of(row))
        else:
            admin.message_user(request, told, messages.SUCCESS)
            return HttpResponseRedirect(page_of(row))
    context = admin.admin_site.each_context(request) | {
        "title": yes,
        "opts": admin.model._meta,
        "form": form,
        "question": question,
        "yes": yes,
        "back": page_of(row),
    }
    return TemplateResponse(request, TEMPLATE, context)


def posted(request: HttpRequest) -> Any:
    """What a form is filled with: nothing on the first look."""
    return request.POST if request.method == "POST" else None


def row_of(admin: "ModelAdmin[Any]", request: HttpRequest, object_id: str) -> Any:
    row = admin.get_object(request, object_id)
    if row is None:
        raise Http404
    return row
