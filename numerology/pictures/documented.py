"""How pictures, and the JSON beside each, stand in the API's document."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers

from numerai.common.http.openapi import problem
from numerology.errors import BirthDateRequired
from numerology.pictures.answers import SVG
from numerology.pictures.serializers import PictureQuerySerializer, WhoseQuerySerializer
from payments.entitlements import PlanRequired

Query = type[serializers.Serializer[Any]] | None
INCOMPLETE = problem(BirthDateRequired.status, BirthDateRequired.code, BirthDateRequired.detail)
NO_PLAN = problem(PlanRequired.status, PlanRequired.code, PlanRequired.detail)
DRAWN = (
    " An SVG with a title and a description, as wide as the room it is given and legible from 360 pixels on, without "
    "scripts and without anything from elsewhere. Comes with an `ETag`: a request with `If-None-Match` is a 304 while "
    "nothing has changed."
)
TOLD = "The same values as in the picture, with the sentence that describes it. Comes with an `ETag`, as the picture."
OF_WHOM = " With `person_id` of somebody one keeps, 404 for anybody else. 409 names what the profile or they lack."
DOCUMENT = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 1193" width="100%" role="img" lang="en"><title>Birth '
    "chart of Thomas John Hancock</title><desc>The nine numbers of Thomas John Hancock.</desc></svg>"
)


def svg_schema(
    kind: str, summary: str, description: str, *, needs_plan: bool = False, query: Query = PictureQuerySerializer
) -> Callable[[Any], Any]:
    return extend_schema(
        operation_id=f"pictures_{kind}",
        summary=summary,
        description=description + DRAWN + (OF_WHOM if query is PictureQuerySerializer else ""),
        parameters=[query] if query else [],
        responses={
            (200, SVG): OpenApiResponse(OpenApiTypes.STR, description="The picture."),
            **_refusals(needs_plan=needs_plan, is_of_check=query is not PictureQuerySerializer),
        },
        examples=[
            OpenApiExample("a picture", value=DOCUMENT, media_type=SVG, response_only=True, status_codes=["200"]),
        ],
    )


def beside_schema(
    kind: str,
    summary: str,
    shape: type[serializers.Serializer[Any]],
    example: dict[str, Any],
    *,
    needs_plan: bool = False,
    query: Query = WhoseQuerySerializer,
) -> Callable[[Any], Any]:
    return extend_schema(
        operation_id=f"pictures_{kind}_beside",
        summary=summary,
        description=TOLD + (OF_WHOM if query else ""),
        parameters=[query] if query else [],
        responses={200: shape, **_refusals(needs_plan=needs_plan, is_of_check=query is None)},
        examples=[OpenApiExample("what it shows", value=example, response_only=True, status_codes=["200"])],
    )


def _refusals(*, needs_plan: bool, is_of_check: bool) -> dict[Any, OpenApiResponse]:
    return {
        **(NO_PLAN if needs_plan else {}),
        **({} if is_of_check else INCOMPLETE),
        **problem(404, "not_found", "There is nothing here, or it is not yours."),
    }
