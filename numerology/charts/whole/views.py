from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.errors import TooManyRequests
from numerai.common.http.openapi import problem
from numerology.charts.refusals import INCOMPLETE, NO_PLAN, STRANGER
from numerology.charts.services import today_of
from numerology.charts.whole import examples, services
from numerology.charts.whole.representation import chart_json
from numerology.charts.whole.schema import ChartSerializer
from numerology.charts.whole.serializers import ChartInputSerializer, ChartQuerySerializer, TextsQuerySerializer

TOO_MANY = problem(TooManyRequests.status, TooManyRequests.code, TooManyRequests.detail)
WHAT = (
    "Every number with its value, root, chain, the letters or digits that made it, its method, and what other methods "
    "give where they differ. `content_hash` is the same for the same inputs, options and version of the engine. "
)


class ChartView(APIView):
    @extend_schema(
        operation_id="numerology_chart",
        summary="My whole chart, or that of somebody I keep",
        description=f"{WHAT}Of today in the person's own time zone, in the system of their profile, by the mainstream "
        "methods. `person_id` is somebody one keeps, 404 for anybody else's. `texts=true` adds what each means. Needs "
        "a plan with whole charts (402 `plan_required`). 409 names what the profile lacks.",
        parameters=[ChartQuerySerializer],
        responses={200: ChartSerializer, **NO_PLAN, **INCOMPLETE, **STRANGER},
        examples=[examples.ANSWER],
    )
    def get(self, request: Request) -> Response:
        query = ChartQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        chart = services.kept_chart(cast(User, request.user), asked.get("person_id"))
        return Response(chart_json(chart, with_texts=asked["texts"]))

    @extend_schema(
        operation_id="numerology_chart_of_any",
        summary="The whole chart of any name and date",
        description=f"{WHAT}Nothing of it is kept. `options` takes a method by the name of its option; the answer "
        "lists all of them with what was used. 400 is at the input at fault with the engine's own code: "
        "`latin_name_required` has a `proposal`, `option_unknown` lists what is `allowed`. `texts=true` in the query "
        "or `with_texts` adds what each number means. Needs a plan with charts of any name (402 `plan_required`).",
        parameters=[TextsQuerySerializer],
        request=ChartInputSerializer,
        responses={200: ChartSerializer, **NO_PLAN, **TOO_MANY},
        examples=[examples.ASK, examples.ANSWER],
    )
    def post(self, request: Request) -> Response:
        user = cast(User, request.user)
        query = TextsQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        form = ChartInputSerializer(data=request.data, context={"today": today_of(user)})
        form.is_valid(raise_exception=True)
        chart = services.any_chart(user, form.asked())
        return Response(
            chart_json(chart, with_texts=query.validated_data["texts"] or form.validated_data["with_texts"])
        )
