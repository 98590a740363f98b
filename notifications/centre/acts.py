"""What a person does with their notifications. Each answer has the new unread count and its version."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.centre import examples, services
from notifications.centre.examples import answered, asked
from notifications.centre.serializers import (
    BulkRequestSerializer,
    BulkSerializer,
    ReadAllRequestSerializer,
    ReadAllSerializer,
    StandingSerializer,
)
from notifications.centre.services import Action
from notifications.centre.views import MISSING, reader

F = TypeVar("F", bound=Callable[..., Any])
STANDING = {"id": examples.ID, "is_read": False, "read_at": None, "archived_at": None} | examples.UNREAD
READ = {"is_read": True, "read_at": "2026-11-20T09:45:00Z"}


def documented(action: Action, summary: str, description: str, changes: dict[str, Any]) -> Callable[[F], F]:
    return extend_schema(
        operation_id=f"notifications_{action}",
        summary=summary,
        description=description,
        request=None,
        responses={200: StandingSerializer, **MISSING},
        examples=[answered("Done", STANDING | changes)],
    )


class ActView(APIView):
    action: ClassVar[Action]

    def _done(self, request: Request, public_id: UUID) -> Response:
        row, unread = services.act(user_id=reader(request).pk, public_id=public_id, action=self.action)
        answer = {"id": public_id, "is_read": row.is_read, "read_at": row.read_at, "archived_at": row.archived_at}
        return Response(StandingSerializer(answer | asdict(unread)).data)


class ReadView(ActView):
    action = Action.READ

    @documented(
        Action.READ,
        "Mark one notification as read",
        "Reading it again changes nothing: `read_at` is the first time.",
        READ,
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        return self._done(request, public_id)


class UnreadView(ActView):
    action = Action.UNREAD

    @documented(Action.UNREAD, "Mark one notification as unread", "It counts again, unless it is archived.", {})
    def post(self, request: Request, public_id: UUID) -> Response:
        return self._done(request, public_id)


class ArchiveView(ActView):
    action = Action.ARCHIVE

    @documented(
        Action.ARCHIVE,
        "Archive one notification",
        "It leaves the list and the count, read or not, and is found with `archived=true`.",
        {"archived_at": "2026-11-20T09:45:00Z"},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        return self._done(request, public_id)


class UnarchiveView(ActView):
    action = Action.UNARCHIVE

    @documented(
        Action.UNARCHIVE,
        "Bring one notification back from the archive",
        "It stands in the list again, where it stood. One that is unread counts again.",
        {},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        return self._done(request, public_id)


class ReadAllView(APIView):
    @extend_schema(
        operation_id="notifications_read_all",
        summary="Mark all notifications as read",
        description="Everything unread in the list, or only what is as old as `up_to_id`, or only one type. Answers "
        "how many became read and the new unread count.",
        request=ReadAllRequestSerializer,
        responses={200: ReadAllSerializer, **MISSING},
        examples=[
            asked("Up to the newest on the screen", {"up_to_id": examples.ID}),
            answered("Three became read", {"updated": 3} | examples.UNREAD),
        ],
    )
    def post(self, request: Request) -> Response:
        body = ReadAllRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        done = services.mark_all_read(
            user_id=reader(request).pk,
            up_to=body.validated_data["up_to_id"],
            notification_type=body.validated_data["type"],
        )
        return Response({"updated": done.updated} | asdict(done.unread))


class BulkView(APIView):
    @extend_schema(
        operation_id="notifications_bulk",
        summary="Do one thing to several notifications",
        description="`read`, `unread`, `archive`, `unarchive` or `delete` for at most 100 ids, all at once. Ids that "
        "are not the person's are as if they were not named; `updated` counts what changed, so the same request "
        "again answers 0.",
        request=BulkRequestSerializer,
        responses={200: BulkSerializer},
        examples=[
            asked("Archive one", {"action": "archive", "ids": [examples.ID]}),
            answered("One changed", {"updated": 1} | examples.UNREAD),
        ],
    )
    def post(self, request: Request) -> Response:
        body = BulkRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        done = services.act_on_many(
            user_id=reader(request).pk,
            public_ids=body.validated_data["ids"],
            action=Action(body.validated_data["action"]),
        )
        return Response({"updated": done.updated} | asdict(done.unread))
