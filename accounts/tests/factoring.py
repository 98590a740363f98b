"""People with second factors, and what their apps show."""

from dataclasses import dataclass
from typing import Any

from rest_framework.test import APIClient

from accounts.factors.ways import recovery, totp
from accounts.factors.ways.relying_party import Answer
from accounts.models import AuthenticatorApp, Session, User
from accounts.sessions import open_session
from accounts.tests.authenticator import Authenticator
from conftest import PASSWORD, Api

FACTORS = "/api/v1/auth/factors/"
APP, CONFIRM, CODES = f"{FACTORS}totp/", f"{FACTORS}totp/confirm/", f"{FACTORS}recovery-codes/"
PASSKEYS, PASSKEY_OPTIONS, PROVE = f"{FACTORS}passkeys/", f"{FACTORS}passkeys/options/", f"{FACTORS}proof/"
LOGIN, SECOND = "/api/v1/auth/login/", "/api/v1/auth/second-factor/"
BY_PASSKEY, BY_PASSKEY_OPTIONS = "/api/v1/auth/passkey/", "/api/v1/auth/passkey/options/"


@dataclass
class App:
    """An authenticator app on a phone whose clock may be ``steps`` of 30 seconds off."""

    secret: str

    def shows(self, steps: int = 0) -> str:
        return totp.code_at(self.secret, totp.step_now() + steps)


def with_app(user: User) -> App:
    """``user`` has an app from now on; its newest spent code is two steps old."""
    app = App(totp.enrol(user).secret)
    totp.confirm(user, app.shows())
    AuthenticatorApp.objects.filter(user=user).update(last_step=totp.step_now() - 2)
    return app


def with_codes(user: User) -> list[str]:
    return recovery.make(user)


def signed_in(user: User, *, has_second_factor: bool = True, is_proof_shown: bool = True) -> APIClient:
    """A client of a session that was opened just now, with a second factor, and in which the password was shown."""
    client = APIClient()
    client.default_format = "json"
    tokens = open_session(user=user, has_second_factor=has_second_factor)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access_token}")
    Session.objects.filter(user=user).update(is_proof_shown=is_proof_shown)
    return client


def showing(api: Api) -> Api:
    """The same clients, in whose sessions the password was shown."""

    def client_for(user: User | None) -> APIClient:
        client = api(user)
        Session.objects.filter(user=user).update(is_proof_shown=True)
        return client

    return client_for


def with_passkey(user: User, **like: Any) -> Authenticator:
    """``user`` adds a passkey over the API."""
    client, key = signed_in(user), Authenticator(**like)
    options = client.post(PASSKEY_OPTIONS).json()
    answer = client.post(PASSKEYS, {"name": "Phone", "passkey": key.create(options)})
    assert answer.status_code == 200, answer.content
    return key


def first_step(client: APIClient, user: User) -> Answer:
    """The answer that asks for the second one."""
    answer = client.post(LOGIN, {"email": user.email, "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required"), answer.content
    return dict(answer.json())
