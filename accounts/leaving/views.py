from typing import cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import limits
from accounts.leaving import services
from accounts.leaving.serializers import LeavingSerializer, UndoSerializer
from accounts.leaving.services import UndoLinkInvalid
from accounts.limits import OpenView
from accounts.login.serializers import MessageSerializer
from accounts.login.views import GUARDED
from accounts.models import User
from accounts.proof.documentation import NOT_FRESH
from accounts.proof.serializers import WithProofSerializer
from accounts.proof.services import PasswordWrong, require_fresh
from numerai.common.http.openapi import problem

CLOSED = "Your account is closed and will be deleted. The way back has been sent to you, should you change your mind."
OPENED = "Your account is open again. You can sign in."


class DeleteAccountView(APIView):
    @extend_schema(
        operation_id="users_delete_account",
        summary="Delete the account",
        description=(
            "Needs a fresh proof: a sign-in less than fifteen minutes ago, or the password or a code of "
            "auth/proof/code/ in the body. Every session ends at once and renewals stop. Until `deletes_at` a link "
            "that is sent to the person undoes it; then everything is erased, but for the books that the law has us "
            "keep, which no longer name anybody."
        ),
        request=WithProofSerializer,
        responses={
            200: LeavingSerializer,
            **problem(400, PasswordWrong.code, PasswordWrong.detail),
            **NOT_FRESH,
            **GUARDED,
        },
        examples=[
            OpenApiExample("after a fresh sign-in", value={}, request_only=True),
            OpenApiExample("by password", value={"password": "a long and private sentence"}, request_only=True),
            OpenApiExample(
                "closed",
                value={"message": CLOSED, "deletes_at": "2026-12-21T10:00:00Z"},
                response_only=True,
                status_codes=["200"],
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        given = WithProofSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        require_fresh(request, **given.validated_data)
        deletion = services.ask_deletion(cast("User", request.user))
        return Response(LeavingSerializer({"message": CLOSED, "deletes_at": deletion.due_at}).data)


class UndoDeletionView(OpenView):
    limit = limits.UNDO

    @extend_schema(
        operation_id="users_delete_account_undo",
        summary="Undo the deletion of an account",
        description=(
            "Opens the account again whose link it is, once, and lets a subscription go on that ends because of the "
            "deletion. Signs nobody in. Signing in to an account that is leaving sends a new link."
        ),
        request=UndoSerializer,
        responses={
            200: MessageSerializer,
            **problem(400, UndoLinkInvalid.code, UndoLinkInvalid.detail),
            **GUARDED,
        },
        examples=[
            OpenApiExample("undo", value={"token": "q3rFvU2hQxkN7pJ0sYb1cWm4dTz8eLg5aVi6oKx9uRE"}, request_only=True),
            OpenApiExample("open again", value={"message": OPENED}, response_only=True, status_codes=["200"]),
        ],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = UndoSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.undo_by_link(given.validated_data["token"])
        return Response({"message": OPENED})
