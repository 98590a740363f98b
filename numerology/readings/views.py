from typing import cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.errors import NotFound
from numerai.common.http.fields import picked
from numerai.common.http.openapi import problem
from numerai.common.http.pagination import PARAMETERS, numbered_body, page_of
from numerology.errors import BirthDateRequired
from numerology.readings.selectors import readings_of
from numerology.readings.serializers import (
    DailyReadingQuerySerializer,
    DailyReadingSerializer,
    ReadingHistorySerializer,
)
from numerology.readings.services import daily_reading
from payments.entitlements import PlanRequired

READING = {
    "id": "6f1f2a0e-54b5-4c0e-8d4f-0a6a1b7e9c55",
    "reading_date": "2026-11-20",
    "personal_day_number": 2,
    "lucky_number": 4,
    "lucky_color": "Pearl",
    "auspicious_time": "10:00 to 11:00 in the morning",
    "activity_recommendation": "Something pleasant to do today.",
    "warning": "Something to go gently with.",
    "affirmation": "A sentence to say to yourself.",
    "actionable_tip": "A small step that takes a few minutes.",
    "generated_at": "2026-11-20T06:00:00Z",
}
EXAMPLE = OpenApiExample("a reading", value=READING, response_only=True)
HISTORY = OpenApiExample(
    "the newest", value={"count": 41, "page": 1, "page_size": 20, "results": [READING]}, response_only=True
)


class DailyReadingView(APIView):
    @extend_schema(
        operation_id="numerology_daily_reading",
        summary="My reading for a day",
        description="The same on every read. Every plan includes today's reading, where today is the day it is in the "
        "person's own time zone; other dates need a plan that has them (402 `plan_required`) and that grants so many "
        "days from today (402 `plan_limit_reached`). Dates before birth and beyond every plan have no reading (400 "
        "`reading_date_out_of_range`).",
        parameters=[DailyReadingQuerySerializer],
        responses={
            200: DailyReadingSerializer,
            **problem(PlanRequired.status, PlanRequired.code, PlanRequired.detail),
            **problem(BirthDateRequired.status, BirthDateRequired.code, BirthDateRequired.detail),
        },
        examples=[EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        query = DailyReadingQuerySerializer(data=picked(request.query_params.dict(), "date"))
        query.is_valid(raise_exception=True)
        reading = daily_reading(user=cast(User, request.user), on_date=query.validated_data.get("date"))
        return Response(DailyReadingSerializer(reading).data)


class ReadingHistoryView(APIView):
    @extend_schema(
        operation_id="numerology_reading_history",
        summary="The daily readings I was given",
        description="The newest day first, whatever the plan is now: what somebody was told stays theirs. 404 past the "
        "last page.",
        parameters=PARAMETERS,
        responses={200: ReadingHistorySerializer, **problem(404, NotFound.code, NotFound.detail)},
        examples=[HISTORY],
    )
    def get(self, request: Request) -> Response:
        page, count, readings = page_of(request, readings_of(cast(User, request.user)))
        return Response(numbered_body(page, count, list(DailyReadingSerializer(readings, many=True).data)))
