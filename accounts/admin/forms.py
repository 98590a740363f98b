from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.events.watching import keep_change
from accounts.models import Profile, SessionEnd, User
from accounts.profiles.fields import BirthDateField
from accounts.sessions import end_all_sessions
from numerai.common import clock


class AddUserForm(UserCreationForm):  # type: ignore[misc]
    class Meta:
        model = User
        fields = ("email", "full_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True


class ChangeUserForm(UserChangeForm):  # type: ignore[misc]
    class Meta:
        model = User
        fields = ("email", "phone", "full_name", "password", "is_active")


class NewPasswordForm(AdminPasswordChangeForm):  # type: ignore[misc]
    """A new password ends what was opened by the old one."""

    def save(self, commit: bool = True) -> User:
        with transaction.atomic():
            user: User = super().save(commit)
            end_all_sessions(user=user, reason=SessionEnd.PASSWORD_CHANGE)
            keep_change(user.pk, ["password"])
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
