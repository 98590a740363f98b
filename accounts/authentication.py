from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import access_tokens
from accounts.models import Profile, Session, User
from numerai.common import clock

MESSAGE = "Your sign-in is missing or no longer valid. Please sign in again."


@dataclass(frozen=True, slots=True)
class Access:
    """``request.auth``: the session that the caller's access token belongs to, and when the token runs out."""

    session_id: UUID
    expires_at: datetime = field(default=datetime.max.replace(tzinfo=UTC), compare=False)


class AccessTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <access token>``: a valid signature and a session that has not ended, in one query.

    The person comes with their profile loaded.
    """

    def authenticate(self, request: Request) -> tuple[User, Access] | None:
        scheme, _, credential = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            session_id, user_id, expires_at = access_tokens.read(credential.strip())
        except access_tokens.NotGenuine:
            raise AuthenticationFailed(MESSAGE) from None
        user = _user_of_live_session(session_id, user_id)
        if user is None:
            raise AuthenticationFailed(MESSAGE)
        request._request.user_id = str(user.pk)  # type: ignore[attr-defined]
        return user, Access(session_id, expires_at)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def living_sessions(session_ids: Collection[UUID]) -> set[UUID]:
    """Which of these sessions would still let somebody in."""
    living = Session.objects.filter(
        id__in=session_ids, user__is_active=True, revoked_at__isnull=True, ends_at__gt=clock.now()
    )
    return set(living.values_list("id", flat=True))


def _user_of_live_session(session_id: UUID, user_id: UUID) -> User | None:
    """Every request asks this, so the statement is written once instead of being composed by the ORM each time."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(), (session_id, clock.now()))
        row = cursor.fetchone()
    if row is None:
        return None
    of_user, of_profile = _columns(User), _columns(Profile)
    user = User.from_db(DEFAULT_DB_ALIAS, of_user, row[: len(of_user)])
    # Compared here and not in the statement, which would tempt the planner to walk all sessions of the person.
    if user.pk != user_id:
        return None
    user.profile = Profile.from_db(DEFAULT_DB_ALIAS, of_profile, row[len(of_user) :])
    return user


@lru_cache(maxsize=1)
def _statement() -> str:
    quoted = connection.ops.quote_name
    tables = {model: quoted(model._meta.db_table) for model in (User, Profile, Session)}
    columns = ", ".join(
        f"{tables[model]}.{quoted(str(field.column))}"
        for model in (User, Profile)
        for field in model._meta.concrete_fields
    )
    user, profile, session = tables.values()
    return (
        f"SELECT {columns} FROM {session} JOIN {user} ON {user}.id = {session}.user_id"  # noqa: S608 - names of ours
        f" JOIN {profile} ON {profile}.user_id = {user}.id"
        f" WHERE {session}.id = %s AND {user}.is_active"
        f" AND {session}.revoked_at IS NULL AND {session}.ends_at > %s"
    )


@lru_cache(maxsize=2)
def _columns(model: type[User] | type[Profile]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


class AccessTokenScheme(OpenApiAuthenticationExtension):
    target_class = AccessTokenAuthentication
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
