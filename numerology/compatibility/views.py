from typing import cast
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.http.openapi import problem
from numerai.common.http.pagination import ARRAY_PARAMETERS, array_of
from numerology.charts.refusals import STRANGER
from numerology.charts.services import today_of
from numerology.compatibility import examples, groups, services
from numerology.compatibility.selectors import check_of, checks_of
from numerology.compatibility.serializers import (
    CompatibilityCheckSerializer,
    CompatibilityInputSerializer,
    MatrixInputSerializer,
    MatrixSerializer,
)
from numerology.errors import BirthDateRequired
from payments.entitlements import PlanRequired

REFUSED = {
    **problem(PlanRequired.status, PlanRequired.code, PlanRequired.detail),
    **problem(BirthDateRequired.status, BirthDateRequired.code, BirthDateRequired.detail),
}


class CompatibilityChecksView(APIView):
    @extend_schema(
        operation_id="compatibility_check",
        summary="Compare me with somebody",
        description="Compares one's own chart with that of somebody else, as a couple, in business, as friends or as "
        "a family, and keeps the answer. The score is the same whoever asks: `breakdown` says what each position "
        "contributes, by the level of its two numbers and by its weight in this type of relationship; a number that "
        "a name cannot have is left out and the others weigh more. Asking for the same once more on the same day "
        "gives the check that is there (200) and does not count again. Needs a plan with compatibility (402 "
        "`plan_required`), which grants so many checks a day (402 `plan_limit_reached`). 409 names what one's own "
        "profile lacks.",
        request=CompatibilityInputSerializer,
        responses={
            200: OpenApiResponse(CompatibilityCheckSerializer, description="It was checked today already."),
            201: CompatibilityCheckSerializer,
            **REFUSED,
        },
        examples=[examples.ASK, examples.ANSWER],
    )
    def post(self, request: Request) -> Response:
        user = cast(User, request.user)
        form = CompatibilityInputSerializer(data=request.data, context={"today": today_of(user)})
        form.is_valid(raise_exception=True)
        check, is_new = services.check(
            user=user,
            partner=form.partner(),
            relationship=form.validated_data["relationship_type"],
            system=form.validated_data.get("system"),
        )
        return Response(CompatibilityCheckSerializer(check).data, status=201 if is_new else 200)


class CompatibilityCheckView(APIView):
    @extend_schema(
        operation_id="compatibility_check_retrieve",
        summary="One of my checks",
        description="As it was answered then. What was checked can be read whatever the plan is now.",
        responses={200: CompatibilityCheckSerializer},
        examples=[examples.ANSWER],
    )
    def get(self, request: Request, check_id: UUID) -> Response:
        return Response(CompatibilityCheckSerializer(check_of(cast(User, request.user), check_id)).data)

    @extend_schema(
        operation_id="compatibility_check_delete",
        summary="Forget one of my checks",
        description="It is gone at once and for good. It still counts among the checks of its day.",
        responses={204: None},
    )
    def delete(self, request: Request, check_id: UUID) -> Response:
        services.delete(user=cast(User, request.user), check_id=check_id)
        return Response(status=204)


class CompatibilityHistoryView(APIView):
    @extend_schema(
        operation_id="compatibility_history",
        summary="My checks",
        description="The newest first. With more than `limit` checks the `Link` header leads on.",
        parameters=ARRAY_PARAMETERS,
        responses={200: CompatibilityCheckSerializer(many=True)},
        examples=[examples.HISTORY],
    )
    def get(self, request: Request) -> Response:
        rows, headers = array_of(request, checks_of(cast(User, request.user)))
        return Response(CompatibilityCheckSerializer(rows, many=True).data, headers=headers)


class CompatibilityMatrixView(APIView):
    @extend_schema(
        operation_id="compatibility_matrix",
        summary="Compare a group",
        description="Scores every pair of 2 to 12 people, oneself among them unless `include_me` is false. Each entry "
        "is somebody one keeps (`person_id`, 404 for anybody else's) or a name and a birth date. How many can be "
        "compared at once depends on the plan, oneself counted (402 `plan_limit_reached`). Nothing is kept. 409 names "
        "what one's own profile, or somebody one keeps, lacks.",
        request=MatrixInputSerializer,
        responses={200: MatrixSerializer, **REFUSED, **STRANGER},
        examples=[examples.GROUP, examples.MATRIX],
    )
    def post(self, request: Request) -> Response:
        user = cast(User, request.user)
        form = MatrixInputSerializer(data=request.data, context={"today": today_of(user)})
        form.is_valid(raise_exception=True)
        group = groups.compare(
            user=user,
            sides=form.sides(),
            relationship=form.validated_data["relationship_type"],
            includes_me=form.validated_data["include_me"],
            system=form.validated_data.get("system"),
        )
        return Response(MatrixSerializer(group).data)
