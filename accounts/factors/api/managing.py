from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.factors import services
from accounts.factors.api.documentation import (
    BY_PASSWORD,
    ENDS_SESSIONS,
    GUARDED,
    WITH_CODES,
    WITHOUT_CODES,
    WRONG,
)
from accounts.factors.api.examples import CHALLENGE, ENROLMENT, FACTORS
from accounts.factors.api.representation import factors_json
from accounts.factors.api.serializers import (
    AppCodeSerializer,
    ChangedSerializer,
    EnrolmentSerializer,
    FactorAnswerSerializer,
    FactorsSerializer,
)
from accounts.factors.errors import FactorExists, NoSecondFactor, SecondFactorInvalid
from accounts.factors.services import Changed
from accounts.factors.ways import totp
from accounts.login.serializers import MessageSerializer
from accounts.login.views import TOO_MANY, tokens_json
from accounts.proof.documentation import NOT_FRESH, NOT_SHOWN, WRONG_PASSWORD
from accounts.proof.serializers import WithProofSerializer
from accounts.proof.services import require_fresh, signed_in_by
from numerai.common.errors import NotFound
from numerai.common.http.openapi import problem

PROVED = "Confirmed, for fifteen minutes. Please repeat what you were about to do."


def changed_json(changed: Changed) -> dict[str, Any]:
    return tokens_json(changed.tokens) | {"recovery_codes": changed.recovery_codes}


class FactorsView(APIView):
    @extend_schema(
        operation_id="auth_factors",
        summary="Second factors of the person",
        description="Recovery codes are only counted: they are shown once, when they are made.",
        responses=FactorsSerializer,
        examples=[OpenApiExample("factors", value=FACTORS, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        user, _ = signed_in_by(request)
        return Response(factors_json(user.pk))


class FactorProofView(APIView):
    @extend_schema(
        operation_id="auth_factors_proof",
        summary="Confirm with the second factor",
        description="Answers the `challenge` of a 403 `factor_proof_required`; good for fifteen minutes.",
        request=FactorAnswerSerializer,
        responses={200: MessageSerializer, **WRONG, **GUARDED},
        examples=[
            OpenApiExample("code", value={"challenge": CHALLENGE, "code": "402917"}, request_only=True),
            OpenApiExample("confirmed", value={"message": PROVED}, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        given = FactorAnswerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.prove(request, given.validated_data["challenge"], given.proof)
        return Response({"message": PROVED})


class AppView(APIView):
    @extend_schema(
        operation_id="auth_factors_totp_begin",
        summary="Set up an authenticator app",
        description=(
            "Shows a secret for the app, once; the factor counts after auth/factors/totp/confirm/, within a quarter of "
            "an hour. Asking again replaces a secret that was not confirmed. Answers 409 `factor_exists` to who has "
            "an app."
        ),
        request=WithProofSerializer,
        responses={
            200: EnrolmentSerializer,
            **WRONG_PASSWORD,
            **NOT_SHOWN,
            **problem(409, FactorExists.code, FactorExists.detail),
            **GUARDED,
        },
        examples=[
            BY_PASSWORD,
            OpenApiExample("secret", value=ENROLMENT, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        given = WithProofSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        require_fresh(request, is_shown=True, **given.validated_data)
        user, _ = signed_in_by(request)
        begun = totp.enrol(user)
        return Response({"secret": begun.secret, "otpauth_uri": begun.uri, "qr_svg": begun.qr_svg})

    @extend_schema(
        operation_id="auth_factors_totp_remove",
        summary="Remove the authenticator app",
        description=f"Recovery codes go with the last factor. {ENDS_SESSIONS}",
        responses={200: ChangedSerializer, **NOT_FRESH, **problem(404, NotFound.code, NotFound.detail), **TOO_MANY},
        examples=[WITHOUT_CODES],
    )
    def delete(self, request: Request) -> Response:
        require_fresh(request)
        return Response(changed_json(services.remove_app(request)))


class ConfirmAppView(APIView):
    @extend_schema(
        operation_id="auth_factors_totp_confirm",
        summary="Confirm the authenticator app",
        description=f"The first factor comes with ten recovery codes, which are shown this once. {ENDS_SESSIONS}",
        request=AppCodeSerializer,
        responses={
            200: ChangedSerializer,
            **problem(400, SecondFactorInvalid.code, SecondFactorInvalid.detail),
            **NOT_SHOWN,
            **GUARDED,
        },
        examples=[OpenApiExample("code", value={"code": "402917"}, request_only=True), WITH_CODES],
    )
    def post(self, request: Request) -> Response:
        given = AppCodeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        require_fresh(request, is_shown=True, password=given.validated_data["password"])
        return Response(changed_json(services.confirm_app(request, given.validated_data["code"])))


class RecoveryCodesView(APIView):
    @extend_schema(
        operation_id="auth_factors_recovery_codes",
        summary="Make new recovery codes",
        description=f"Ten new ones; those that are left no longer work. {ENDS_SESSIONS}",
        request=WithProofSerializer,
        responses={
            200: ChangedSerializer,
            **WRONG_PASSWORD,
            **NOT_SHOWN,
            **problem(409, NoSecondFactor.code, NoSecondFactor.detail),
            **GUARDED,
        },
        examples=[BY_PASSWORD, WITH_CODES],
    )
    def post(self, request: Request) -> Response:
        given = WithProofSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        require_fresh(request, is_shown=True, **given.validated_data)
        return Response(changed_json(services.renew_recovery_codes(request)))
