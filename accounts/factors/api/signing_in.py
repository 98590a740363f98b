from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.factors import signing_in
from accounts.factors.api.documentation import BAD_PASSKEY, GUARDED, WRONG
from accounts.factors.api.examples import ASSERTION, CHALLENGE, OPTIONS, RECOVERY_CODES
from accounts.factors.api.serializers import FactorAnswerSerializer, OptionsSerializer, PasskeySignInSerializer
from accounts.limits import OpenView
from accounts.login.serializers import SignedInSerializer
from accounts.login.views import signed_in_json
from accounts.profiles.examples import TOKENS, USER
from numerai.common.throttling import Limit

SECOND_FACTOR = Limit("accounts.second_factor", times=30, seconds=60, fails_closed=True)
PASSKEY = Limit("accounts.passkey", times=30, seconds=60, fails_closed=True)
PASSKEY_OPTIONS = Limit("accounts.passkey_options", times=30, seconds=60, fails_closed=True)
SIGNED_IN = OpenApiExample("signed in", value=TOKENS | {"user": USER}, response_only=True, status_codes=["200"])


class SecondFactorView(OpenView):
    limit = SECOND_FACTOR

    @extend_schema(
        operation_id="auth_second_factor",
        summary="Sign in: the second step",
        description=(
            "Every sign-in answers 403 `second_factor_required` to who has a second factor, with a `challenge`, the "
            "`factors` that the person has and, if passkeys are among them, `passkey`: the options for "
            "`navigator.credentials.get`. The challenge is for one success within five minutes and for five tries, "
            "from the same device. Send one of `code`, `recovery_code` and `passkey`."
        ),
        request=FactorAnswerSerializer,
        responses={200: SignedInSerializer, **WRONG, **GUARDED},
        examples=[
            OpenApiExample("code", value={"challenge": CHALLENGE, "code": "402917"}, request_only=True),
            OpenApiExample(
                "recovery code",
                value={"challenge": CHALLENGE, "recovery_code": RECOVERY_CODES[0]},
                request_only=True,
            ),
            OpenApiExample("passkey", value={"challenge": CHALLENGE, "passkey": ASSERTION}, request_only=True),
            SIGNED_IN,
        ],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = FactorAnswerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        signed_in = signing_in.finish(request, given.validated_data["challenge"], given.proof)
        return Response(signed_in_json(signed_in))


class PasskeySignInOptionsView(OpenView):
    limit = PASSKEY_OPTIONS

    @extend_schema(
        operation_id="auth_passkey_options",
        summary="Begin to sign in by passkey",
        description=(
            "For `PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey)` and "
            "`navigator.credentials.get`. Good for one sign-in within five minutes, from this device."
        ),
        request=None,
        responses={200: OptionsSerializer, **GUARDED},
        examples=[OpenApiExample("options", value=OPTIONS, response_only=True, status_codes=["200"])],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        return Response(signing_in.passkey_options(request))


class PasskeySignInView(OpenView):
    limit = PASSKEY

    @extend_schema(
        operation_id="auth_passkey",
        summary="Sign in by passkey",
        description=(
            "`passkey` is what `credential.toJSON()` gives. Counts as both factors, so the device must have verified "
            "the person by a finger, a face or a PIN."
        ),
        request=PasskeySignInSerializer,
        responses={200: SignedInSerializer, **BAD_PASSKEY, **GUARDED},
        examples=[OpenApiExample("passkey", value={"passkey": ASSERTION}, request_only=True), SIGNED_IN],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = PasskeySignInSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(signed_in_json(signing_in.by_passkey(request, given.validated_data["passkey"])))
