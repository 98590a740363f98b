from typing import cast
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.http.pagination import ARRAY_PARAMETERS, array_of
from numerology.charts.history import examples
from numerology.charts.history.models import ProfileCalculation
from numerology.charts.history.serializers import ProfileCalculationSerializer
from numerology.charts.history.services import KEPT, calculations_of
from numerology.people.selectors import person_of

WHAT = (
    "An entry each time the numbers, or the name, birth date or system they are made from, became others; the newest "
    "first. Calculating the same again adds none, and Personal Year and Month, which belong to a day, are no part of "
    f"it. The last {KEPT} are kept. With more than `limit` entries the `Link` header leads on."
)


class HistoryView(APIView):
    @extend_schema(
        operation_id="numerology_profile_history",
        summary="What my numbers have been",
        description=f"{WHAT} Empty before the first calculation.",
        parameters=ARRAY_PARAMETERS,
        responses={200: ProfileCalculationSerializer(many=True)},
        examples=[examples.HISTORY],
    )
    def get(self, request: Request) -> Response:
        return _listed(request, calculations_of(cast(User, request.user).pk))


class PersonHistoryView(APIView):
    @extend_schema(
        operation_id="people_profile_history",
        summary="What the numbers of somebody have been",
        description=f"{WHAT} Empty before the first calculation; 404 for people of others.",
        parameters=ARRAY_PARAMETERS,
        responses={200: ProfileCalculationSerializer(many=True)},
        examples=[examples.HISTORY],
    )
    def get(self, request: Request, person_id: UUID) -> Response:
        user = cast(User, request.user)
        return _listed(request, calculations_of(user.pk, person_of(user, person_id).pk))


def _listed(request: Request, rows: "QuerySet[ProfileCalculation]") -> Response:
    found, headers = array_of(request, rows, by="-place")
    return Response(ProfileCalculationSerializer(found, many=True).data, headers=headers)
