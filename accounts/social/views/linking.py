from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import limits
from accounts.login.views import TOO_MANY
from accounts.proof.documentation import NOT_FRESH, NOT_SHOWN
from accounts.proof.serializers import WithPasswordSerializer
from accounts.proof.services import FreshLoginRequired, require_fresh, signed_in_by
from accounts.social import linking, proving
from accounts.social.examples import IDENTITY
from accounts.social.protocol.claims import Told
from accounts.social.refusals import IdentityExists, IdentityTaken, LastLoginMethod
from accounts.social.serializers import IdentitySerializer, LinkAppleSerializer, LinkGoogleSerializer
from accounts.social.views.signing_in import APPLE_EXAMPLES, GOOGLE_EXAMPLES, UNPROVEN
from numerai.common.http.openapi import problem

LINK = (
    "For a person who has shown a password or mailed code in this session within minutes, otherwise 403 "
    f"`{FreshLoginRequired.code}`; `password` may stand in the body. Takes what the sign-in takes. Linking the same "
    f"account again changes nothing; one that is another person's is 409 `{IdentityTaken.code}`, a second one 409 "
    f"`{IdentityExists.code}`."
)
LINKED = OpenApiExample("linked", value=IDENTITY, response_only=True, status_codes=["200"])
RESPONSES = (
    {200: IdentitySerializer} | UNPROVEN | NOT_SHOWN | problem(409, IdentityTaken.code, IdentityTaken.detail) | TOO_MANY
)


class IdentitiesView(APIView):
    @extend_schema(
        operation_id="auth_identities",
        summary="Linked accounts at Google and Apple",
        description="An array with at most one of each.",
        responses={200: IdentitySerializer(many=True)},
        examples=[OpenApiExample("linked", value=[IDENTITY], response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request) -> Response:
        user, _ = signed_in_by(request)
        return Response(IdentitySerializer(linking.identities_of(user), many=True).data)


class LinkView(APIView):
    """What linking Google and linking Apple have in common."""

    def check_throttles(self, request: Request) -> None:
        limits.hit_network(limits.SOCIAL, request)

    def require_shown(self, request: Request) -> None:
        given = WithPasswordSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        require_fresh(request, is_shown=True, **given.validated_data)

    def link(self, request: Request, told: Told) -> Response:
        user, session_id = signed_in_by(request)
        identity = linking.link(user, told, session_id=session_id)
        return Response(IdentitySerializer(identity).data)


class LinkGoogleView(LinkView):
    @extend_schema(
        operation_id="auth_identities_link_google",
        summary="Link Google",
        description=LINK,
        request=LinkGoogleSerializer,
        responses=RESPONSES,
        examples=[*GOOGLE_EXAMPLES, LINKED],
    )
    def post(self, request: Request) -> Response:
        self.require_shown(request)
        given = LinkGoogleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return self.link(request, proving.by_google(request._request, given.validated_data))


class LinkAppleView(LinkView):
    @extend_schema(
        operation_id="auth_identities_link_apple",
        summary="Link Apple",
        description=LINK,
        request=LinkAppleSerializer,
        responses=RESPONSES,
        examples=[*APPLE_EXAMPLES, LINKED],
    )
    def post(self, request: Request) -> Response:
        self.require_shown(request)
        given = LinkAppleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return self.link(request, proving.by_apple(request._request, given.validated_data))


class IdentityView(APIView):
    @extend_schema(
        operation_id="auth_identities_unlink",
        summary="Unlink Google or Apple",
        description=(
            "For a person who has proved within minutes who they are. Sessions on other devices that were opened by "
            "it end, and the provider is told to forget us where we hold a token of its. The only way to sign in "
            f"cannot be taken away: 409 `{LastLoginMethod.code}`."
        ),
        responses={
            204: None,
            **NOT_FRESH,
            **problem(409, LastLoginMethod.code, LastLoginMethod.detail),
            **TOO_MANY,
        },
    )
    def delete(self, request: Request, identity_id: UUID) -> Response:
        user, session_id = signed_in_by(request)
        linking.own(user, identity_id)
        require_fresh(request)
        linking.unlink(user, identity_id, session_id=session_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
