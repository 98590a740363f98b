import base64
import binascii
import re
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.hazmat.primitives.asymmetric import ec
from rest_framework import serializers

from notifications.channels import web_push
from notifications.destinations import addresses, discord
from notifications.models import Destination
from notifications.vocabulary import DESTINATION_CHANNELS, DeviceType
from numerai.common.http.strict import StrictSerializer

TOKEN = re.compile(r"\A[\x21-\x7e]+\Z")
LONGEST_ENDPOINT = 2000
SECRET_BYTES = 16


class DestinationSerializer(serializers.Serializer[Destination]):
    id = serializers.UUIDField(source="public_id")
    channel = serializers.ChoiceField(choices=[(name, name) for name in DESTINATION_CHANNELS])
    device_type = serializers.CharField(help_text="`ios`, `android`, `web`, or empty.")
    name = serializers.CharField()
    address = serializers.SerializerMethodField(help_text="Enough of it to recognise it.")
    timezone = serializers.CharField(help_text="IANA name; empty for that of the profile.")
    is_enabled = serializers.BooleanField()
    disabled_at = serializers.DateTimeField(allow_null=True)
    disabled_reason = serializers.CharField(help_text="Short and stable; empty while it is enabled.")
    failures = serializers.IntegerField(help_text="How many attempts in a row have failed.")
    succeeded_at = serializers.DateTimeField(allow_null=True)
    registered_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()

    def get_address(self, row: Destination) -> str:
        return addresses.masked(row)


class ZoneField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        name: str = super().to_internal_value(data)
        try:
            _ = name and ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise serializers.ValidationError("Enter a time zone such as Europe/Vienna.", code="invalid") from None
        return name


class MobileRequestSerializer(StrictSerializer):
    fcm_token = serializers.RegexField(TOKEN, max_length=4096, min_length=10)
    device_type = serializers.ChoiceField(DeviceType.choices)
    device_name = serializers.CharField(required=False, allow_blank=True, default="", max_length=100)
    timezone = ZoneField(required=False, allow_blank=True, default="", max_length=64)


class KeysSerializer(StrictSerializer):
    p256dh = serializers.CharField(max_length=200, help_text="An uncompressed point in URL-safe base64.")
    auth = serializers.CharField(max_length=100, help_text="16 bytes in URL-safe base64.")

    def validate_p256dh(self, value: str) -> str:
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(value))
        except ValueError:
            raise serializers.ValidationError("That is no key of a browser.", code="invalid") from None
        return value

    def validate_auth(self, value: str) -> str:
        try:
            is_sound = len(_bytes(value)) == SECRET_BYTES
        except ValueError:
            is_sound = False
        if not is_sound:
            raise serializers.ValidationError("That is no secret of a browser.", code="invalid")
        return value


class WebPushRequestSerializer(StrictSerializer):
    endpoint = serializers.CharField(max_length=LONGEST_ENDPOINT, help_text="As the browser's subscription has it.")
    keys = KeysSerializer()
    name = serializers.CharField(required=False, allow_blank=True, default="", max_length=100)
    timezone = ZoneField(required=False, allow_blank=True, default="", max_length=64)

    def validate_endpoint(self, value: str) -> str:
        if not TOKEN.fullmatch(value) or not web_push.is_allowed(value):
            raise serializers.ValidationError("That is no push service we know.", code="host_not_allowed")
        return value


class DiscordRequestSerializer(StrictSerializer):
    """One of the two."""

    webhook_url = serializers.CharField(required=False, max_length=400, help_text="As Discord shows it.")
    discord_user_id = serializers.RegexField(
        discord.USER, required=False, help_text="Of somebody who shares a server with us."
    )
    name = serializers.CharField(required=False, allow_blank=True, default="", max_length=100)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("webhook_url" in attrs) == ("discord_user_id" in attrs):
            raise serializers.ValidationError({"webhook_url": "Give a webhook or a user, one of the two."})
        if "discord_user_id" in attrs:
            return attrs | {"address": {"user": attrs["discord_user_id"]}}
        address = discord.webhook(attrs["webhook_url"])
        if address is None:
            raise serializers.ValidationError({"webhook_url": "That is no address of a Discord webhook."})
        return attrs | {"address": address}


class TestedSerializer(serializers.Serializer[Any]):
    sent = serializers.BooleanField()
    provider = serializers.CharField(help_text="Who was asked to deliver it.")
    code = serializers.CharField(help_text="The provider's refusal, short and stable; empty if it was sent.")
    error_class = serializers.CharField(help_text="`permanent`, `transient`, `throttled` or `config`; empty if sent.")
    detail = serializers.CharField(help_text="The provider's own words, as far as they hold no secret.")


class KeySerializer(serializers.Serializer[Any]):
    public_key = serializers.CharField(help_text="What `applicationServerKey` takes.")


def _bytes(text: str) -> bytes:
    """URL-safe base64 with or without its padding. Raises ValueError."""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error
