import json
import time
from dataclasses import dataclass, field
from typing import Any

import jwt

from dev.local_identity.keys import client_key
from dev.local_identity.provider import ABSENT, Form, JsonObject, Provider, Refused

CLIENT_ID = "example.numerai.web"
APP_CLIENT_ID = "example.numerai.app"
TEAM_ID, KEY_ID = "TEAM123456", "KEY1234567"


@dataclass
class Apple(Provider):
    name: str = "apple"
    issuer: str = "https://appleid.apple.com"
    client_ids: list[str] = field(default_factory=lambda: [CLIENT_ID, APP_CLIENT_ID])

    def notification(self, kind: str, subject: str, *, jti: str, told: JsonObject | None = None, **others: Any) -> str:
        """The payload that Apple posts to a server: its events are JSON within JSON."""
        event = {"type": kind, "sub": subject, "event_time": int(time.time() * 1000)} | (told or {})
        return self.sign(self.claims("", jti=jti, events=json.dumps(event), sub=ABSENT, exp=ABSENT) | others)

    def answer(self, path: str, form: Form, bearer: str) -> JsonObject:
        match path:
            case "/auth/keys":
                return {"keys": [self.key.jwk]}
            case "/auth/token":
                self._know(form)
                return self.exchange(form)
            case "/auth/revoke":
                self._know(form)
                self.revoke(form["token"])
                return {}
        raise Refused(404, "not_found")

    def _know(self, form: Form) -> None:
        """The client signs who it is by the key that Apple gave to its team."""
        try:
            secret = form["client_secret"]
            said = jwt.decode(secret, client_key()[1], ["ES256"], audience=self.issuer, issuer=TEAM_ID)
            is_known = jwt.get_unverified_header(secret)["kid"] == KEY_ID
        except (jwt.PyJWTError, KeyError):
            raise Refused(400, "invalid_client") from None
        if not is_known or said["sub"] != form["client_id"] or form["client_id"] not in self.client_ids:
            raise Refused(400, "invalid_client")
