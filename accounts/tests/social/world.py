"""Google, Apple and our client between them, as tests speak to them."""

import hashlib
from typing import Any

from django.test.utils import override_settings
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.social.protocol import key_documents
from accounts.social.protocol.configuration import KEYS_URLS
from accounts.tests.together import together
from dev.local_identity import LocalIdentity
from dev.local_identity.apple import Apple
from dev.local_identity.google import Google
from dev.local_identity.world import CONFIGURED, REDIRECT_URI

GRACE: dict[str, Any] = {"email": "grace@gmail.com", "email_verified": True, "name": "Grace Hopper"}


class World:
    def __init__(self, server: LocalIdentity) -> None:
        self.server = server

    @property
    def google(self) -> Google:
        return self.server.google

    @property
    def apple(self) -> Apple:
        return self.server.apple

    def post(self, name: str, body: dict[str, Any], client: APIClient | None = None) -> Any:
        return (client or APIClient()).post(reverse(name), body, format="json")

    def nonce(self) -> str:
        return str(self.post("social-nonce", {}).json()["nonce"])

    def google_token(self, subject: str = "g-1", **claims: Any) -> str:
        return self.google.id_token(subject, **{"nonce": self.nonce()} | GRACE | claims)

    def apple_token(self, subject: str = "a-1", **claims: Any) -> str:
        said = {"nonce": self.nonce(), "email": "grace@example.com", "email_verified": "true"}
        return self.apple.id_token(subject, **said | claims)

    def google_code(self, subject: str = "g-1", *, verifier: str = "", **claims: Any) -> dict[str, str]:
        code = self.google.code(subject, redirect_uri=REDIRECT_URI, verifier=verifier, **GRACE | claims)
        return {"code": code, "redirect_uri": REDIRECT_URI}

    def apple_code(self, subject: str = "a-1", **claims: Any) -> dict[str, str]:
        said = {"email": "grace@example.com", "email_verified": "true"} | claims
        return {"code": self.apple.code(subject, redirect_uri=REDIRECT_URI, **said), "redirect_uri": REDIRECT_URI}

    def by_google(self, subject: str = "g-1", **claims: Any) -> Any:
        return self.post("social-google", {"id_token": self.google_token(subject, **claims)})

    def by_apple(self, subject: str = "a-1", **claims: Any) -> Any:
        return self.post("social-apple", {"id_token": self.apple_token(subject, **claims)})


def hashed(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()


def know_keys() -> None:
    """Both providers' keys are known from before, for tests in whose transaction nobody can be asked for them."""
    with LocalIdentity() as server:
        places = {"GOOGLE_BASE_URL": server.url, "APPLE_BASE_URL": server.url}
        with override_settings(**CONFIGURED, **places):
            together(1, lambda _: [key_documents.load(url) for url in KEYS_URLS.values()])
