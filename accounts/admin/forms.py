from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.forms import UserChangeForm

from accounts.addresses.services import is_kept_for_another
from accounts.models import Profile, User, normalise_email
from accounts.profiles.fields import BirthDateField
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


class AddUserForm(FreeAddress, forms.ModelForm):  # type: ignore[type-arg]
    """Without a password: the person chooses one by a link."""

    class Meta:
        model = User
        fields = ("email", "full_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.instance.set_password(None)


class ChangeUserForm(FreeAddress, UserChangeForm):  # type: ignore[type-arg]
    password = None  # type: ignore[assignment]

    class Meta:
        model = User
        fields = ("email", "phone", "full_name", "is_active")


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Profile
        fields = ("date_of_birth", "gender", "location", "bio")

    def clean_date_of_birth(self) -> date | None:
        day: date | None = self.cleaned_data["date_of_birth"]
        if day is not None and day > clock.today_in(self.instance.timezone):
            raise forms.ValidationError(BirthDateField.default_error_messages["future"], code="future")
        return day
