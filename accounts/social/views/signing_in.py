from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import limits
from accounts.events.device import device_named_by
from accounts.limits import OpenView
from accounts.login.door import EmailNotVerified, SecondFactorRequired
from accounts.login.serializers import SignedInSerializer
from accounts.login.views import GUARDED, signed_in_json
from accounts.profiles.examples import TOKENS, USER
from accounts.social import nonces, proving, services
from accounts.social.examples import APPLE_CODE, APPLE_ID_TOKEN, CODE, ID_TOKEN, NONCE
from accounts.social.protocol.errors import ProviderNotConfigured, ProviderUnavailable, SocialTokenInvalid
from accounts.social.refusals import IdentityBlocked, LinkRequired
from accounts.social.serializers import AppleSerializer, GoogleSerializer, NonceSerializer
from numerai.common.http.openapi import problem

UNPROVEN = problem(400, SocialTokenInvalid.code, SocialTokenInvalid.detail) | problem(
    503, ProviderUnavailable.code, ProviderUnavailable.detail
)
REFUSED = (
    GUARDED
    | UNPROVEN
    | problem(403, EmailNotVerified.code, EmailNotVerified.detail)
    | problem(409, LinkRequired.code, LinkRequired.detail)
)
SIGNED_IN = OpenApiExample("signed in", value=TOKENS | {"user": USER}, response_only=True, status_codes=["200"])
GOOGLE_EXAMPLES = [
    OpenApiExample("code", value=CODE, request_only=True),
    OpenApiExample("id_token", value={"id_token": ID_TOKEN}, request_only=True),
    OpenApiExample("access_token", value={"access_token": "ya29.a0AfB_byC3d4e5"}, request_only=True),
]
APPLE_EXAMPLES = [
    OpenApiExample("code", value=APPLE_CODE, request_only=True),
    OpenApiExample("id_token", value=APPLE_ID_TOKEN, request_only=True),
]
COMMON = (
    f"A token that is not genuine, not for us, or out of date is 400 `{SocialTokenInvalid.code}`; a provider that is "
    f"not set up 400 `{ProviderNotConfigured.code}`, one that does not answer 503 `{ProviderUnavailable.code}`. The "
    "first sign-in makes an account with the address that the provider vouches for. When the address belongs to an "
    f"account whose owner has to link the two first, it answers 409 `{LinkRequired.code}`; when nobody vouches for it, "
    f"a code is sent and it answers 403 `{EmailNotVerified.code}`. `{SecondFactorRequired.code}` and "
    f"`{IdentityBlocked.code}` are 403 as well."
)


class NonceView(OpenView):
    limit = limits.NONCE

    @extend_schema(
        operation_id="auth_social_nonce",
        summary="A nonce for a sign-in by id_token",
        description="Give it to the provider's client before the person signs in: the id_token must hold it.",
        request=None,
        responses={200: NonceSerializer, **GUARDED},
        examples=[OpenApiExample("nonce", value=NONCE, response_only=True, status_codes=["200"])],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        return Response({"nonce": nonces.issue(), "expires_in": nonces.LIFETIME_SECONDS})


class GoogleView(OpenView):
    limit = limits.SOCIAL

    @extend_schema(
        operation_id="auth_social_google",
        summary="Sign in with Google",
        description=f"By `code`, by `id_token` or by `access_token`. {COMMON}",
        request=GoogleSerializer,
        responses={200: SignedInSerializer, **REFUSED},
        examples=[*GOOGLE_EXAMPLES, SIGNED_IN],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = GoogleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        told = proving.by_google(request._request, given.validated_data)
        return Response(signed_in_json(services.sign_in(told, device=device_named_by(request))))


class AppleView(OpenView):
    limit = limits.SOCIAL

    @extend_schema(
        operation_id="auth_social_apple",
        summary="Sign in with Apple",
        description=f"By `code` or by `id_token`; `user` is what Apple gave with the first sign-in. {COMMON}",
        request=AppleSerializer,
        responses={200: SignedInSerializer, **REFUSED},
        examples=[*APPLE_EXAMPLES, SIGNED_IN],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = AppleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        told = proving.by_apple(request._request, given.validated_data)
        return Response(signed_in_json(services.sign_in(told, device=device_named_by(request))))
