"""The schema tells the whole truth: success comes from the views, problems are added here for every operation."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers
from rest_framework.permissions import AllowAny

from numerai.common.http.problem import CONTENT_TYPE, TYPE_BASE


class FieldProblemSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="The input's name; nested names are joined by dots.")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="One sentence that is safe to show to the person.")
    code = serializers.CharField(help_text="Stable machine code; see docs/errors.md.")
    request_id = serializers.CharField(required=False)
    errors = FieldProblemSerializer(many=True, required=False)  # type: ignore[assignment]


def problem(status: int, code: str, detail: str) -> dict[tuple[int, str], OpenApiResponse]:
    """A documented problem answer, to be merged into an operation's ``responses``."""
    example = OpenApiExample(
        code,
        value={
            "type": f"{TYPE_BASE}{code}",
            "title": detail.rstrip("."),
            "status": status,
            "detail": detail,
            "code": code,
            "request_id": "0c7d2f0e9a4b4f6d8b1a2c3d4e5f6a7b",
        },
        response_only=True,
        status_codes=[str(status)],
    )
    return {(status, CONTENT_TYPE): OpenApiResponse(ProblemSerializer, description=detail, examples=[example])}


class ProblemAwareSchema(AutoSchema):
    """Adds the problems that the framework itself raises, so that a client generated from the schema knows them."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status, code, detail in self._framework_problems():
            if str(status) not in bodies:
                (((_, *media_types), response),) = problem(status, code, detail).items()
                bodies[str(status)] = self._get_response_for_code(response, str(status), media_types, direction)
        return dict(sorted(bodies.items()))

    def _framework_problems(self) -> list[tuple[int, str, str]]:
        problems: list[tuple[int, str, str]] = []
        takes_body = self.method in {"POST", "PUT", "PATCH"}
        parameters = self.get_override_parameters()
        if takes_body or parameters or "{" in self.path:
            problems.append((400, "validation_error", "The input is not valid."))
        if not any(isinstance(permission, AllowAny) for permission in self.view.get_permissions()):
            problems.append((401, "not_authenticated", "Sign in to do this."))
        if "{" in self.path or any(getattr(parameter, "name", "") == "page" for parameter in parameters):
            problems.append((404, "not_found", "There is nothing here, or it is not yours."))
        if takes_body:
            problems.append((413, "body_too_large", "The request body is larger than this endpoint accepts."))
            problems.append((415, "unsupported_media_type", "Send application/json."))
        return problems
