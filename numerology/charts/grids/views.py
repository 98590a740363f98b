from datetime import date
from typing import cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerology.charts.grids.serializers import LoShuGridSerializer, LoShuQuerySerializer
from numerology.charts.grids.services import grid_json, lo_shu_of
from numerology.charts.refusals import INCOMPLETE, NO_PLAN, STRANGER
from numerology.engine.sections.birth import birth_numbers

BORN = date(1949, 5, 10)
GRID = OpenApiExample(
    "born on 10 May 1949",
    value={"birth_date": BORN.isoformat(), **grid_json(birth_numbers(BORN))},
    response_only=True,
    status_codes=["200"],
)


class LoShuGridView(APIView):
    @extend_schema(
        operation_id="numerology_lo_shu_grid",
        summary="The Lo Shu grid",
        description="The digits of the birth date in the square 4 9 2, 3 5 7, 8 1 6, with driver and conductor unless "
        "`fill` says otherwise; each cell, and each line that is full or empty, with what it says. Filling in the Kua "
        "number needs a gender, of the profile or of `gender` (400 `gender_required`). `person_id` is somebody one "
        "keeps, 404 for anybody else's. Needs a plan with the grid (402 `plan_required`). 409 names what the profile "
        "lacks.",
        parameters=[LoShuQuerySerializer],
        responses={200: LoShuGridSerializer, **NO_PLAN, **INCOMPLETE, **STRANGER},
        examples=[GRID],
    )
    def get(self, request: Request) -> Response:
        query = LoShuQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        grid = lo_shu_of(
            cast(User, request.user),
            person_id=asked.get("person_id"),
            fill=asked.get("fill"),
            gender=asked.get("gender"),
        )
        return Response(grid)
