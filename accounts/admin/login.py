from typing import Any

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.core.validators import MaxLengthValidator
from unfold.forms import AuthenticationForm

from accounts import limits
from accounts.events.device import device_named_by
from accounts.login import door
from accounts.models import SignInMethod, User, normalise_email
from accounts.registration.fields import LONGEST_PASSWORD
from numerai.common.errors import TooManyRequests


class LoginForm(AuthenticationForm):  # type: ignore[misc]
    """The admin's sign-in has the limits of the API's and the same door."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].validators.append(MaxLengthValidator(LONGEST_PASSWORD))

    def clean(self) -> dict[str, Any]:
        try:
            limits.hit_network(limits.LOGIN, self.request)
            limits.hit_login(self.request, normalise_email(self.cleaned_data.get("username")) or "")
        except TooManyRequests as refused:
            raise forms.ValidationError(refused.detail, code=refused.code) from None
        cleaned: dict[str, Any] = super().clean()
        return cleaned

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        super().confirm_login_allowed(user)
        if not isinstance(user, User):
            return
        entry = door.Entry(user, SignInMethod.PASSWORD, device_named_by(self.request), way=door.Way.ADMIN)
        if refused := door.refusal(entry):
            raise forms.ValidationError(refused.detail, code=refused.code)
