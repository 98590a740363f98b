from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.addresses.services import is_kept_for_another
from accounts.events.telling import tell_of_signing_out
from accounts.events.watching import keep_change
from accounts.models import Profile, SessionEnd, User, normalise_email
from accounts.passwords.mailing import CHANGED_KIND
from accounts.profiles.fields import BirthDateField
from accounts.sessions import end_all_sessions
from notifications.services import notify
from numerai.common import clock


class FreeAddress:
    """Mixed into a form of a person: an address that somebody can still have back is not given to another."""

    instance: User
    cleaned_data: dict[str, Any]

    def clean_email(self) -> str | None:
        email = normalise_email(self.cleaned_data["email"])
        if email and is_kept_for_another(email, self.instance.pk):
            raise forms.ValidationError("This address is held for the person whom it belonged to.", code="held")
        return email


class AddUserForm(FreeAddress, UserCreationForm):  # type: ignore[misc]
    class Meta:
        model = User
        fields = ("email", "full_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True


class ChangeUserForm(FreeAddress, UserChangeForm):  # type: ignore[misc]
    class Meta:
        model = User
        fields = ("email", "phone", "full_name", "password", "is_active")


class NewPasswordForm(AdminPasswordChangeForm):  # type: ignore[misc]
    """A new password ends what was opened by the old one, and the person hears of it."""

    def save(self, commit: bool = True) -> User:
        with transaction.atomic():
            user: User = super().save(commit)
            end_all_sessions(user=user, reason=SessionEnd.PASSWORD_CHANGE)
            keep_change(user.pk, ["password"])
            if user.has_usable_password():
                notify(user=user, kind=CHANGED_KIND, context={"is_first": False}, action_url="/")
            else:
                tell_of_signing_out(user)
        return user


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Profile
        fields = ("date_of_birth", "gender", "location", "bio")

    def clean_date_of_birth(self) -> date | None:
        day: date | None = self.cleaned_data["date_of_birth"]
        if day is not None and day > clock.today_in(self.instance.timezone):
            raise forms.ValidationError(BirthDateField.default_error_messages["future"], code="future")
        return day
