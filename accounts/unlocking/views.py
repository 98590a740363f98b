from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import limits
from accounts.limits import OpenView
from accounts.login.serializers import MessageSerializer
from accounts.login.views import GUARDED
from accounts.unlocking import services
from accounts.unlocking.links import UnlockLinkInvalid
from accounts.unlocking.serializers import AskSerializer, ConfirmSerializer
from numerai.common.http.openapi import problem

SENT = "If there is such an account, a link that unlocks it is on its way."
OPENED = "You can sign in again from here."


class UnlockView(OpenView):
    limit = limits.UNLOCK
    sends = True

    @extend_schema(
        operation_id="auth_unlock",
        summary="Ask for a link that unlocks",
        description=(
            "For a person whose sign-in answers 429 `sign_in_limited`. Answers the same whether or not there is such "
            "an account. One link a minute and five an hour go to an address; each is good once, for a day."
        ),
        request=AskSerializer,
        responses={200: MessageSerializer, **GUARDED},
        examples=[
            OpenApiExample("ask", value={"email": "ada@example.com"}, request_only=True),
            OpenApiExample("sent", value={"message": SENT}, response_only=True, status_codes=["200"]),
        ],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = AskSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.ask(email=given.validated_data["email"], phone=given.validated_data["phone"])
        return Response({"message": SENT})


class UnlockConfirmView(OpenView):
    limit = limits.UNLOCK

    @extend_schema(
        operation_id="auth_unlock_confirm",
        summary="Unlock by the link",
        description=(
            "Lets the caller's network sign in again to the account that the link was sent for, and for a day even "
            "while attempts from elsewhere keep that account locked. Signs nobody in."
        ),
        request=ConfirmSerializer,
        responses={
            200: MessageSerializer,
            **problem(400, UnlockLinkInvalid.code, UnlockLinkInvalid.detail),
            **GUARDED,
        },
        examples=[
            OpenApiExample(
                "confirm",
                value={"token": "5f0e8f7a1c9d4e0b.q3rFvU2hQxk.9c1d2e3f4a5b6c7d:1tVx2a:m0Ww9kU"},
                request_only=True,
            ),
            OpenApiExample("unlocked", value={"message": OPENED}, response_only=True, status_codes=["200"]),
        ],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = ConfirmSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.confirm(request, given.validated_data["token"])
        return Response({"message": OPENED})
