from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.factors import services
from accounts.factors.api.documentation import (
    BAD_PASSKEY,
    BY_PASSWORD,
    ENDS_SESSIONS,
    GUARDED,
    WITH_CODES,
    WITHOUT_CODES,
)
from accounts.factors.api.examples import ATTESTATION, CREATION, PASSKEY
from accounts.factors.api.managing import changed_json
from accounts.factors.api.serializers import (
    ChangedSerializer,
    NewPasskeySerializer,
    OptionsSerializer,
    PasskeySerializer,
    RenameSerializer,
)
from accounts.factors.errors import FactorExists, TooManyPasskeys
from accounts.login.views import TOO_MANY
from accounts.proof.documentation import NOT_FRESH, NOT_SHOWN, WRONG_PASSWORD
from accounts.proof.serializers import WithProofSerializer
from accounts.proof.services import require_fresh, signed_in_by
from numerai.common.http.openapi import problem


class PasskeyOptionsView(APIView):
    @extend_schema(
        operation_id="auth_factors_passkeys_options",
        summary="Begin to add a passkey",
        description=(
            "For `PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey)` and "
            "`navigator.credentials.create`. Good for one passkey within five minutes, on this device."
        ),
        request=WithProofSerializer,
        responses={200: OptionsSerializer, **WRONG_PASSWORD, **NOT_SHOWN, **GUARDED},
        examples=[
            BY_PASSWORD,
            OpenApiExample("options", value=CREATION, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        given = WithProofSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        require_fresh(request, is_shown=True, **given.validated_data)
        return Response(services.passkey_options(request))


class PasskeysView(APIView):
    @extend_schema(
        operation_id="auth_factors_passkeys_add",
        summary="Add a passkey",
        description=(
            "`passkey` is what `credential.toJSON()` gives. The first factor comes with ten recovery codes, which are "
            f"shown this once. Answers 409 `{FactorExists.code}` for one that is known, `{TooManyPasskeys.code}` past "
            f"twenty. {ENDS_SESSIONS}"
        ),
        request=NewPasskeySerializer,
        responses={
            200: ChangedSerializer,
            **BAD_PASSKEY,
            **NOT_SHOWN,
            **problem(409, FactorExists.code, FactorExists.detail),
            **GUARDED,
        },
        examples=[
            OpenApiExample("passkey", value={"name": "Phone", "passkey": ATTESTATION}, request_only=True),
            WITH_CODES,
        ],
    )
    def post(self, request: Request) -> Response:
        given = NewPasskeySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        require_fresh(request, is_shown=True, password=given.validated_data["password"])
        name, answer = given.validated_data["name"], given.validated_data["passkey"]
        return Response(changed_json(services.add_passkey(request, name, answer)))


class PasskeyView(APIView):
    @extend_schema(
        operation_id="auth_factors_passkeys_rename",
        summary="Rename a passkey",
        description="The name is only for the person, to tell one device from another. Needs no further proof.",
        request=RenameSerializer,
        responses={200: PasskeySerializer},
        examples=[
            OpenApiExample("name", value={"name": "Phone"}, request_only=True),
            OpenApiExample("passkey", value=PASSKEY, response_only=True, status_codes=["200"]),
        ],
    )
    def patch(self, request: Request, factor_id: UUID) -> Response:
        user, _ = signed_in_by(request)
        services.passkey_of(user, factor_id)
        given = RenameSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        renamed = services.rename_passkey(user, factor_id, given.validated_data["name"])
        return Response(PasskeySerializer(renamed).data)

    @extend_schema(
        operation_id="auth_factors_passkeys_remove",
        summary="Remove a passkey",
        description=f"Recovery codes go with the last factor. {ENDS_SESSIONS}",
        responses={200: ChangedSerializer, **NOT_FRESH, **TOO_MANY},
        examples=[WITHOUT_CODES],
    )
    def delete(self, request: Request, factor_id: UUID) -> Response:
        require_fresh(request)
        return Response(changed_json(services.remove_passkey(request, factor_id)))
