from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.login.serializers import MessageSerializer
from accounts.login.views import TOO_MANY
from accounts.proof import services
from accounts.proof.serializers import FreshProofSerializer, FreshSerializer
from accounts.proof.services import FreshLoginRequired, PasswordWrong
from numerai.common.http.openapi import problem

SENT = "A code is on its way to your address."


class ProofView(APIView):
    @extend_schema(
        operation_id="auth_proof",
        summary="Confirm that it is you",
        description=(
            "Some acts ask for a fresh proof: without one they answer 403 `fresh_login_required`, whose `ways` name "
            "what this person can use. A right password or mailed code makes this session fresh for fifteen minutes. "
            "Both may also be sent along with the act itself."
        ),
        request=FreshProofSerializer,
        responses={
            200: FreshSerializer,
            **problem(400, PasswordWrong.code, PasswordWrong.detail),
            **TOO_MANY,
        },
        examples=[
            OpenApiExample("password", value={"password": "a long and private sentence"}, request_only=True),
            OpenApiExample("code", value={"code": "402917"}, request_only=True),
            OpenApiExample(
                "fresh", value={"fresh_until": "2026-11-21T10:15:00Z"}, response_only=True, status_codes=["200"]
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        given = FreshProofSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user, session_id = services.signed_in_by(request)
        fresh_until = services.prove(user, session_id, **given.validated_data)
        return Response(FreshSerializer({"fresh_until": fresh_until}).data)


class ProofCodeView(APIView):
    @extend_schema(
        operation_id="auth_proof_code",
        summary="Ask for a code that confirms that it is you",
        description=(
            "Mails a code to the verified address of the person who is signed in; it is good in this session alone. "
            "Whoever has no verified address is told by `ways` what else they can use."
        ),
        request=None,
        responses={
            200: MessageSerializer,
            **problem(403, FreshLoginRequired.code, FreshLoginRequired.detail),
            **TOO_MANY,
        },
        examples=[OpenApiExample("sent", value={"message": SENT}, response_only=True, status_codes=["200"])],
    )
    def post(self, request: Request) -> Response:
        services.send_code(*services.signed_in_by(request))
        return Response({"message": SENT})
