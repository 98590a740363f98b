"""The numbers of one's people, over HTTP."""

from typing import cast
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.http.openapi import problem
from numerai.common.http.strict import StrictSerializer
from numerology.charts import examples as of_charts
from numerology.charts.answers.representation import birth_chart_body, profile_json
from numerology.charts.models import CalculationSystem
from numerology.charts.serializers import BirthChartSerializer, CalculatedSerializer, NumerologyProfileSerializer
from numerology.errors import LatinNameRequired
from numerology.people import examples, services
from numerology.people.selectors import person_of

UNCOUNTABLE = problem(LatinNameRequired.status, LatinNameRequired.code, LatinNameRequired.of_another)
LACKS = "409 `latin_name_required` or `name_no_letters` says what the name lacks; change the person to mend it."


class PersonCalculateSerializer(StrictSerializer):
    system = serializers.ChoiceField(choices=CalculationSystem.choices, default=CalculationSystem.PYTHAGOREAN.value)


class PersonCalculateView(APIView):
    @extend_schema(
        operation_id="people_calculate",
        summary="Calculate the numbers of somebody",
        description=f"Calculates in the chosen system and keeps the result. Repeating it is harmless. {LACKS}",
        request=PersonCalculateSerializer,
        responses={200: CalculatedSerializer, **UNCOUNTABLE},
        examples=[of_charts.CALCULATE, examples.CALCULATED],
    )
    def post(self, request: Request, person_id: UUID) -> Response:
        user = cast(User, request.user)
        person = person_of(user, person_id)
        form = PersonCalculateSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        profile = services.calculate(owner=user, person=person, system=form.validated_data["system"])
        message = f"The numbers of {person.name} have been calculated."
        return Response({"message": message, "profile": profile_json(profile)})


class PersonProfileView(APIView):
    @extend_schema(
        operation_id="people_profile",
        summary="The numbers of somebody",
        description="404 before they were first calculated. They always belong to the present name and birth date; "
        f"Personal Year and Month are those of today in the caller's own time zone. {LACKS}",
        responses={200: NumerologyProfileSerializer, **UNCOUNTABLE},
        examples=[of_charts.CURRENT],
    )
    def get(self, request: Request, person_id: UUID) -> Response:
        user = cast(User, request.user)
        profile = services.current_profile(owner=user, person=person_of(user, person_id))
        return Response(profile_json(profile))


class PersonBirthChartView(APIView):
    @extend_schema(
        operation_id="people_birth_chart",
        summary="The numbers of somebody and what they mean",
        description=f"Each number with the text of its position; 404 before they were first calculated. {LACKS}",
        responses={200: BirthChartSerializer, **UNCOUNTABLE},
        examples=[of_charts.BIRTH_CHART],
    )
    def get(self, request: Request, person_id: UUID) -> HttpResponse:
        user = cast(User, request.user)
        profile = services.current_profile(owner=user, person=person_of(user, person_id))
        return HttpResponse(birth_chart_body(profile), content_type="application/json")
