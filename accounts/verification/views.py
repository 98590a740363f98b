from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import limits
from accounts.events.device import device_named_by
from accounts.limits import OpenView
from accounts.login.serializers import MessageSerializer
from accounts.login.views import GUARDED, signed_in_json
from accounts.profiles.examples import TOKENS, USER
from accounts.verification import services
from accounts.verification.serializers import ResendSerializer, VerifiedSerializer, VerifySerializer
from accounts.verification.services import CodeInvalid
from numerai.common.http.openapi import problem

SENT = "If this account awaits a code, a new one is on its way."


class VerifyView(OpenView):
    limit = limits.VERIFY

    @extend_schema(
        operation_id="auth_verify_otp",
        summary="Verify an address by its code",
        description=(
            "Signs in the person who entered the code that was sent to their address. A code lives for ten minutes "
            "and bears three tries; asking for another ends it. An account for which two sign-ups named different "
            "passwords has none: `new_password` gives it one. Where there is a password it stays as it is."
        ),
        request=VerifySerializer,
        responses={200: VerifiedSerializer, **problem(400, CodeInvalid.code, CodeInvalid.detail), **GUARDED},
        examples=[
            OpenApiExample("verify", value={"email": "ada@example.com", "otp": "402917"}, request_only=True),
            OpenApiExample(
                "verify and choose a password",
                value={"email": "ada@example.com", "otp": "402917", "new_password": "a long and private sentence"},
                request_only=True,
            ),
            OpenApiExample(
                "signed in",
                value=TOKENS | {"user": USER, "has_password": True},
                response_only=True,
                status_codes=["200"],
            ),
        ],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = VerifySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        signed_in = services.verify(
            email=given.validated_data["email"],
            phone=given.validated_data["phone"],
            code=given.validated_data["otp"],
            device=device_named_by(request),
            new_password=given.validated_data["new_password"],
        )
        return Response(signed_in_json(signed_in) | {"has_password": signed_in.user.has_usable_password()})


class ResendView(OpenView):
    limit = limits.RESEND
    sends = True

    @extend_schema(
        operation_id="auth_resend_otp",
        summary="Ask for a new code",
        description=(
            "Answers the same whether or not there is such an account and whether or not it awaits a code. "
            "One mail a minute and five an hour go to an address."
        ),
        request=ResendSerializer,
        responses={200: MessageSerializer, **GUARDED},
        examples=[
            OpenApiExample("resend", value={"email": "ada@example.com"}, request_only=True),
            OpenApiExample("sent", value={"message": SENT}, response_only=True, status_codes=["200"]),
        ],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = ResendSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.resend(email=given.validated_data["email"], phone=given.validated_data["phone"])
        return Response({"message": SENT})
