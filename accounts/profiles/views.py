from typing import cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.profiles.examples import PROFILE
from accounts.profiles.representation import profile_json
from accounts.profiles.serializers import ProfileChangesSerializer, ProfileSerializer
from accounts.profiles.services import update_profile


class ProfileView(APIView):
    @extend_schema(
        operation_id="users_profile_retrieve",
        summary="The profile of the caller",
        description="Who is signed in, what they pay for, and what they tell about themselves.",
        responses={200: ProfileSerializer},
        examples=[OpenApiExample("profile", value=PROFILE, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        return Response(profile_json(cast(User, request.user).profile, request))

    @extend_schema(
        operation_id="users_profile_update",
        summary="Change the profile",
        description=(
            'Changes the given fields. "" leaves `date_of_birth`, `gender`, `timezone` and `locale` as they are, '
            "and clears `location` and `bio`. Charts are drawn anew after a change of `full_name` or `date_of_birth`."
        ),
        request=ProfileChangesSerializer,
        responses={200: ProfileSerializer},
        examples=[
            OpenApiExample(
                "change",
                value={"full_name": "Ada Marie Moreau", "timezone": "Europe/Paris", "bio": ""},
                request_only=True,
            ),
            OpenApiExample("profile", value=PROFILE, response_only=True),
        ],
    )
    def patch(self, request: Request) -> Response:
        user = cast(User, request.user)
        given = ProfileChangesSerializer(data=request.data, context={"timezone": user.profile.timezone})
        given.is_valid(raise_exception=True)
        return Response(profile_json(update_profile(user_id=user.pk, changes=given.validated_data), request))
