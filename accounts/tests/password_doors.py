"""Doors for who is in already: what ends all sessions opens one for this device."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse

from accounts.models import CodePurpose, EmailChange, User
from accounts.tests.factoring import signed_in
from accounts.verification import codes
from numerai.common import clock


def by_new_password(user: User) -> Callable[[], Any]:
    return _post(user, "password-change", {"new_password": "a sentence for the new one"})


def by_new_email(user: User) -> Callable[[], Any]:
    change = EmailChange.objects.create(
        user=user, old_email=user.email, new_email="new@example.com", expires_at=clock.now() + timedelta(hours=1)
    )
    code = codes.issue(user_id=user.pk, email=change.new_email, purpose=CodePurpose.CHANGE_EMAIL)
    return _post(user, "email-confirm", {"otp": code})


PASSWORD_DOORS: dict[str, Callable[[User], Callable[[], Any]]] = {
    "password-change": by_new_password,
    "email-confirm": by_new_email,
}


def _post(user: User, name: str, body: dict[str, Any]) -> Callable[[], Any]:
    client = signed_in(user, has_second_factor=False)
    return lambda: client.post(reverse(name), body)
