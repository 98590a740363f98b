from typing import Any, cast

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.core.validators import MaxLengthValidator
from django.dispatch import receiver
from unfold.forms import AuthenticationForm

from accounts import limits
from accounts.events import EventKind, record
from accounts.events.device import device_named_by
from accounts.events.telling import tell_of_sign_in
from accounts.login import door
from accounts.models import SignInMethod, User, normalise_email
from accounts.registration.fields import LONGEST_PASSWORD
from accounts.unlocking import guarding
from numerai.common.errors import ServiceUnavailable, TooManyRequests


class LoginForm(AuthenticationForm):  # type: ignore[misc]
    """The admin's sign-in has the limits of the API's and the same door."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].validators.append(MaxLengthValidator(LONGEST_PASSWORD))

    def clean(self) -> dict[str, Any]:
        address = normalise_email(self.cleaned_data.get("username")) or ""
        try:
            limits.hit_network(limits.LOGIN, self.request)
            guarding.hit_login(self.request, address)
        except (TooManyRequests, ServiceUnavailable) as refused:
            raise forms.ValidationError(refused.detail, code=refused.code) from None
        try:
            cleaned: dict[str, Any] = super().clean()
        except forms.ValidationError as refused:
            self._keep_failure(refused.code or "")
            raise
        guarding.succeeded(self.request, address)
        return cleaned

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        super().confirm_login_allowed(user)
        entry = door.Entry(cast("User", user), SignInMethod.PASSWORD, device_named_by(self.request), way=door.Way.ADMIN)
        if refused := door.refusal(entry):
            raise forms.ValidationError(refused.detail, code=refused.code)

    def _keep_failure(self, reason: str) -> None:
        email = normalise_email(self.cleaned_data.get("username"))
        named = User.objects.filter(email=email).values_list("id", flat=True).first()
        door.keep_failure(named, SignInMethod.PASSWORD, door.Way.ADMIN, reason)


@receiver(user_logged_in)
def keep_sign_in(user: User, **_: Any) -> None:
    """Django logs people in to the admin only."""
    tell_of_sign_in(user, record(EventKind.SIGN_IN, user_id=user.pk, details={"way": door.Way.ADMIN.value}))
