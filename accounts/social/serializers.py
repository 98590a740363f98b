import json
from contextlib import suppress
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Identity, IdentityProvider
from accounts.profiles.fields import PlainTextField
from accounts.proof.serializers import WithPasswordSerializer
from accounts.social.protocol.errors import SocialTokenInvalid

LONGEST_CODE = 2048
REDIRECT_UNKNOWN = "That is none of the addresses to which this product lets people come back."
ONE_OF_THESE = "Give exactly one of: {names}."


class ProviderTokenField(serializers.CharField):
    """A token of a provider's: whatever is no text is as wrong as a text that is no token. "" is not given."""

    def run_validation(self, data: Any = serializers.empty) -> str:
        if data in (serializers.empty, None, ""):
            return ""
        if not isinstance(data, str) or not data.isascii():
            raise SocialTokenInvalid
        return data


@extend_schema_field(
    {
        "type": "object",
        "properties": {
            "name": {
                "type": "object",
                "properties": {"firstName": {"type": "string"}, "lastName": {"type": "string"}},
            }
        },
    }
)
class AppleNameField(serializers.Field):  # type: ignore[type-arg]
    """``{"name": {"firstName": …, "lastName": …}}``, as Apple hands it to its client once; or that object as text.

    Nothing in it can be checked, so whatever has another shape is as if it had not come.
    """

    def run_validation(self, data: Any = serializers.empty) -> str:
        name = _object(data).get("name")
        parts = (name.get("firstName"), name.get("lastName")) if isinstance(name, dict) else ()
        return " ".join(part for part in parts if isinstance(part, str))


def _object(data: Any) -> dict[str, Any]:
    if isinstance(data, str) and len(data) <= LONGEST_CODE:
        with suppress(ValueError, RecursionError):
            data = json.loads(data)
    return data if isinstance(data, dict) else {}


class CodeSerializer(serializers.Serializer[Any]):
    """Exactly one of ``ways``; a code also with where it was sent."""

    ways: tuple[str, ...] = ("code", "id_token")

    code = PlainTextField(
        required=False, allow_blank=True, default="", max_length=LONGEST_CODE, help_text="From the provider's redirect."
    )
    redirect_uri = PlainTextField(
        required=False, allow_blank=True, default="", max_length=500, help_text="Where the code was sent."
    )
    code_verifier = PlainTextField(
        required=False, allow_blank=True, default="", max_length=128, help_text="What PKCE's challenge was made of."
    )
    id_token = ProviderTokenField(required=False, help_text="With a nonce from auth/social/nonce/.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(bool(attrs[way]) for way in self.ways) != 1:
            raise serializers.ValidationError(ONE_OF_THESE.format(names=", ".join(self.ways)), code="one_of")
        if attrs["code"] and attrs["redirect_uri"] not in settings.SOCIAL_REDIRECT_URIS:
            raise serializers.ValidationError({"redirect_uri": [REDIRECT_UNKNOWN]}, code="redirect_uri_unknown")
        return attrs


class GoogleSerializer(CodeSerializer):
    ways = ("code", "id_token", "access_token")

    access_token = ProviderTokenField(required=False, help_text="Issued to a client of ours.")


class AppleSerializer(CodeSerializer):
    user = AppleNameField(required=False, help_text="What Apple gave with the first sign-in.")


class LinkGoogleSerializer(WithPasswordSerializer, GoogleSerializer):
    """With the password of the account here."""


class LinkAppleSerializer(WithPasswordSerializer, AppleSerializer):
    """With the password of the account here."""


class NonceSerializer(serializers.Serializer[Any]):
    nonce = serializers.CharField(help_text="For the provider's client; an app gives Apple its SHA-256 in hex.")
    expires_in = serializers.IntegerField(help_text="Seconds.")


class IdentitySerializer(serializers.ModelSerializer[Identity]):
    provider = serializers.ChoiceField(choices=IdentityProvider.choices)

    class Meta:
        model = Identity
        fields = (
            "id",
            "provider",
            "email",
            "is_private_relay",
            "email_deliverable",
            "created_at",
            "last_used_at",
        )
        read_only_fields = fields
