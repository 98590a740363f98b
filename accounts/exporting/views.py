from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.exporting import services
from accounts.exporting.document import file_name
from accounts.exporting.serializers import ExportJobSerializer, job_json
from accounts.exporting.services import ExportLimited
from accounts.login.views import GUARDED, TOO_MANY
from accounts.models import User
from accounts.proof.documentation import NOT_FRESH
from accounts.proof.serializers import WithProofSerializer
from accounts.proof.services import PasswordWrong, require_fresh
from numerai.common.errors import NotFound
from numerai.common.http.openapi import problem

JOB = {
    "id": "0b0a4c4e-6f0f-4b51-9f0e-5b1f7a1f4c11",
    "status": "pending",
    "progress": 0,
    "asked_at": "2026-11-21T10:00:00+00:00",
    "size": 0,
    "expires_at": None,
    "url": "/api/v1/users/exports/0b0a4c4e-6f0f-4b51-9f0e-5b1f7a1f4c11/",
    "download_url": None,
}
READY = JOB | {
    "status": "ready",
    "progress": 100,
    "size": 8123456,
    "expires_at": "2026-11-28T10:01:00+00:00",
    "download_url": "/api/v1/users/exports/0b0a4c4e-6f0f-4b51-9f0e-5b1f7a1f4c11/download/",
}
DOCUMENT = {
    "meta": {"held": {"accounts.profile": {"purpose": "Who you are.", "kept": "As long as the account exists."}}},
    "data": {"accounts": {"profile": {"bio": "Counts stairs."}}},
    "manifest": {"schema_version": 1, "made_at": "2026-11-21T10:00:00+00:00", "counts": {"accounts.profile": 1}},
}
MISSING = problem(404, NotFound.code, NotFound.detail)


class ExportDataView(APIView):
    @extend_schema(
        operation_id="users_export_data",
        summary="Everything we know about you",
        description=(
            "Answers one JSON document as an attachment: the data by app and section, what it is for and how long it "
            "is kept, and a manifest with the number of rows of each section. A large account gets 202 with a job "
            "instead, whose file is ready some minutes later and kept for a week; the person is told by mail. Once a "
            "day, and only with a fresh proof: a sign-in less than fifteen minutes ago, or the password or a code of "
            "auth/proof/code/ in the body."
        ),
        request=WithProofSerializer,
        responses={
            200: OpenApiTypes.OBJECT,
            202: ExportJobSerializer,
            **problem(400, PasswordWrong.code, PasswordWrong.detail),
            **NOT_FRESH,
            **GUARDED,
            **problem(429, ExportLimited.code, ExportLimited.detail),
        },
        examples=[
            OpenApiExample("after a fresh sign-in", value={}, request_only=True),
            OpenApiExample("at once", value=DOCUMENT, response_only=True, status_codes=["200"]),
            OpenApiExample("as a file", value=JOB, response_only=True, status_codes=["202"]),
        ],
    )
    def post(self, request: Request) -> HttpResponseBase:
        given = WithProofSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        require_fresh(request, **given.validated_data)
        export = services.export(cast("User", request.user))
        if export.text is None:
            return Response(job_json(export.job), status=202)
        return _attached(HttpResponse(export.text.encode(), content_type="application/json"), export.job.asked_at)


class ExportView(APIView):
    @extend_schema(
        operation_id="users_export",
        summary="How far an export has come",
        description="For its owner alone. `download_url` is there once the file is ready.",
        responses={200: ExportJobSerializer, **MISSING},
        examples=[OpenApiExample("ready", value=READY, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request, job_id: UUID) -> Response:
        return Response(job_json(services.job_of(cast("User", request.user), job_id)))


class ExportFileView(APIView):
    @extend_schema(
        operation_id="users_export_file",
        summary="The file of an export",
        description=(
            "For its owner alone, signed in and with a fresh proof, for a week; there is no link that would work for "
            "whoever finds it."
        ),
        responses={200: OpenApiTypes.OBJECT, **NOT_FRESH, **MISSING, **TOO_MANY},
        examples=[OpenApiExample("the document", value=DOCUMENT, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request, job_id: UUID) -> HttpResponseBase:
        job = services.job_of(cast("User", request.user), job_id)
        require_fresh(request)
        answer: Any = StreamingHttpResponse(services.file_of(job), content_type="application/json")
        answer["Content-Length"] = str(job.size)
        return _attached(answer, job.finished_at or job.asked_at)


def _attached(answer: Any, made_at: datetime) -> HttpResponseBase:
    answer["Content-Disposition"] = f'attachment; filename="{file_name(made_at)}"'
    answer["Cache-Control"] = "no-store"
    return cast("HttpResponseBase", answer)
