from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.channels import web_push
from notifications.channels.base import SignedIn
from notifications.destinations import services, testing
from notifications.destinations.errors import ChannelNotOffered
from notifications.destinations.serializers import (
    DestinationSerializer,
    DiscordRequestSerializer,
    KeySerializer,
    MobileRequestSerializer,
    TestedSerializer,
    WebPushRequestSerializer,
)
from notifications.models import Destination
from notifications.vocabulary import ChannelName, DeviceType
from numerai.common.http.openapi import problem

EXAMPLE = {
    "id": "0d6f6c1e-59ab-4a0e-8f0b-3f6d8f2f5c11",
    "channel": "mobile_push",
    "device_type": "ios",
    "name": "Alice's phone",
    "address": "•••4f1c",
    "timezone": "",
    "is_enabled": True,
    "disabled_at": None,
    "disabled_reason": "",
    "failures": 0,
    "succeeded_at": "2026-11-20T09:30:00Z",
    "registered_at": "2026-11-20T09:00:00Z",
    "created_at": "2026-11-01T18:00:00Z",
}
PUBLIC_KEY = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
BROWSER = EXAMPLE | {"channel": "web_push", "device_type": "web", "address": "fcm.googleapis.com/•••", "name": "Laptop"}
ROOM = EXAMPLE | {
    "channel": "discord",
    "device_type": "",
    "address": "https://discord.com/api/webhooks/113344556677889900/•••",
    "name": "Our server",
}
REGISTERED = {
    200: OpenApiResponse(DestinationSerializer, description="It was known, and is enabled."),
    201: OpenApiResponse(DestinationSerializer, description="It is new."),
}
MOVES = (
    "Whoever registers it last has it: it is taken from an account that had it before. Of more than 20 devices the one "
    "registered longest ago is forgotten."
)


def _example(value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample("The destination", value=value, response_only=True, status_codes=["200", "201"])


class DevicesView(APIView):
    @extend_schema(
        operation_id="notifications_devices_list",
        summary="List where messages go",
        description="Devices and channels, the one registered last first, and a mail address or number that is known "
        "to take nothing from us. At most a few dozen.",
        responses={200: DestinationSerializer(many=True)},
        examples=[OpenApiExample("One phone", value=[EXAMPLE], response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request) -> Response:
        rows = services.listed(_person(request).pk)
        return Response([DestinationSerializer(row).data for row in rows])

    @extend_schema(
        operation_id="notifications_devices_register",
        summary="Register a phone",
        description=f"Its token of Firebase Cloud Messaging. {MOVES}",
        request=MobileRequestSerializer,
        responses=REGISTERED,
        examples=[
            OpenApiExample(
                "A phone",
                value={"fcm_token": "dXJ0:APA91bExample4f1c", "device_type": "ios", "device_name": "Alice's phone"},
                request_only=True,
            ),
            _example(EXAMPLE),
        ],
    )
    def post(self, request: Request) -> Response:
        wanted = _checked(MobileRequestSerializer(data=request.data))
        return _registered(
            request,
            channel=ChannelName.MOBILE_PUSH,
            address={"token": wanted["fcm_token"]},
            device_type=wanted["device_type"],
            name=wanted["device_name"],
            timezone=wanted["timezone"],
        )


class WebPushView(APIView):
    @extend_schema(
        operation_id="notifications_devices_register_browser",
        summary="Register a browser",
        description=f"The subscription as `PushManager.subscribe` gives it, made with our public key. {MOVES}",
        request=WebPushRequestSerializer,
        responses=REGISTERED | problem(409, ChannelNotOffered.code, ChannelNotOffered.detail),
        examples=[
            OpenApiExample(
                "A subscription",
                value={
                    "endpoint": "https://fcm.googleapis.com/fcm/send/c1KrmpTuRm8",
                    "keys": {
                        "p256dh": PUBLIC_KEY,
                        "auth": "tBHItJI5svbpez7KI4CCXg",
                    },
                    "name": "Laptop",
                },
                request_only=True,
            ),
            _example(BROWSER),
        ],
    )
    def post(self, request: Request) -> Response:
        if not web_push.is_configured():
            raise ChannelNotOffered
        wanted = _checked(WebPushRequestSerializer(data=request.data))
        return _registered(
            request,
            channel=ChannelName.WEB_PUSH,
            address={"endpoint": wanted["endpoint"], **wanted["keys"]},
            device_type=DeviceType.WEB,
            name=wanted["name"],
            timezone=wanted["timezone"],
        )


class WebPushKeyView(APIView):
    @extend_schema(
        operation_id="notifications_web_push_key",
        summary="The key that browsers subscribe with",
        description="Our public VAPID key. A subscription made with another one cannot be used.",
        responses={200: KeySerializer, **problem(409, ChannelNotOffered.code, ChannelNotOffered.detail)},
        examples=[
            OpenApiExample(
                "The key",
                value={"public_key": PUBLIC_KEY},
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        if not web_push.is_configured():
            raise ChannelNotOffered
        return Response({"public_key": web_push.public_key()})


class DiscordView(APIView):
    @extend_schema(
        operation_id="notifications_devices_register_discord",
        summary="Register a Discord channel or user",
        description="A webhook that somebody made in a channel of Discord, or the id of a user whom our bot may write "
        f"to. {MOVES} A user is taken from nobody, because their id is no secret.",
        request=DiscordRequestSerializer,
        responses=REGISTERED,
        examples=[
            OpenApiExample(
                "A webhook",
                value={
                    "webhook_url": "https://discord.com/api/webhooks/113344556677889900/aBcDeFgHiJkL",
                    "name": "Our server",
                },
                request_only=True,
            ),
            OpenApiExample("A user", value={"discord_user_id": "80351110224678912"}, request_only=True),
            _example(ROOM),
        ],
    )
    def post(self, request: Request) -> Response:
        wanted = _checked(DiscordRequestSerializer(data=request.data))
        return _registered(request, channel=ChannelName.DISCORD, address=wanted["address"], name=wanted["name"])


class DeviceView(APIView):
    @extend_schema(
        operation_id="notifications_devices_remove",
        summary="Remove a destination",
        description="Also when signing out on a device: what still waits to be sent there is not sent.",
        responses={204: OpenApiResponse(description="Removed.")},
    )
    def delete(self, request: Request, device_id: UUID) -> Response:
        services.remove(user_id=_person(request).pk, public_id=device_id)
        return Response(status=204)


class DeviceEnableView(APIView):
    @extend_schema(
        operation_id="notifications_devices_enable",
        summary="Enable a destination again",
        description="It was disabled because the provider said that it is gone, or because it failed for a day.",
        request=None,
        responses={200: DestinationSerializer},
        examples=[OpenApiExample("Enabled", value=EXAMPLE, response_only=True, status_codes=["200"])],
    )
    def post(self, request: Request, device_id: UUID) -> Response:
        enabled = services.enable(user_id=_person(request).pk, public_id=device_id)
        return Response(DestinationSerializer(enabled).data)


class DeviceTestView(APIView):
    @extend_schema(
        operation_id="notifications_devices_test",
        summary="Send a test",
        description="At once, whatever the preferences say, and also to a destination that is disabled. The answer is "
        "200 in any case and says whether the provider took it, and if not, why. Five in ten minutes.",
        request=None,
        responses={200: TestedSerializer, **problem(429, "too_many_requests", "Too many requests.")},
        examples=[
            OpenApiExample(
                "Sent",
                value={"sent": True, "provider": "fcm", "code": "", "error_class": "", "detail": ""},
                response_only=True,
                status_codes=["200"],
            ),
            OpenApiExample(
                "Refused",
                value={
                    "sent": False,
                    "provider": "fcm",
                    "code": "fcm_unregistered",
                    "error_class": "permanent",
                    "detail": "Requested entity was not found.",
                },
                response_only=True,
                status_codes=["200"],
            ),
        ],
    )
    def post(self, request: Request, device_id: UUID) -> Response:
        return Response(TestedSerializer(testing.test(user=_person(request), public_id=device_id)).data)


def _person(request: Request) -> SignedIn:
    return cast(SignedIn, request.user)


def _checked(body: Any) -> dict[str, Any]:
    body.is_valid(raise_exception=True)
    return cast("dict[str, Any]", body.validated_data)


def _registered(request: Request, **registration: Any) -> Response:
    kept: tuple[Destination, bool] = services.register(user=_person(request), **registration)
    destination, is_new = kept
    return Response(DestinationSerializer(destination).data, status=201 if is_new else 200)
