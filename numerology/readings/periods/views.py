from datetime import date
from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.http.fields import picked
from numerai.common.http.openapi import problem
from numerology.errors import BirthDateRequired
from numerology.readings.periods import examples, services
from numerology.readings.periods.serializers import (
    MonthlyReadingSerializer,
    MonthQuerySerializer,
    WeeklyReadingSerializer,
    WeekQuerySerializer,
    YearlyReadingSerializer,
    YearQuerySerializer,
)
from payments.entitlements import PlanRequired

REFUSALS = {
    **problem(PlanRequired.status, PlanRequired.code, PlanRequired.detail),
    **problem(BirthDateRequired.status, BirthDateRequired.code, BirthDateRequired.detail),
}
REACH = (
    "The same on every read. It needs a plan that has it (402 `plan_required`) and lies no farther from today than the "
    "plan grants (402 `plan_limit_reached`); before birth and beyond every plan there is none (400 "
    "`reading_date_out_of_range`)."
)


class WeeklyReadingView(APIView):
    @extend_schema(
        operation_id="numerology_weekly_reading",
        summary="My reading for a week",
        description="From Monday to Sunday: a theme, a focus, each day with its number, and a day of its own for "
        f"starting something, for work, for people and for rest, with the reason. {REACH}",
        parameters=[WeekQuerySerializer],
        responses={200: WeeklyReadingSerializer, **REFUSALS},
        examples=[examples.WEEKLY],
    )
    def get(self, request: Request) -> Response:
        on_date = _asked(request, WeekQuerySerializer)
        reading = services.weekly_reading(user=cast(User, request.user), on_date=on_date)
        return Response(WeeklyReadingSerializer(reading).data)


class MonthlyReadingView(APIView):
    @extend_schema(
        operation_id="numerology_monthly_reading",
        summary="My reading for a month",
        description="The Personal Month within its Personal Year, its weeks, and what the month is like for everybody. "
        f"{REACH}",
        parameters=[MonthQuerySerializer],
        responses={200: MonthlyReadingSerializer, **REFUSALS},
        examples=[examples.MONTHLY],
    )
    def get(self, request: Request) -> Response:
        on_date = _asked(request, MonthQuerySerializer)
        reading = services.monthly_reading(user=cast(User, request.user), on_date=on_date)
        return Response(MonthlyReadingSerializer(reading).data)


class YearlyReadingView(APIView):
    @extend_schema(
        operation_id="numerology_yearly_reading",
        summary="My reading for a year",
        description="The Personal Year with its twelve months, and the Pinnacle, Period and Essence it lies in, of "
        f"which the birthday may bring another. {REACH}",
        parameters=[YearQuerySerializer],
        responses={200: YearlyReadingSerializer, **REFUSALS},
        examples=[examples.YEARLY],
    )
    def get(self, request: Request) -> Response:
        on_date = _asked(request, YearQuerySerializer)
        reading = services.yearly_reading(user=cast(User, request.user), on_date=on_date)
        return Response(YearlyReadingSerializer(reading).data)


def _asked(request: Request, serializer: type[serializers.Serializer[Any]]) -> date | None:
    query = serializer(data=picked(request.query_params.dict(), "date"))
    query.is_valid(raise_exception=True)
    on_date: date | None = query.validated_data.get("date")
    return on_date
