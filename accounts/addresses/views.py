from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import limits
from accounts.addresses import services
from accounts.addresses.reverting import RevertLinkInvalid, revert
from accounts.addresses.serializers import EmailConfirmSerializer, EmailRevertSerializer, NewEmailSerializer
from accounts.addresses.services import EmailTaken, EmailUnchanged
from accounts.limits import OpenView
from accounts.login.serializers import MessageSerializer, SignedInSerializer
from accounts.login.views import GUARDED, signed_in_json
from accounts.profiles.examples import TOKENS, USER
from accounts.proof.documentation import NOT_SHOWN
from accounts.verification.services import CodeInvalid
from numerai.common.http.openapi import problem

SENT = "A code is on its way to the new address. Enter it to finish the change."
BACK = "Your old address is back. Have your password reset to sign in."


class EmailView(APIView):
    @extend_schema(
        operation_id="users_email_change",
        summary="Ask for another e-mail address",
        description=(
            "Asks for a fresh proof: the password or a mailed code in the body, or one given to auth/proof/. A code "
            "goes to the new address, and nothing changes before it is entered at users/email/confirm/. The answer is "
            "the same for an address that is another account's: its owner is told by mail. Asking again replaces "
            "what was asked before; an hour later it is forgotten."
        ),
        request=NewEmailSerializer,
        responses={
            200: MessageSerializer,
            **problem(400, EmailUnchanged.code, EmailUnchanged.detail),
            **NOT_SHOWN,
            **GUARDED,
        },
        examples=[
            OpenApiExample(
                "ask",
                value={"new_email": "ada@new.example.com", "password": "a long and private sentence"},
                request_only=True,
            ),
            OpenApiExample("sent", value={"message": SENT}, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        given = NewEmailSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.ask(request, **given.validated_data)
        return Response({"message": SENT})


class EmailConfirmView(APIView):
    @extend_schema(
        operation_id="users_email_confirm",
        summary="Confirm the new e-mail address",
        description=(
            "Takes the address that the code went to. Every session ends, this one included; the answer holds the "
            "tokens of a new one for this device. The old address gets a link that undoes the change for three days, "
            "in which nobody else can sign up with it."
        ),
        request=EmailConfirmSerializer,
        responses={
            200: SignedInSerializer,
            **problem(400, CodeInvalid.code, CodeInvalid.detail),
            **problem(409, EmailTaken.code, EmailTaken.detail),
        },
        examples=[
            OpenApiExample("confirm", value={"otp": "402917"}, request_only=True),
            OpenApiExample("changed", value=TOKENS | {"user": USER}, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        given = EmailConfirmSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(signed_in_json(services.confirm(request, given.validated_data["otp"])))


class EmailRevertView(OpenView):
    limit = limits.REVERT

    @extend_schema(
        operation_id="users_email_revert",
        summary="Undo a change of the e-mail address",
        description=(
            "By the link that went to the old address, which leads to `/revert-email?token=…` of the frontend, a page "
            "that must send `Referrer-Policy: no-referrer`. It is good once, for three days. The address comes back, "
            "every session ends and the password is gone, for somebody else may have been in; linked accounts, second "
            "factors and a phone number that were added since three days before the change are removed. Signs nobody "
            "in: a reset of the password at the old address is the way on."
        ),
        request=EmailRevertSerializer,
        responses={200: MessageSerializer, **problem(400, RevertLinkInvalid.code, RevertLinkInvalid.detail), **GUARDED},
        examples=[
            OpenApiExample("revert", value={"token": "q0Vb1kq8Zt3vN0kR5wJ2m9c1d2e3f4a5b6c7d8e9f0A"}, request_only=True),
            OpenApiExample("back", value={"message": BACK}, response_only=True, status_codes=["200"]),
        ],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = EmailRevertSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        revert(given.validated_data["token"])
        return Response({"message": BACK})
