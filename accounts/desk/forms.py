from typing import Any, cast

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import transaction
from rest_framework.exceptions import ValidationError as InputError
from unfold.forms import AdminOwnPasswordChangeForm
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts import limits
from accounts.events import record
from accounts.factors.proofs import Proof
from accounts.models import EventKind, User
from accounts.passwords.setting import give_password
from accounts.registration.fields import LONGEST_PASSWORD
from accounts.registration.passwords import refuse_unfit
from numerai.common.errors import ServiceUnavailable, TooManyRequests
from numerai.common.throttling import hit

LONGEST_CODE = 64


class CodeForm(forms.Form):
    """Six digits of an app, or where ``takes_recovery_codes`` one of those."""

    code = forms.CharField(
        max_length=LONGEST_CODE,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autofocus": "", "inputmode": "text", "spellcheck": "false"}
        ),
    )

    @property
    def proof(self) -> Proof:
        code = "".join(self.cleaned_data["code"].split())
        is_of_app = len(code) == 6 and code.isascii() and code.isdigit()
        return Proof(code=code) if is_of_app else Proof(recovery_code=code)


class OwnPasswordForm(AdminOwnPasswordChangeForm):  # type: ignore[misc]
    """An operator's own password, changed as everybody's is: what was opened by the old one ends."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("old_password", "new_password1", "new_password2"):
            self.fields[name].validators.append(MaxLengthValidator(LONGEST_PASSWORD))

    def clean_old_password(self) -> str:
        """Counted with the guesses at the API: an admin login that was left open is no way to find the password."""
        try:
            hit(limits.PROOF, str(self.user.pk))
        except (TooManyRequests, ServiceUnavailable) as refused:
            raise forms.ValidationError(refused.detail, code=refused.code) from None
        try:
            return str(super().clean_old_password())
        except forms.ValidationError:
            record(EventKind.SIGN_IN_FAILED, user_id=self.user.pk, details={"way": "proof"})
            raise

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        password = self.cleaned_data.get("new_password2")
        if password:
            self._refuse_unfit(password)
        return cleaned

    def _refuse_unfit(self, password: str) -> None:
        field = "new_password2"
        try:
            refuse_unfit(password, email=self.user.email or "", full_name=self.user.full_name, field=field)
        except InputError as refused:
            said = cast("dict[str, list[str]]", refused.detail)[field]
            self.add_error(field, [forms.ValidationError(str(each)) for each in said])

    def save(self, commit: bool = True) -> User:
        with transaction.atomic():
            user = User.objects.select_for_update(no_key=True).get(pk=self.user.pk)
            give_password(user, self.cleaned_data["new_password1"], kind=EventKind.PASSWORD_CHANGED)
        self.user = user
        return user
