"""Doors that have to do with second factors: see ``doors``."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from rest_framework.test import APIClient

from accounts.factors import challenges
from accounts.models import ChallengePurpose, Passkey, SignInMethod, User
from accounts.sessions import Device
from accounts.tests.authenticator import Authenticator
from accounts.tests.factoring import (
    APP,
    CODES,
    CONFIRM,
    PASSKEY_OPTIONS,
    PASSKEYS,
    App,
    signed_in,
    with_app,
    with_passkey,
)

Attempt = Callable[[], Any]
ONE_PASSKEY = "/api/v1/auth/factors/passkeys/{factor_id}/"


def by_second_factor(user: User) -> Attempt:
    app = with_app(user)
    token = challenges.issue(ChallengePurpose.SECOND_FACTOR, device=Device(), user=user, method=SignInMethod.PASSWORD)
    body = {"challenge": token, "code": app.shows()}
    return lambda: APIClient().post(reverse("second-factor"), body, format="json")


def by_passkey(user: User) -> Attempt:
    key, client = with_passkey(user), APIClient()
    body = {"passkey": key.get(client.post(reverse("passkey-sign-in-options")).json())}
    return lambda: client.post(reverse("passkey-sign-in"), body, format="json")


def by_confirming(user: User) -> Attempt:
    client = signed_in(user, has_second_factor=False)
    app = App(client.post(APP).json()["secret"])
    return lambda: client.post(CONFIRM, {"code": app.shows()})


def by_adding_a_passkey(user: User) -> Attempt:
    client = signed_in(user, has_second_factor=False)
    made = Authenticator().create(client.post(PASSKEY_OPTIONS).json())
    return lambda: client.post(PASSKEYS, {"name": "Phone", "passkey": made})


def by_removing_the_app(user: User) -> Attempt:
    with_app(user)
    client = signed_in(user)
    return lambda: client.delete(APP)


def by_removing_a_passkey(user: User) -> Attempt:
    with_passkey(user)
    client, path = signed_in(user), f"{PASSKEYS}{Passkey.objects.get(user=user).pk}/"
    return lambda: client.delete(path)


def by_renewing_codes(user: User) -> Attempt:
    with_app(user)
    client = signed_in(user)
    return lambda: client.post(CODES)


FACTOR_DOORS = {
    "second-factor": by_second_factor,
    "passkey-sign-in": by_passkey,
    "factor-totp": by_removing_the_app,
    "factor-totp-confirm": by_confirming,
    "factor-recovery-codes": by_renewing_codes,
    "factor-passkeys": by_adding_a_passkey,
    ONE_PASSKEY: by_removing_a_passkey,
}

GIVEN = "the session has just given it"
FACTOR_EXEMPT = {
    ("second-factor", "second_factor"): "it is what is given there",
    ("passkey-sign-in", "second_factor"): "a passkey that verified the person is both factors",
    ("factor-totp", "second_factor"): GIVEN,
    ("factor-recovery-codes", "second_factor"): GIVEN,
    (ONE_PASSKEY, "second_factor"): GIVEN,
}


def asked_for_more(user: User) -> None:
    """``user`` has a second factor from now on, which sessions from before know nothing of."""
    Passkey.objects.create(user=user, name="Key", credential_id=b"another", credential=b"x")
