import secrets
from dataclasses import dataclass, field
from typing import Any

from dev.local_identity.provider import ABSENT, Form, JsonObject, Provider, Refused

CLIENT_ID = "web.apps.googleusercontent.com"
APP_CLIENT_ID = "ios.apps.googleusercontent.com"
CLIENT_SECRET = "local-google-secret"


@dataclass
class Google(Provider):
    name: str = "google"
    issuer: str = "https://accounts.google.com"
    client_ids: list[str] = field(default_factory=lambda: [CLIENT_ID, APP_CLIENT_ID])
    # By access token: what introspection says, and what the profile does.
    access_tokens: dict[str, tuple[JsonObject, JsonObject]] = field(default_factory=dict)

    def access_token(self, subject: str, *, aud: str = CLIENT_ID, expires_in: int = 3600, **profile: Any) -> str:
        token = secrets.token_urlsafe(16)
        known = {"aud": aud, "azp": aud, "sub": subject, "expires_in": str(expires_in), "scope": "openid email"}
        self.access_tokens[token] = known, {"sub": subject} | profile
        return token

    def event(self, events: JsonObject, *, jti: str, **others: Any) -> str:
        """A security event token, as cross-account protection posts it: no exp, and an issuer with a slash."""
        claims = self.claims("", iss=f"{self.issuer}/", jti=jti, events=events, sub=ABSENT, exp=ABSENT) | others
        return self.sign(claims)

    def answer(self, path: str, form: Form, bearer: str) -> JsonObject:
        match path:
            case "/oauth2/v1/certs":
                return {self.key.id: self.key.certificate}
            case "/oauth2/v3/certs":
                return {"keys": [self.key.jwk]}
            case "/.well-known/risc-configuration":
                keys = "https://www.googleapis.com/oauth2/v3/certs"
                return {"issuer": f"{self.issuer}/", "jwks_uri": keys}
            case "/token":
                if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
                    raise Refused(401, "invalid_client")
                return self.exchange(form)
            case "/tokeninfo":
                return self._token(form.get("access_token", ""))[0]
            case "/v1/userinfo":
                return self._token(bearer)[1]
            case "/revoke":
                if form.get("token") not in self.refresh_tokens:
                    raise Refused(400, "invalid_token")
                self.revoke(form["token"])
                return {}
        raise Refused(404, "not_found")

    def _token(self, token: str) -> tuple[JsonObject, JsonObject]:
        if token not in self.access_tokens:
            raise Refused(400, "invalid_token")
        return self.access_tokens[token]
