"""The table of login doors, and of what keeps a person from coming in by any of them.

A door is a route that issues tokens, or the admin's sign-in. Its recipe gets a person in good standing, prepares
whatever the door asks for (a code, a refresh token), and answers the attempt itself, which is made after the person has
fallen out of good standing.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts import limits
from accounts.models import CodePurpose, Deletion, Session, User
from accounts.sessions import open_session
from accounts.tests.factor_doors import FACTOR_DOORS, FACTOR_EXEMPT, asked_for_more
from accounts.tests.password_doors import PASSWORD_DOORS
from accounts.tests.social_doors import SOCIAL_DOORS
from accounts.verification import codes
from conftest import PASSWORD
from numerai.common import clock

Attempt = Callable[[], Any]
Recipe = Callable[[User], Attempt]

ADMIN = "admin"


def by_password(user: User) -> Attempt:
    return lambda: _post("login", {"email": user.email, "password": PASSWORD})


def by_code(user: User) -> Attempt:
    User.objects.filter(id=user.pk).update(email_verified_at=None)
    code = codes.issue(user_id=user.pk, email=str(user.email), purpose=CodePurpose.VERIFY_EMAIL)
    return lambda: _post("verify-otp", {"email": user.email, "otp": code})


def by_refresh(user: User) -> Attempt:
    token = open_session(user=user).refresh_token
    return lambda: _post("refresh-token", {"refresh": token})


def by_admin_form(user: User) -> Attempt:
    User.objects.filter(id=user.pk).update(is_staff=True, is_superuser=True)
    form = {"username": user.email, "password": PASSWORD, "next": reverse("admin:index")}
    return lambda: Client().post(reverse("admin:login"), form)


# By the name of the route; the admin's stands for itself.
DOORS: dict[str, Recipe] = {
    "login": by_password,
    "verify-otp": by_code,
    "refresh-token": by_refresh,
    ADMIN: by_admin_form,
    **FACTOR_DOORS,
    **PASSWORD_DOORS,
    **SOCIAL_DOORS,
}


# The doors where a password is all that is asked for at first.
PASSWORD_FORMS = {"login", ADMIN}


def closed(user: User) -> None:
    User.objects.filter(id=user.pk).update(is_active=False)


def on_the_way_out(user: User) -> None:
    """Opened again by an operator, which does not undo it."""
    due_at = clock.now() + timedelta(days=30)
    Deletion.objects.create(person_id=user.pk, asked_at=clock.now(), due_at=due_at, next_attempt_at=due_at)


def guessed_at(user: User) -> None:
    """From the network of the attempt; needs RATE_LIMIT_ENABLED."""
    for _ in range(limits.LOGIN_OF_ACCOUNT.times):
        _post("login", {"email": user.email, "password": "not the right one"})


def unverified(user: User) -> None:
    User.objects.filter(id=user.pk).update(email_verified_at=None, phone_verified_at=None)


# By the name of the check in accounts.login.door: what makes it refuse the person.
FALLS: dict[str, Callable[[User], None]] = {
    "staying": on_the_way_out,
    "active": closed,
    "verified": unverified,
    "unlocked": guessed_at,
    "second_factor": asked_for_more,
}

# Where a check lets in whom it refuses elsewhere, and why.
EXEMPT: dict[tuple[str, str], str] = {
    ("verify-otp", "verified"): "the code is what verifies",
    **{
        (name, "unlocked"): "a lock keeps guessed passwords out and nothing else"
        for name in DOORS
        if name not in PASSWORD_FORMS
    },
    (ADMIN, "second_factor"): "the next page asks for it, and nothing opens before",
    **FACTOR_EXEMPT,
}


def lets_in(response: Any) -> bool:
    """Whether the answer holds anything that opens something."""
    return b"access_token" in response.content or settings.SESSION_COOKIE_NAME in response.cookies


def sessions_of(user: User) -> list[Any]:
    return sorted(Session.objects.filter(user_id=user.pk).values_list("id", "secret_hash", "revoked_at"))


def _post(name: str, body: dict[str, Any]) -> Any:
    return APIClient().post(reverse(name), body, format="json")
