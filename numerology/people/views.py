from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.http.fields import picked
from numerai.common.http.openapi import problem
from numerai.common.http.pagination import ARRAY_PARAMETERS, array_of
from numerology.charts.services import today_of
from numerology.people import examples, services
from numerology.people.selectors import UNDO, deleted_people_of, found_among, people_of, person_of, person_or_deleted_of
from numerology.people.serializers import (
    PeopleQuerySerializer,
    PersonChangeSerializer,
    PersonInputSerializer,
    PersonSerializer,
)
from payments.entitlements import PlanLimitReached

NO_ROOM = problem(PlanLimitReached.status, PlanLimitReached.code, PlanLimitReached.detail)
UNDONE = f"A deletion can be undone for {UNDO.days} days."


class PeopleView(APIView):
    @extend_schema(
        operation_id="people_list",
        summary="The people I keep",
        description="The newest first, deleted ones only with `deleted=true`. `relationship` takes a kind, or a word "
        "that was used for one; `q` a part of any of the names. With more than `limit` people the `Link` header leads "
        "on.",
        parameters=[PeopleQuerySerializer, *ARRAY_PARAMETERS],
        responses={200: PersonSerializer(many=True)},
        examples=[examples.LIST],
    )
    def get(self, request: Request) -> Response:
        user = cast(User, request.user)
        query = PeopleQuerySerializer(data=picked(request.query_params.dict(), "deleted"))
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        people = deleted_people_of(user) if asked["deleted"] else people_of(user)
        people = found_among(people, relationship=asked["relationship"], text=asked["q"])
        rows, headers = array_of(request, people, by="-created_at")
        return Response(PersonSerializer(rows, many=True).data, headers=headers)

    @extend_schema(
        operation_id="people_create",
        summary="Keep somebody",
        description="How many one may keep depends on the plan: 402 `plan_limit_reached` names the one that grants "
        "more. `relationship` is a kind or any word of one's own; `relationship_kind` says what it counts as. Whose "
        "plan has become smaller keeps everybody, and can add nobody until there is room.",
        request=PersonInputSerializer,
        responses={201: PersonSerializer, **NO_ROOM},
        examples=[examples.ADD, examples.ADDED],
    )
    def post(self, request: Request) -> Response:
        user = cast(User, request.user)
        form = PersonInputSerializer(data=request.data, context={"today": today_of(user)})
        form.is_valid(raise_exception=True)
        person = services.add(owner=user, values=form.validated_data)
        return Response(PersonSerializer(person).data, status=201)


class PersonView(APIView):
    @extend_schema(
        operation_id="people_retrieve",
        summary="Somebody I keep",
        description="404 for people of others and for those who were deleted.",
        responses={200: PersonSerializer},
        examples=[examples.ONE],
    )
    def get(self, request: Request, person_id: UUID) -> Response:
        return Response(PersonSerializer(person_of(cast(User, request.user), person_id)).data)

    @extend_schema(
        operation_id="people_update",
        summary="Change somebody",
        description="Takes any of the fields and leaves the others. Numbers that were calculated are calculated anew "
        f"when a name or the birth date changes. `is_active` false deletes, true brings back. {UNDONE}",
        request=PersonChangeSerializer(partial=True),
        responses={200: PersonSerializer, **NO_ROOM},
        examples=[examples.CHANGE, examples.ONE],
    )
    def put(self, request: Request, person_id: UUID) -> Response:
        return self._change(request, person_id)

    @extend_schema(
        operation_id="people_partial_update",
        summary="Change some of what is known of somebody",
        description="The same as PUT: takes any of the fields and leaves the others.",
        request=PersonChangeSerializer(partial=True),
        responses={200: PersonSerializer, **NO_ROOM},
        examples=[examples.CHANGE, examples.ONE],
    )
    def patch(self, request: Request, person_id: UUID) -> Response:
        return self._change(request, person_id)

    @extend_schema(
        operation_id="people_destroy",
        summary="Delete somebody",
        description=f"They are in no list any more. {UNDONE} Then they are erased with their numbers.",
        responses={204: OpenApiResponse(description="Deleted.")},
    )
    def delete(self, request: Request, person_id: UUID) -> Response:
        services.delete(owner=cast(User, request.user), person_id=person_id)
        return Response(status=204)

    @staticmethod
    def _change(request: Request, person_id: UUID) -> Response:
        user = cast(User, request.user)
        person_or_deleted_of(user, person_id)
        form = PersonChangeSerializer(data=request.data, partial=True, context={"today": today_of(user)})
        form.is_valid(raise_exception=True)
        changes: dict[str, Any] = form.validated_data
        return Response(PersonSerializer(services.change(owner=user, person_id=person_id, changes=changes)).data)


class RestoreView(APIView):
    @extend_schema(
        operation_id="people_restore",
        summary="Undo the deletion of somebody",
        description=f"{UNDONE} They need room in the plan again (402 `plan_limit_reached`). For somebody who is not "
        "deleted nothing happens.",
        request=None,
        responses={200: PersonSerializer, **NO_ROOM},
        examples=[OpenApiExample("somebody", value=examples.PERSON, response_only=True, status_codes=["200"])],
    )
    def post(self, request: Request, person_id: UUID) -> Response:
        person = services.restore(owner=cast(User, request.user), person_id=person_id)
        return Response(PersonSerializer(person).data)
