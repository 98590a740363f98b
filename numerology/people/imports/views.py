from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.http.openapi import problem
from numerai.common.http.pagination import ARRAY_PARAMETERS, array_of
from numerai.common.throttling import DailyQuotaReached, daily, spend
from numerology.people.imports import services
from numerology.people.imports.errors import ImportRunning, PeopleFileNotAccepted
from numerology.people.imports.parsing import FIELD, CsvParser, FormParser
from numerology.people.imports.selectors import import_of, imports_of
from numerology.people.imports.serializers import (
    PeopleFileSerializer,
    PeopleImportSerializer,
    ReportedImportSerializer,
)

IMPORTS = daily("people_imports", 20)
CSV = "name,birth_date,relationship,notes\nThomas John Hancock,1949-05-10,friend,Met at the lake.\n"
BEGUN = {
    "id": "5e6f2b1c-8d3a-4f57-9a0b-1c2d3e4f5a6b",
    "status": "pending",
    "progress": 0,
    "total": 2,
    "done": 0,
    "created": 0,
    "failed": 0,
    "created_at": "2026-11-20T09:00:00Z",
    "finished_at": None,
}
DONE = BEGUN | {
    "status": "done",
    "progress": 100,
    "done": 2,
    "created": 1,
    "failed": 1,
    "finished_at": "2026-11-20T09:00:02Z",
}
ROW_ERROR = {
    "row": 3,
    "field": "birth_date",
    "code": "invalid",
    "detail": "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
}


class ImportsView(APIView):
    parser_classes = [FormParser, CsvParser]

    @extend_schema(
        operation_id="people_imports_list",
        summary="My imports of people",
        description="The newest first, without what went wrong in each. They are forgotten 30 days after their end.",
        parameters=[*ARRAY_PARAMETERS],
        responses={200: PeopleImportSerializer(many=True)},
        examples=[OpenApiExample("an import", value=DONE, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request) -> Response:
        rows, headers = array_of(request, imports_of(cast(User, request.user)))
        return Response(PeopleImportSerializer(rows, many=True).data, headers=headers)

    @extend_schema(
        operation_id="people_imports_create",
        summary="Import people from a file",
        description="A CSV file in UTF-8, as the field `file` of a form or as a `text/csv` body, of at most 1 MB and "
        "2000 rows. The first row names the columns, in any order: `name` and `birth_date` (YYYY-MM-DD), and if there "
        "are any `relationship`, `notes`, `latin_name`, `current_name`, `gender`; others are not looked at. Commas, "
        "semicolons and tabs are told apart by themselves. The file is taken over in the background; every row that "
        "can be is, and the others say why not. One file at a time (409 `import_running`), twenty a day.",
        request={"multipart/form-data": PeopleFileSerializer, "text/csv": str},
        responses={
            202: PeopleImportSerializer,
            **problem(400, PeopleFileNotAccepted.code, PeopleFileNotAccepted.detail),
            **problem(409, ImportRunning.code, ImportRunning.detail),
            **problem(429, DailyQuotaReached.code, DailyQuotaReached.detail),
        },
        examples=[
            OpenApiExample("a form", value={FIELD: CSV}, request_only=True, media_type="multipart/form-data"),
            OpenApiExample("a file", value=CSV, request_only=True, media_type="text/csv"),
            OpenApiExample("begun", value=BEGUN, response_only=True, status_codes=["202"]),
        ],
    )
    def post(self, request: Request) -> Response:
        user = cast(User, request.user)
        spend(IMPORTS, str(user.pk))
        given = cast("dict[str, Any]", request.data).get(FIELD)
        if given is None:
            raise PeopleFileNotAccepted("Send the file as the field file of a form, or as a text/csv body.")
        job = services.begin(owner=user, raw=given.read())
        return Response(PeopleImportSerializer(job).data, status=202)


class ImportView(APIView):
    @extend_schema(
        operation_id="people_imports_retrieve",
        summary="How far an import is",
        description="`row_errors` says for each row that was not taken over which column is at fault and why, so far. "
        "A row is `duplicate` when somebody of that name and birth date is kept already, and `plan_limit_reached` when "
        "the plan grants no more people. An import that `failed` has stopped for good; what it added stays.",
        responses={200: ReportedImportSerializer},
        examples=[
            OpenApiExample("done", value=DONE | {"row_errors": [ROW_ERROR]}, response_only=True, status_codes=["200"])
        ],
    )
    def get(self, request: Request, import_id: UUID) -> Response:
        return Response(ReportedImportSerializer(import_of(cast(User, request.user), import_id)).data)
