from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import limits
from accounts.limits import OpenView
from accounts.login.serializers import MessageSerializer, SignedInSerializer
from accounts.login.views import GUARDED, signed_in_json
from accounts.passwords import mailing, services
from accounts.passwords.serializers import (
    PasswordChangeSerializer,
    ResetAskSerializer,
    ResetByCodeSerializer,
    ResetByLinkSerializer,
)
from accounts.passwords.services import ResetLinkInvalid
from accounts.profiles.examples import TOKENS, USER
from accounts.proof.documentation import NOT_SHOWN
from accounts.proof.services import PasswordWrong
from accounts.unlocking import guarding
from accounts.verification.services import CodeInvalid
from numerai.common.http.openapi import problem

CODE_SENT = "If there is such an account, a code is on its way to its address."
LINK_SENT = "If there is such an account, a link is on its way to its address."
DONE = "Your password is changed. Sign in with the new one."
NEW = "another long and private sentence"
DONE_EXAMPLE = OpenApiExample("done", value={"message": DONE}, response_only=True, status_codes=["200"])


class ResetView(OpenView):
    limit = limits.RESET
    sends = True

    @extend_schema(
        operation_id="auth_password_reset",
        summary="Ask for a code that resets the password",
        description=(
            "Answers the same whether or not there is such an account. One code a minute, five an hour and twenty a "
            "day go to an address; each lives for ten minutes and bears three tries."
        ),
        request=ResetAskSerializer,
        responses={200: MessageSerializer, **GUARDED},
        examples=[
            OpenApiExample("ask", value={"email": "ada@example.com"}, request_only=True),
            OpenApiExample("sent", value={"message": CODE_SENT}, response_only=True, status_codes=["200"]),
        ],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = ResetAskSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.ask(given.validated_data["email"], kind=mailing.CODE_KIND)
        return Response({"message": CODE_SENT})


class ResetConfirmView(OpenView):
    limit = limits.RESET_CONFIRM

    @extend_schema(
        operation_id="auth_password_reset_confirm",
        summary="Choose a new password by the code",
        description=(
            "Ends every session, tells the person by mail and signs nobody in: signing in asks for the second factor "
            "where there is one. An account without a password gets its first one."
        ),
        request=ResetByCodeSerializer,
        responses={200: MessageSerializer, **problem(400, CodeInvalid.code, CodeInvalid.detail), **GUARDED},
        examples=[
            OpenApiExample(
                "confirm", value={"email": "ada@example.com", "otp": "402917", "new_password": NEW}, request_only=True
            ),
            DONE_EXAMPLE,
        ],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = ResetByCodeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        email = given.validated_data["email"]
        services.reset_by_code(
            email=email, code=given.validated_data["otp"], new_password=given.validated_data["new_password"]
        )
        guarding.open_for(request, email)
        return Response({"message": DONE})


class ResetLinkView(OpenView):
    limit = limits.RESET
    sends = True

    @extend_schema(
        operation_id="auth_reset_password_token",
        summary="Ask for a link that resets the password",
        description=(
            "Answers the same whether or not there is such an account. The link leads to `/reset-password?token=…` of "
            "the frontend, a page that must send `Referrer-Policy: no-referrer`; it is good once, for an hour, and "
            "only the newest one counts."
        ),
        request=ResetAskSerializer,
        responses={200: MessageSerializer, **GUARDED},
        examples=[
            OpenApiExample("ask", value={"email": "ada@example.com"}, request_only=True),
            OpenApiExample("sent", value={"message": LINK_SENT}, response_only=True, status_codes=["200"]),
        ],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = ResetAskSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.ask(given.validated_data["email"], kind=mailing.LINK_KIND)
        return Response({"message": LINK_SENT})


@extend_schema_view(
    post=extend_schema(operation_id="auth_reset_password", summary="Ask for a link, by the shorter path")
)
class ResetLinkAliasView(ResetLinkView):
    """The same under the path that older pages call."""


class ResetLinkConfirmView(OpenView):
    limit = limits.RESET_CONFIRM

    @extend_schema(
        operation_id="auth_reset_password_token_confirm",
        summary="Choose a new password by the link",
        description="As by the code: every session ends, and nobody is signed in.",
        request=ResetByLinkSerializer,
        responses={200: MessageSerializer, **problem(400, ResetLinkInvalid.code, ResetLinkInvalid.detail), **GUARDED},
        examples=[
            OpenApiExample(
                "confirm",
                value={
                    "token": "q0Vb1kq8Zt3vN0kR5wJ2m9c1d2e3f4a5b6c7d8e9f0A",
                    "new_password": NEW,
                    "confirm_password": NEW,
                },
                request_only=True,
            ),
            DONE_EXAMPLE,
        ],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = ResetByLinkSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user = services.reset_by_link(**given.validated_data)
        guarding.open_for(request, str(user.email))
        return Response({"message": DONE})


class ChangeView(APIView):
    @extend_schema(
        operation_id="auth_password_change",
        summary="Change the password, or choose the first one",
        description=(
            "Asks for a fresh proof: the current password or a mailed code in the body, or one given to auth/proof/ "
            "less than fifteen minutes ago; a sign-in alone is not enough. Every session ends, this one included; the "
            "answer holds the tokens of a new one for this device."
        ),
        request=PasswordChangeSerializer,
        responses={
            200: SignedInSerializer,
            **problem(400, PasswordWrong.code, PasswordWrong.detail),
            **NOT_SHOWN,
            **GUARDED,
        },
        examples=[
            OpenApiExample(
                "change",
                value={"current_password": "a long and private sentence", "new_password": NEW},
                request_only=True,
            ),
            OpenApiExample("changed", value=TOKENS | {"user": USER}, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        given = PasswordChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(signed_in_json(services.change(request, **given.validated_data)))
