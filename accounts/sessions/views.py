from typing import cast
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import Access
from accounts.login.serializers import MessageSerializer
from accounts.models import Session, SessionEnd, User
from accounts.sessions.ending import end_all_sessions, end_session
from accounts.sessions.serializers import LogoutAllSerializer, SessionPageSerializer, SessionSerializer
from numerai.common import clock
from numerai.common.errors import NotFound
from numerai.common.http.openapi import problem
from numerai.common.http.pagination import PARAMETERS as PAGE_PARAMETERS
from numerai.common.http.pagination import page_body, page_of

SESSION = {
    "id": "4f1e6a0c-9b7d-4c1e-8a55-d2f3b6c7e890",
    "device": "Firefox on Windows",
    "address": "203.0.113.0",
    "method": "password",
    "has_second_factor": False,
    "signed_in_at": "2026-11-02T08:30:00Z",
    "last_used_at": "2026-11-20T18:04:12Z",
    "idle_until": "2026-12-04T18:04:12Z",
    "ends_at": "2027-01-01T08:30:00Z",
    "is_current": True,
}
EVERYWHERE = "You are signed out everywhere."
ELSEWHERE = "You are signed out everywhere else."


class SessionsView(APIView):
    @extend_schema(
        operation_id="auth_sessions",
        summary="Where I am signed in",
        description=(
            "The sessions that have not ended, the one used last first. `address` is truncated, and the device is what "
            "the browser said of itself at sign-in."
        ),
        parameters=[
            *PAGE_PARAMETERS,
        ],
        responses={200: SessionPageSerializer, **problem(404, NotFound.code, NotFound.detail)},
        examples=[
            OpenApiExample(
                "sessions",
                value={"count": 1, "next": None, "previous": None, "results": [SESSION]},
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        page, count, rows = page_of(request, _live_sessions_of(cast(User, request.user)))
        shown = SessionSerializer(rows, many=True, context={"current": _current(request)}).data
        return Response(page_body(request, page, count, list(shown)))


class SessionView(APIView):
    @extend_schema(
        operation_id="auth_session_end",
        summary="End a session of mine",
        description=(
            "Its access and refresh tokens are refused from this moment. To end the session that asks is to log out. "
            "404 `not_found` for one that has ended, or is somebody else's."
        ),
        request=None,
        responses={204: None, **problem(404, NotFound.code, NotFound.detail)},
    )
    def delete(self, request: Request, session_id: UUID) -> Response:
        reason = SessionEnd.LOGOUT if session_id == _current(request) else SessionEnd.REVOKED
        if not end_session(session_id, reason=reason, owner=cast(User, request.user)):
            raise NotFound
        return Response(status=204)


class LogoutAllView(APIView):
    @extend_schema(
        operation_id="auth_logout_all",
        summary="Sign out everywhere",
        description=(
            "Ends every session, and every sign-in to the administration; with `keep_current` the one that asks lives "
            "on. Tokens of the others are refused from this moment, and every device that notifications are pushed to "
            "is forgotten: one that is still signed in registers again."
        ),
        request=LogoutAllSerializer,
        responses={200: MessageSerializer},
        examples=[
            OpenApiExample("elsewhere", value={"keep_current": True}, request_only=True),
            OpenApiExample(
                "signed out elsewhere", value={"message": ELSEWHERE}, response_only=True, status_codes=["200"]
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        given = LogoutAllSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        kept = _current(request) if given.validated_data["keep_current"] else None
        end_all_sessions(user=cast(User, request.user), reason=SessionEnd.LOGOUT_ALL, except_session=kept)
        return Response({"message": ELSEWHERE if kept else EVERYWHERE})


def _live_sessions_of(user: User) -> QuerySet[Session]:
    live = Session.objects.filter(user_id=user.pk, revoked_at__isnull=True, idle_until__gt=clock.now())
    return live.order_by("-rotated_at", "id")


def _current(request: Request) -> UUID:
    return cast(Access, request.auth).session_id
