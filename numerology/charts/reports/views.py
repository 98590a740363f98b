from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerology.charts.refusals import INCOMPLETE, NO_PLAN
from numerology.charts.reports import examples
from numerology.charts.reports.analysis import life_path_analysis
from numerology.charts.reports.full import full_report
from numerology.charts.reports.serializers import FullReportSerializer, LifePathAnalysisSerializer


class LifePathAnalysisView(APIView):
    @extend_schema(
        operation_id="numerology_life_path_analysis",
        summary="My Life Path",
        description="The page of the Life Path with how it was worked out, the karmic debt met on the way if there is "
        "one, and what other methods give where they differ. Needs a plan with the analysis (402 `plan_required`). "
        "409 `birth_date_required` when the profile has no date of birth.",
        responses={200: LifePathAnalysisSerializer, **NO_PLAN, **INCOMPLETE},
        examples=[examples.ANALYSIS],
    )
    def get(self, request: Request) -> Response:
        return Response(life_path_analysis(cast(User, request.user)))


class FullReportView(APIView):
    @extend_schema(
        operation_id="numerology_full_report",
        summary="My full report",
        description="A chart in order, as of today in the person's own time zone: each number with its title, the "
        "stages of life with the ages they begin and end at, debts, lessons and gifts with their texts, and a summary "
        "put together from the texts of the numbers. Needs a plan with the report (402 `plan_required`). 409 names "
        "what the profile lacks.",
        responses={200: FullReportSerializer, **NO_PLAN, **INCOMPLETE},
        examples=[examples.REPORT],
    )
    def get(self, request: Request) -> Response:
        return Response(full_report(cast(User, request.user)))
