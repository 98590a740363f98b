from datetime import date, timedelta
from typing import cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.http.fields import picked
from numerai.common.http.openapi import problem
from numerai.common.http.pagination import ARRAY_PARAMETERS, array_of
from numerology.charts.services import today_of
from numerology.errors import BirthDateRequired
from numerology.remedies import examples, reporting, services
from numerology.remedies.selectors import FEATURE, trackings_of
from numerology.remedies.serializers import (
    AllProgressSerializer,
    ProgressQuerySerializer,
    RemedyChangeSerializer,
    RemedyProgressSerializer,
    RemedySerializer,
    RemedyTrackingSerializer,
    ReminderSerializer,
    TrackingsQuerySerializer,
    TrackSerializer,
)
from payments import entitlements
from payments.entitlements import PlanRequired

LACKS_PLAN = problem(PlanRequired.status, PlanRequired.code, PlanRequired.detail)
INCOMPLETE = problem(BirthDateRequired.status, BirthDateRequired.code, BirthDateRequired.detail)
A_MONTH = timedelta(days=30)
GONE = "404 for remedies of others and for those that another has taken the place of."


class RemediesView(APIView):
    @extend_schema(
        operation_id="remedies_list",
        summary="My remedies",
        description="One of each of six types, chosen by the numbers of one's chart; `reason` says by which, and why. "
        "They change with the chart alone. 409 names what the profile lacks.",
        responses={200: RemedySerializer(many=True), **LACKS_PLAN, **INCOMPLETE},
        examples=[examples.LIST],
    )
    def get(self, request: Request) -> Response:
        remedies = services.remedies_of(cast(User, request.user))
        return Response(RemedySerializer(remedies, many=True).data)


class RemedyView(APIView):
    @extend_schema(
        operation_id="remedies_update",
        summary="Put a remedy aside, or take it up again",
        description=f"What is put aside reminds of nothing. {GONE}",
        request=RemedyChangeSerializer,
        responses={200: RemedySerializer, **LACKS_PLAN},
        examples=[examples.ASIDE, examples.ONE],
    )
    def patch(self, request: Request, remedy_id: UUID) -> Response:
        user = cast(User, request.user)
        services.granted(user, remedy_id)
        form = RemedyChangeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        remedy = services.put_aside(user=user, remedy_id=remedy_id, **form.validated_data)
        return Response(RemedySerializer(remedy).data)


class TrackView(APIView):
    @extend_schema(
        operation_id="remedies_track",
        summary="Note whether I practised a remedy",
        description="One note a day: saying it again changes it, and absent `notes` keep what was noted. Today and the "
        f"30 days before it can be tracked (400 `tracking_date_out_of_range`). {GONE}",
        request=TrackSerializer,
        responses={200: RemedyTrackingSerializer, **LACKS_PLAN},
        examples=[examples.TRACK, examples.TRACKED],
    )
    def post(self, request: Request, remedy_id: UUID) -> Response:
        user = cast(User, request.user)
        remedy = services.granted(user, remedy_id)
        form = TrackSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        said = form.validated_data
        tracking = services.track(
            user=user,
            remedy=remedy,
            on_date=said["date"],
            is_completed=said["is_completed"],
            notes=said.get("notes"),
        )
        return Response(RemedyTrackingSerializer(tracking).data)


class ReminderView(APIView):
    @extend_schema(
        operation_id="remedies_remind",
        summary="Be reminded of a remedy",
        description="At a time of day by one's own clock, by the ways chosen in the preferences of notifications. No "
        f"reminder comes on a day that is tracked as done, nor while the plan has no remedies. {GONE}",
        request=ReminderSerializer,
        responses={200: RemedySerializer, **LACKS_PLAN},
        examples=[examples.REMIND, examples.ONE],
    )
    def put(self, request: Request, remedy_id: UUID) -> Response:
        user = cast(User, request.user)
        services.granted(user, remedy_id)
        form = ReminderSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        said = form.validated_data
        remedy = services.remind_at(user=user, remedy_id=remedy_id, at=said["time"], weekdays=said.get("weekdays"))
        return Response(RemedySerializer(remedy).data)

    @extend_schema(
        operation_id="remedies_remind_no_more",
        summary="Be reminded of a remedy no more",
        description=f"Repeating it is harmless, and it takes no plan. {GONE}",
        responses={204: None},
    )
    def delete(self, request: Request, remedy_id: UUID) -> Response:
        services.remind_no_more(user=cast(User, request.user), remedy_id=remedy_id)
        return Response(status=204)


class ProgressView(APIView):
    @extend_schema(
        operation_id="remedies_progress",
        summary="How a remedy is going",
        description=f"Streaks and the data of a chart, day by day, until today where the person lives. {GONE}",
        parameters=[ProgressQuerySerializer],
        responses={200: RemedyProgressSerializer, **LACKS_PLAN},
        examples=[examples.PROGRESS],
    )
    def get(self, request: Request, remedy_id: UUID) -> Response:
        query = ProgressQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        answer = reporting.progress_of(user=cast(User, request.user), remedy_id=remedy_id, **query.validated_data)
        return Response(RemedyProgressSerializer(answer).data)


class AllProgressView(APIView):
    @extend_schema(
        operation_id="remedies_progress_of_all",
        summary="How my remedies are going",
        description="Streaks of all of them together, where a day counts when one of them was practised, and of each.",
        parameters=[ProgressQuerySerializer],
        responses={200: AllProgressSerializer, **LACKS_PLAN},
        examples=[examples.ALL_PROGRESS],
    )
    def get(self, request: Request) -> Response:
        query = ProgressQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        answer = reporting.progress_of_all(user=cast(User, request.user), **query.validated_data)
        return Response(AllProgressSerializer(answer).data)


class TrackingsView(APIView):
    @extend_schema(
        operation_id="remedies_trackings",
        summary="What I noted of my remedies",
        description="Of the days from `since` to `until`, the newest first, also of remedies that have been replaced.",
        parameters=[TrackingsQuerySerializer, *ARRAY_PARAMETERS],
        responses={200: RemedyTrackingSerializer(many=True), **LACKS_PLAN},
        examples=[examples.TRACKINGS],
    )
    def get(self, request: Request) -> Response:
        user = cast(User, request.user)
        query = TrackingsQuerySerializer(data=picked(request.query_params.dict(), "since", "until"))
        query.is_valid(raise_exception=True)
        last = query.validated_data.get("until") or today_of(user)
        first = query.validated_data.get("since") or last - min(A_MONTH, last - date.min)
        rows, headers = array_of(request, trackings_of(user, first=first, last=last), by="-date")
        entitlements.require(user, FEATURE)
        return Response(RemedyTrackingSerializer(rows, many=True).data, headers=headers)
