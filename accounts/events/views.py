from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import Access
from accounts.events.serializers import EventPageSerializer, EventQuerySerializer, EventSerializer
from accounts.models import SecurityEvent, User
from numerai.common.errors import NotFound
from numerai.common.http.openapi import problem
from numerai.common.http.pagination import PARAMETERS as PAGE_PARAMETERS
from numerai.common.http.pagination import page_body, page_of

EVENT = {
    "id": "0b9f4c66-2f0e-4d1a-9a77-3c5d8e1f2a40",
    "at": "2026-11-20T18:04:12Z",
    "kind": "sign_in",
    "description": "You signed in with Google.",
    "device": "Firefox on Windows",
    "address": "203.0.113.0",
    "is_this_session": True,
}


class SecurityEventsView(APIView):
    @extend_schema(
        operation_id="users_security_events",
        summary="What happened to the safety of my account",
        description=(
            "Sign-ins, refused ones too, changes of password, address and second factors, ended sessions, and what our "
            "team did, newest first. Filters are exact; days are those of the profile's time zone, both included."
        ),
        parameters=[
            EventQuerySerializer,
            *PAGE_PARAMETERS,
        ],
        responses={200: EventPageSerializer, **problem(404, NotFound.code, NotFound.detail)},
        examples=[
            OpenApiExample(
                "events",
                value={"count": 1, "next": None, "previous": None, "results": [EVENT]},
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        asked = EventQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        page, count, rows = page_of(request, _events_of(cast(User, request.user), **asked.validated_data))
        current = cast(Access, request.auth).session_id
        shown = EventSerializer(rows, many=True, context={"current": current}).data
        return Response(page_body(request, page, count, list(shown)))


def _events_of(
    user: User, *, kind: str = "", since: date | None = None, until: date | None = None
) -> QuerySet[SecurityEvent]:
    asked: dict[str, Any] = {}
    if kind:
        asked["kind"] = kind
    if since:
        asked["at__gte"] = _begin_of(since, user)
    # No day follows the last one there is.
    if until and until < date.max:
        asked["at__lt"] = _begin_of(until + timedelta(days=1), user)
    return SecurityEvent.objects.filter(user_id=user.pk, **asked).select_related("origin").order_by("-id")


def _begin_of(day: date, user: User) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(user.profile.timezone))
