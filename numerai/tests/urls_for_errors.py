"""Endpoints whose only purpose is to go wrong, beside the real ones, for the tests of the error format."""

from pathlib import Path
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny, IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from numerai.common.errors import Conflict, TooManyRequests
from numerai.common.models import Seal

RAISED: dict[str, Exception] = {
    "domain": Conflict("Already so.", field="plan", extra={"plan": "basic"}),
    "limited": TooManyRequests(retry_after=1.2),
    "throttled": Throttled(wait=30),
    "django-404": Http404("secret words"),
    "django-403": PermissionDenied("secret words"),
    "bug": RuntimeError("secret words"),
}


class LineSerializer(serializers.Serializer[Any]):
    amount = serializers.IntegerField(min_value=1)


class EchoSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=5)
    lines = LineSerializer(many=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["name"] == "both":
            raise serializers.ValidationError("Name and lines contradict each other.", code="contradiction")
        return attrs


class EchoView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def post(self, request: Request) -> Response:
        serializer = EchoSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(serializer.validated_data)


class RaisingView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request, kind: str) -> Response:
        raise RAISED[kind]


class FailingStatementView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        return Response(ask_for_what_is_not_there())


class OperatorsView(APIView):
    permission_classes = (IsAdminUser,)

    def get(self, request: Request) -> Response:
        return Response()


def plain_bug(request: HttpRequest) -> NoReturn:
    raise RuntimeError("secret words")


def ask_for_what_is_not_there() -> str:
    return str(list(Seal.objects.raw("SELECT secret_words FROM no_such_table")))


def failing_statement(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ask_for_what_is_not_there())


def missing_file(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Path(__file__).with_name("no_such_file").read_text())


def suspicious(request: HttpRequest) -> NoReturn:
    raise SuspiciousOperation("secret words")


def forbidden(request: HttpRequest) -> NoReturn:
    raise PermissionDenied("secret words")


urlpatterns = [
    path("echo/", EchoView.as_view()),
    path("raise/sql/", FailingStatementView.as_view()),
    path("raise/<str:kind>/", RaisingView.as_view()),
    path("operators/", OperatorsView.as_view()),
    path("plain/bug/", plain_bug),
    path("plain/sql/", failing_statement),
    path("plain/file/", missing_file),
    path("plain/suspicious/", suspicious),
    path("plain/forbidden/", forbidden),
    path("", include("numerai.urls")),
]

handler400 = "numerai.common.http.problem.bad_request"
handler403 = "numerai.common.http.problem.permission_denied"
handler404 = "numerai.common.http.problem.page_not_found"
handler500 = "numerai.common.http.problem.server_error"
