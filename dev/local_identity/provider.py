"""What Google and Apple have in common: people, codes that are exchanged once, tokens, things to go wrong."""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import jwt

from dev.local_identity.keys import SigningKey, signing_key

Form = dict[str, str]
JsonObject = dict[str, Any]


# A claim set to this is left out.
class _Absent:
    """Leaves a claim out; named alike in every process."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Any = _Absent()


class Refused(Exception):
    """The provider's own error answer: a status and the word in ``error``."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


@dataclass(frozen=True)
class Code:
    claims: JsonObject
    redirect_uri: str
    challenge: str


@dataclass
class Provider:
    """``misbehaviour`` maps paths to what is answered there instead: a status, bytes, or seconds of silence first."""

    name: str
    issuer: str
    client_ids: list[str]
    cache_control: str = "public, max-age=3600"
    gives_refresh_token: bool = True
    codes: dict[str, Code] = field(default_factory=dict)
    refresh_tokens: set[str] = field(default_factory=set)
    revoked: list[str] = field(default_factory=list)
    misbehaviour: dict[str, "Misbehaviour"] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    is_away: bool = False
    key_name: str = ""

    @property
    def key(self) -> SigningKey:
        return signing_key(self.key_name or self.name)

    def answer(self, path: str, form: Form, bearer: str) -> JsonObject:
        """What is answered at ``path``. Raises Refused."""
        raise NotImplementedError

    def rotate_key(self) -> None:
        self.key_name = f"{self.name}, next"

    def claims(self, subject: str, **others: Any) -> JsonObject:
        """What an id_token for our first client says; ABSENT leaves a claim out."""
        now = int(time.time())
        said = {"iss": self.issuer, "aud": self.client_ids[0], "sub": subject, "iat": now, "exp": now + 3600} | others
        return {name: value for name, value in said.items() if value is not ABSENT}

    def id_token(self, subject: str, **others: Any) -> str:
        return self.sign(self.claims(subject, **others))

    def sign(self, claims: JsonObject, **header: Any) -> str:
        headers = {"kid": self.key.id} | header
        return jwt.encode(claims, self.key.private, algorithm="RS256", headers=headers)

    def code(self, subject: str, *, redirect_uri: str, verifier: str = "", **others: Any) -> str:
        """A code as it arrives at ``redirect_uri`` after the person has agreed."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = Code(self.claims(subject, **others), redirect_uri, s256(verifier) if verifier else "")
        return code

    def exchange(self, form: Form) -> JsonObject:
        """The answer of a token endpoint, once the client is known to be ours."""
        code = self.codes.pop(form.get("code", ""), None)
        if form.get("grant_type") != "authorization_code" or code is None or code.redirect_uri != form["redirect_uri"]:
            raise Refused(400, "invalid_grant")
        if code.challenge and code.challenge != s256(form.get("code_verifier", "")):
            raise Refused(400, "invalid_grant")
        answer = {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "expires_in": 3600,
            "id_token": self.sign(code.claims),
        }
        if self.gives_refresh_token:
            token = secrets.token_urlsafe(16)
            self.refresh_tokens.add(token)
            answer["refresh_token"] = token
        return answer

    def revoke(self, token: str) -> None:
        self.refresh_tokens.discard(token)
        self.revoked.append(token)


@dataclass(frozen=True)
class Misbehaviour:
    status: int = 200
    body: bytes = b""
    seconds: float = 0
    headers: dict[str, str] = field(default_factory=dict)


def s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
