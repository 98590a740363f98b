from typing import Any, cast
from uuid import UUID

from django.http import JsonResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.centre import selectors, services
from notifications.centre.listing import ALL, Filters, list_page
from notifications.centre.serializers import (
    ListQuerySerializer,
    NotificationPageSerializer,
    ReadAllRequestSerializer,
    ReadAllSerializer,
    ReadSerializer,
    UnreadCountSerializer,
)
from numerai.common.errors import NotFound
from numerai.common.http.openapi import problem
from numerai.common.http.pagination import PARAMETERS as PAGE_PARAMETERS
from numerai.common.http.pagination import page_body, requested_page

UNREAD_HEADER = "X-Unread-Count"
EXAMPLE_ID = "5f0c7a52-8f0e-4c43-9a0f-6d0d4b5a2e11"
EXAMPLE = {
    "id": EXAMPLE_ID,
    "kind": "payments.subscription_activated",
    "notification_type": "payment",
    "title": "Your Premium plan is active",
    "message": "Everything in Premium is open to you until December 20, 2026.",
    "data": {"plan": "premium"},
    "action_url": "/settings/billing",
    "priority": "normal",
    "is_read": False,
    "read_at": None,
    "created_at": "2026-11-20T09:30:00Z",
}


class NotificationListView(APIView):
    @extend_schema(
        operation_id="notifications_list",
        summary="List notifications",
        description="The person's notifications, newest first. Deleted and expired ones are left out.",
        parameters=[
            ListQuerySerializer,
            *PAGE_PARAMETERS,
        ],
        responses={200: NotificationPageSerializer},
        examples=[
            OpenApiExample(
                "One notification",
                value={"count": 1, "next": None, "previous": None, "results": [EXAMPLE]},
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> JsonResponse:
        page = requested_page(request)
        count, results = list_page(_person(request), _filters(request), page)
        return JsonResponse(page_body(request, page, count, results))


class UnreadCountView(APIView):
    @extend_schema(
        operation_id="notifications_unread_count",
        summary="Count unread notifications",
        description="The number for the badge: as many as the list shows with `unread=true`. Cheap enough to poll.",
        responses={200: UnreadCountSerializer},
        examples=[OpenApiExample("Three unread", value={"count": 3, "capped": False}, response_only=True)],
    )
    def get(self, request: Request) -> JsonResponse:
        return JsonResponse(_unread(_person(request)))


class NotificationReadView(APIView):
    @extend_schema(
        operation_id="notifications_read",
        summary="Mark one notification as read",
        description="Reading it again changes nothing: `read_at` is the first time. Answers the new unread count.",
        request=None,
        responses={200: ReadSerializer},
        examples=[
            OpenApiExample(
                "Read",
                value={
                    "id": EXAMPLE_ID,
                    "is_read": True,
                    "read_at": "2026-11-20T09:45:00Z",
                    "count": 2,
                    "capped": False,
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        read_at = services.mark_read(user_id=_person(request), public_id=public_id)
        answer = {"id": public_id, "is_read": True, "read_at": read_at} | _unread(_person(request))
        return Response(ReadSerializer(answer).data)


class ReadAllView(APIView):
    @extend_schema(
        operation_id="notifications_read_all",
        summary="Mark all notifications as read",
        description="Everything unread, or only what is as old as `up_to_id`, or only one type. Answers how many "
        "became read and the new unread count.",
        request=ReadAllRequestSerializer,
        responses={200: ReadAllSerializer, **problem(404, NotFound.code, NotFound.detail)},
        examples=[
            OpenApiExample("Up to the newest on the screen", value={"up_to_id": EXAMPLE_ID}, request_only=True),
            OpenApiExample(
                "Three became read",
                value={"updated": 3, "count": 0, "capped": False},
                response_only=True,
                status_codes=["200"],
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        body = ReadAllRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        updated = services.mark_all_read(
            user_id=_person(request),
            up_to=body.validated_data["up_to_id"],
            notification_type=body.validated_data["type"],
        )
        return Response({"updated": updated} | _unread(_person(request)))


class NotificationView(APIView):
    @extend_schema(
        operation_id="notifications_delete",
        summary="Delete one notification",
        description="It disappears from list, count and search. The header `X-Unread-Count` has the new unread count.",
        parameters=[
            OpenApiParameter(
                UNREAD_HEADER, OpenApiTypes.INT, OpenApiParameter.HEADER, response=[204], description="Still unread."
            )
        ],
        responses={204: OpenApiResponse(description="Deleted.")},
    )
    def delete(self, request: Request, public_id: UUID) -> Response:
        services.delete(user_id=_person(request), public_id=public_id)
        unread = selectors.unread_count(_person(request))
        return Response(status=204, headers={UNREAD_HEADER: str(unread.count)})


def _person(request: Request) -> UUID:
    return cast(UUID, request.user.pk)


def _unread(user_id: UUID) -> dict[str, Any]:
    unread = selectors.unread_count(user_id)
    return {"count": unread.count, "capped": unread.capped}


def _filters(request: Request) -> Filters:
    if not request.query_params:
        return ALL
    query = ListQuerySerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    wanted = query.validated_data
    return Filters(notification_type=wanted["type"], unread=bool(wanted["unread"]), text=wanted["q"])
