from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import limits, sessions
from accounts.events.device import device_named_by
from accounts.limits import OpenView
from accounts.login import services
from accounts.login.door import EmailNotVerified, InvalidCredentials, SecondFactorRequired
from accounts.login.serializers import (
    LoginSerializer,
    LogoutSerializer,
    MessageSerializer,
    RefreshSerializer,
    SignedInSerializer,
    TokensSerializer,
)
from accounts.login.services import SignedIn
from accounts.profiles.examples import TOKENS, USER
from accounts.profiles.representation import user_json
from accounts.sessions import RefreshInProgress, RefreshTokenInvalid, TokenPair
from accounts.unlocking import guarding
from accounts.unlocking.guarding import SignInLimited
from numerai.common.errors import ServiceUnavailable, TooManyRequests
from numerai.common.http.openapi import problem

TOO_MANY = problem(429, TooManyRequests.code, TooManyRequests.detail)
# What answers so rather than let anybody guess uncounted.
GUARDED = TOO_MANY | problem(503, ServiceUnavailable.code, ServiceUnavailable.detail)


def tokens_json(tokens: TokenPair) -> dict[str, Any]:
    return {"access_token": tokens.access_token, "refresh_token": tokens.refresh_token}


def signed_in_json(signed_in: SignedIn) -> dict[str, Any]:
    return tokens_json(signed_in.tokens) | {"user": user_json(signed_in.user)}


class LoginView(OpenView):
    limit = limits.LOGIN

    @extend_schema(
        operation_id="auth_login",
        summary="Sign in by password",
        description=(
            "Answers 400 `invalid_credentials` for a wrong password and for an address that is not known alike, and "
            "403 `email_not_verified` when the password is right but the address awaits its code, which is then sent. "
            "To who has a second factor it answers 403 `second_factor_required`; see auth/second-factor/. "
            "After five attempts from one network it answers 429 `sign_in_limited` for a quarter of an hour; "
            "auth/unlock/ is the way out."
        ),
        request=LoginSerializer,
        responses={
            200: SignedInSerializer,
            **problem(400, InvalidCredentials.code, InvalidCredentials.detail),
            **problem(403, EmailNotVerified.code, EmailNotVerified.detail),
            **GUARDED,
            **problem(429, SignInLimited.code, SignInLimited.detail),
        },
        examples=[
            OpenApiExample(
                "login",
                value={"email": "ada@example.com", "password": "a long and private sentence"},
                request_only=True,
            ),
            OpenApiExample("signed in", value=TOKENS | {"user": USER}, response_only=True, status_codes=["200"]),
        ],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = LoginSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        email, phone = given.validated_data["email"], given.validated_data["phone"]
        guarding.hit_login(request, email or phone)
        try:
            signed_in = services.sign_in(
                email=email, phone=phone, password=given.validated_data["password"], device=device_named_by(request)
            )
        except SecondFactorRequired:
            guarding.succeeded(request, email or phone)
            raise
        guarding.succeeded(request, email or phone)
        return Response(signed_in_json(signed_in))


class RefreshView(OpenView):
    limit = limits.REFRESH

    @extend_schema(
        operation_id="auth_refresh_token",
        summary="Exchange a refresh token",
        description=(
            "Each refresh token works once. Of parallel calls with the same one a single call wins and the others "
            "answer 409 `refresh_in_progress`; a token spent longer ago ends the session."
        ),
        request=RefreshSerializer,
        responses={
            200: TokensSerializer,
            **problem(401, RefreshTokenInvalid.code, RefreshTokenInvalid.detail),
            **problem(409, RefreshInProgress.code, RefreshInProgress.detail),
            **TOO_MANY,
        },
        examples=[
            OpenApiExample("refresh", value={"refresh": TOKENS["refresh_token"]}, request_only=True),
            OpenApiExample("tokens", value=TOKENS, response_only=True, status_codes=["200"]),
        ],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = RefreshSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(tokens_json(sessions.rotate(given.validated_data["refresh"])))


class LogoutView(OpenView):
    limit = limits.LOGOUT

    @extend_schema(
        operation_id="auth_logout",
        summary="Sign out",
        description=(
            "Ends the session of the refresh token, access tokens included. Needs no access token, and answers the "
            "same for a token that means nothing any more. A device that notifications are pushed to stays registered "
            "until it is removed."
        ),
        request=LogoutSerializer,
        responses={200: MessageSerializer, **TOO_MANY},
        examples=[
            OpenApiExample("logout", value={"refresh_token": TOKENS["refresh_token"]}, request_only=True),
            OpenApiExample(
                "signed out", value={"message": "You are signed out."}, response_only=True, status_codes=["200"]
            ),
        ],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = LogoutSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        sessions.log_out(given.validated_data["refresh_token"])
        return Response({"message": "You are signed out."})
