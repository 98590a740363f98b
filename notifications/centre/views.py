"""What a person sees of their notifications."""

from dataclasses import asdict
from typing import Any, cast
from uuid import UUID

from django.http import JsonResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.centre import examples, selectors, services
from notifications.centre.examples import answered
from notifications.centre.explaining import explained
from notifications.centre.listing import ALL, Direction, Filters, Place, listed, one
from notifications.centre.paging import TOO_FAR, page_of
from notifications.centre.serializers import (
    ExplanationSerializer,
    ListQuerySerializer,
    NotificationPageSerializer,
    NotificationSerializer,
    RecentSerializer,
    UnreadCountSerializer,
)
from notifications.centre.services import Action
from notifications.channels.base import Recipient
from numerai.common.errors import NotFound
from numerai.common.http.openapi import problem
from numerai.common.http.pagination import PARAMETERS as PAGE_PARAMETERS

UNREAD_HEADER = "X-Unread-Count"
VERSION_HEADER = "X-Unread-Version"
RECENT = Place(size=10)
MISSING = problem(404, NotFound.code, NotFound.detail)


def reader(request: Request) -> Recipient:
    return cast(Recipient, request.user)


class NotificationListView(APIView):
    @extend_schema(
        operation_id="notifications_list",
        summary="List notifications",
        description="The person's notifications, newest first; what is deleted, archived or expired is left out. Pages "
        "reach as far as `count` counts; the `next` of the last one goes on with `before`, which is as quick at any "
        "depth and shifted by nothing that arrives meanwhile. `before` and `after` take the id of a notification, may "
        "be used from the start, and answer an empty list where there is no more. `priority`, `kind`, `category`, `q` "
        "and every filter of the archive look through the newest 5000.",
        parameters=[ListQuerySerializer, *PAGE_PARAMETERS],
        responses={200: NotificationPageSerializer, **problem(404, NotFound.code, TOO_FAR)},
        examples=[
            answered(
                "One notification",
                {
                    "count": 1,
                    "count_capped": False,
                    "next": None,
                    "previous": None,
                    "results": [examples.NOTIFICATION],
                },
            )
        ],
    )
    def get(self, request: Request) -> JsonResponse:
        filters, beside = _wanted(request)
        return JsonResponse(page_of(request, reader(request), filters, beside))


class RecentView(APIView):
    @extend_schema(
        operation_id="notifications_recent",
        summary="The newest notifications and the badge",
        description="The ten newest of the list and the unread count, for a page that opens.",
        responses={200: RecentSerializer},
        examples=[answered("One notification", examples.UNREAD | {"results": [examples.NOTIFICATION]})],
    )
    def get(self, request: Request) -> JsonResponse:
        # Counted first: what arrives in between is shown with a count that is too old, and its event mends that.
        unread = asdict(selectors.unread_count(reader(request).pk))
        found = listed(reader(request), ALL, RECENT)
        return JsonResponse(unread | {"results": found.rows})


class UnreadCountView(APIView):
    @extend_schema(
        operation_id="notifications_unread_count",
        summary="Count unread notifications",
        description="The number for the badge: as many as the list shows with `unread=true`. Cheap enough to poll.",
        responses={200: UnreadCountSerializer},
        examples=[answered("Two unread", examples.UNREAD)],
    )
    def get(self, request: Request) -> JsonResponse:
        return JsonResponse(asdict(selectors.unread_count(reader(request).pk)))


class NotificationView(APIView):
    @extend_schema(
        operation_id="notifications_detail",
        summary="One notification",
        description="As the list shows it; it may be archived.",
        responses={200: NotificationSerializer},
        examples=[answered("A notification", examples.NOTIFICATION)],
    )
    def get(self, request: Request, public_id: UUID) -> JsonResponse:
        return JsonResponse(one(reader(request), public_id))

    @extend_schema(
        operation_id="notifications_delete",
        summary="Delete one notification",
        description="It disappears from list, archive, count and search. The headers `X-Unread-Count` and "
        "`X-Unread-Version` have what is unread since.",
        parameters=[
            OpenApiParameter(name, OpenApiTypes.INT, OpenApiParameter.HEADER, response=[204], description=told)
            for name, told in ((UNREAD_HEADER, "Still unread."), (VERSION_HEADER, "Of the count."))
        ],
        responses={204: OpenApiResponse(description="Deleted."), **MISSING},
    )
    def delete(self, request: Request, public_id: UUID) -> Response:
        _, unread = services.act(user_id=reader(request).pk, public_id=public_id, action=Action.DELETE)
        return Response(status=204, headers={UNREAD_HEADER: str(unread.count), VERSION_HEADER: str(unread.version)})


class DeliveriesView(APIView):
    @extend_schema(
        operation_id="notifications_deliveries",
        summary="Why a notification did or did not reach me",
        description="Every way that it went or could have gone, in the order of channels. `status` and `reason` are "
        "stable words, `explanation` says the same in a sentence of the person's language. Addresses are masked.",
        responses={200: ExplanationSerializer(many=True), **MISSING},
        examples=[answered("A mail, and a text that was not sent", examples.DELIVERIES)],
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        person = reader(request)
        return Response(explained(person.pk, public_id, person.locale))


def _wanted(request: Request) -> tuple[Filters, dict[Direction, UUID]]:
    if not request.query_params:
        return ALL, {}
    query = ListQuerySerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    wanted: dict[str, Any] = query.validated_data
    filters = Filters(
        notification_type=wanted["type"],
        unread=bool(wanted["unread"]),
        text=wanted["q"],
        priority=wanted["priority"],
        kind=wanted["kind"],
        category=wanted["category"],
        archived=bool(wanted["archived"]),
    )
    return filters, {direction: wanted[direction] for direction in Direction if wanted[direction]}
