from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.preferences.changing import change
from notifications.preferences.grid import grid
from notifications.preferences.refusals import PreferenceLocked
from notifications.preferences.serializers import PreferencesRequestSerializer, PreferencesSerializer
from numerai.common.http.openapi import problem

EXAMPLE = {
    "channels": [
        {"name": "in_app", "title": "In NumerAI", "is_on": True},
        {"name": "email", "title": "E-mail", "is_on": True},
    ],
    "categories": [
        {
            "name": "billing",
            "title": "Billing",
            "cadence": "at_once",
            "kinds": [
                {
                    "name": "payments.plan_changed",
                    "title": "Your plan changes",
                    "cells": [
                        {"channel": "in_app", "is_on": True, "locked": False, "default": True},
                        {"channel": "email", "is_on": False, "locked": False, "default": True},
                    ],
                }
            ],
        }
    ],
    "schedule": {
        "muted_until": None,
        "quiet": {"is_on": True, "days": [0, 1, 2, 3, 4], "start": "22:00", "end": "07:00", "timezone": ""},
        "next_opening": "2026-11-20T07:00:00Z",
    },
}
WISHES = {
    "categories": [
        {
            "name": "billing",
            "cadence": "daily",
            "kinds": [{"name": "payments.plan_changed", "cells": [{"channel": "email", "is_on": False}]}],
        }
    ],
    "schedule": {"quiet": {"is_on": True, "days": [0, 1, 2, 3, 4], "start": "22:00", "end": "07:00"}},
}


class PreferencesView(APIView):
    @extend_schema(
        operation_id="notifications_preferences",
        summary="What a person wants to be told, and how",
        description="A grid of what can happen by the ways it can be told, with cells that cannot be switched off "
        "marked `locked`. `cadence` gathers what belongs to a category into one message an hour or a day; in the "
        "centre it is at once. In quiet hours and while muted nothing but critical messages leaves; it is held, and "
        "sent afterwards. A channel that is switched off is off for every kind that was not turned on there by itself.",
        responses={200: PreferencesSerializer},
        examples=[OpenApiExample("A grid", value=EXAMPLE, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request) -> Response:
        return _answer(request)

    @extend_schema(
        operation_id="notifications_preferences_change",
        summary="Change what a person wants to be told",
        description="Takes the form of the grid: all of it, or only what is to be changed. Everything is written or "
        "nothing. Cells that are as they were are left alone, so that their defaults go on to hold. Answers the grid.",
        request=PreferencesRequestSerializer,
        responses={
            200: PreferencesSerializer,
            **problem(400, PreferenceLocked.code, PreferenceLocked.detail),
        },
        examples=[
            OpenApiExample("Less mail, and quiet nights", value=WISHES, request_only=True),
            OpenApiExample("The grid", value=EXAMPLE, response_only=True, status_codes=["200"]),
        ],
    )
    def put(self, request: Request) -> Response:
        body = PreferencesRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        change(_person(request), body.validated_data)
        return _answer(request)


def _person(request: Request) -> Any:
    return request.user


def _answer(request: Request) -> Response:
    return Response(PreferencesSerializer(grid(_person(request))).data)
