from typing import cast

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerology.charts import examples, services
from numerology.charts.answers.representation import birth_chart_body, profile_json
from numerology.charts.refusals import INCOMPLETE
from numerology.charts.serializers import (
    BirthChartSerializer,
    CalculatedSerializer,
    CalculateSerializer,
    NumerologyProfileSerializer,
)


class CalculateView(APIView):
    @extend_schema(
        operation_id="numerology_calculate",
        summary="Calculate my nine numbers",
        description="Calculates from the full name and date of birth of the profile, in the chosen system, and keeps "
        "the result. Repeating it is harmless. 409 names what the profile lacks: `birth_date_required`, "
        "`name_required`, `name_no_letters` or `latin_name_required`.",
        request=CalculateSerializer,
        responses={200: CalculatedSerializer, **INCOMPLETE},
        examples=[examples.CALCULATE, examples.CALCULATED],
    )
    def post(self, request: Request) -> Response:
        form = CalculateSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        profile = services.calculate(
            user=cast(User, request.user),
            system=form.validated_data["system"],
            latin_name=form.validated_data.get("latin_name"),
        )
        return Response({"message": "Your numbers have been calculated.", "profile": profile_json(profile)})


class ProfileView(APIView):
    @extend_schema(
        operation_id="numerology_profile",
        summary="My nine numbers",
        description="The numbers that belong to the present name and date of birth; they are calculated when first "
        "asked for and again after either has changed. Personal Year and Month are those of today in the person's "
        "own time zone. 409 names what the profile lacks.",
        responses={200: NumerologyProfileSerializer, **INCOMPLETE},
        examples=[examples.CURRENT],
    )
    def get(self, request: Request) -> Response:
        profile = services.current_profile(user=cast(User, request.user))
        return Response(profile_json(profile))


class BirthChartView(APIView):
    @extend_schema(
        operation_id="numerology_birth_chart",
        summary="My nine numbers and what they mean",
        description="Each number comes with the text of its own position. A number that the name cannot have, such "
        "as the Soul Urge of a name without vowels, is null and has a short text that says why. 409 names what the "
        "profile lacks.",
        responses={200: BirthChartSerializer, **INCOMPLETE},
        examples=[examples.BIRTH_CHART],
    )
    def get(self, request: Request) -> HttpResponse:
        profile = services.current_profile(user=cast(User, request.user))
        return HttpResponse(birth_chart_body(profile), content_type="application/json")
