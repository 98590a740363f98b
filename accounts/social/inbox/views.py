from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.social.inbox import handling, verification
from accounts.social.inbox.parsing import SecurityEventParser
from accounts.social.inbox.verification import ProviderEventInvalid
from accounts.social.protocol.errors import ProviderUnavailable
from numerai.common.http.openapi import problem

RESPONSES = problem(400, ProviderEventInvalid.code, ProviderEventInvalid.detail) | problem(
    503, ProviderUnavailable.code, ProviderUnavailable.detail
)
TOKEN = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjFiYjc3NGIifQ.eyJqdGkiOiI3NTZFNjk3MSJ9.c2lnbmF0dXJl"  # noqa: S105 - an example


class NotificationSerializer(serializers.Serializer[Any]):
    payload = serializers.CharField(max_length=60_000)


class InboxView(APIView):
    """Not counted by network, for all of it comes from one: a signature is asked for instead."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class GoogleEventsView(InboxView):
    parser_classes = (SecurityEventParser,)

    @extend_schema(
        operation_id="auth_social_google_events",
        summary="Google's cross-account protection",
        description="For Google alone, which posts a signed security event token. One of an unknown type is accepted.",
        request={"application/secevent+jwt": {"type": "string"}},
        responses={202: None, **RESPONSES},
        examples=[OpenApiExample("event", value=TOKEN, request_only=True, media_type="application/secevent+jwt")],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        handling.carry_out_google(verification.verified_google(str(request.data)))
        return Response(status=status.HTTP_202_ACCEPTED)


class AppleEventsView(InboxView):
    @extend_schema(
        operation_id="auth_social_apple_events",
        summary="Apple's notifications",
        description="For Apple alone, which posts a signed payload. One of an unknown type is accepted.",
        request=NotificationSerializer,
        responses={202: None, **RESPONSES},
        examples=[OpenApiExample("event", value={"payload": TOKEN}, request_only=True)],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = NotificationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        handling.carry_out_apple(verification.verified_apple(given.validated_data["payload"]))
        return Response(status=status.HTTP_202_ACCEPTED)
