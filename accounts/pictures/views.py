from typing import Any, cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import limits
from accounts.models import User
from accounts.pictures import services
from accounts.pictures.parsing import FIELD, PictureParser
from accounts.profiles.examples import PROFILE
from accounts.profiles.representation import profile_json
from accounts.profiles.serializers import ProfileSerializer
from numerai.common.errors import ValidationFailed
from numerai.common.http.openapi import problem
from numerai.common.throttling import spend


class PictureSerializer(serializers.Serializer[Any]):
    picture = serializers.FileField(help_text="A JPEG, PNG or WebP picture of at most 5 MB and 25 megapixels.")


class PictureView(APIView):
    parser_classes = [PictureParser]

    @extend_schema(
        operation_id="users_profile_picture_update",
        summary="Set the picture of the caller",
        description=(
            "A form with the file `picture`: JPEG, PNG or WebP, whatever it is called. It is turned upright, made at "
            "most 512 pixels wide and high, and written anew as WebP, so that nothing else that was in the file, such "
            "as where a photograph was taken, is kept. The address is in `profile_picture_url` and new each time; "
            "whoever has it can see the picture. Twenty uploads a day."
        ),
        request={"multipart/form-data": PictureSerializer},
        responses={
            200: ProfileSerializer,
            **problem(400, "picture_not_accepted", "That is no picture we can read."),
            **problem(429, "daily_quota_reached", "That is as much as one account can ask for in a day."),
            **problem(503, "service_unavailable", "This is temporarily unavailable."),
        },
        examples=[
            OpenApiExample(
                "a file",
                value={"picture": "(the bytes of the file)"},
                request_only=True,
                media_type="multipart/form-data",
            ),
            OpenApiExample("profile", value=PROFILE, response_only=True),
        ],
    )
    def put(self, request: Request) -> Response:
        user = cast(User, request.user)
        spend(limits.PICTURES, str(user.pk))
        given = cast("dict[str, Any]", request.data).get(FIELD)
        if given is None:
            raise ValidationFailed("Send the file as the field picture of a form.", field=FIELD)
        profile = services.set_picture(user_id=user.pk, upload=given.read())
        return Response(profile_json(profile, request))

    @extend_schema(
        operation_id="users_profile_picture_destroy",
        summary="Remove the picture of the caller",
        description="The file is deleted as well. Without a picture nothing happens.",
        responses={200: ProfileSerializer},
        examples=[OpenApiExample("profile", value=PROFILE | {"profile_picture_url": ""}, response_only=True)],
    )
    def delete(self, request: Request) -> Response:
        profile = services.remove_picture(user_id=cast(User, request.user).pk)
        return Response(profile_json(profile, request))
