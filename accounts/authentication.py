from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken

from accounts.models import Session, User
from numerai.common import clock

MESSAGE = "Your sign-in is missing or no longer valid. Please sign in again."


class AccessTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <access token>``: a valid signature and a session that has not ended, in one query."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        scheme, _, credential = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = _verified(credential.strip())
        user = _user_of_live_session(token)
        request._request.user_id = str(user.pk)  # type: ignore[attr-defined]
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def _verified(credential: str) -> AccessToken:
    try:
        return AccessToken(credential.encode())  # type: ignore[arg-type]
    except (TokenError, UnicodeEncodeError):
        raise AuthenticationFailed(MESSAGE) from None


def _user_of_live_session(token: AccessToken) -> User:
    now = clock.now()
    sid = str(token.get("sid", ""))
    session = (
        Session.objects.select_related("user__profile")
        .filter(id=sid, revoked_at__isnull=True, ends_at__gt=now, user__is_active=True)
        .first()
        if len(sid) == 32
        else None
    )
    if session is None or str(session.user_id) != token.get("user_id"):
        raise AuthenticationFailed(MESSAGE)
    return session.user


class AccessTokenScheme(OpenApiAuthenticationExtension):
    target_class = AccessTokenAuthentication
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
