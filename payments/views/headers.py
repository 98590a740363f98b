from rest_framework import serializers
from rest_framework.request import Request

KEY_LENGTH = 255


def idempotency_key(request: Request) -> str:
    """The caller's Idempotency-Key, "" without one. Raises ValidationError."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > KEY_LENGTH or not key.isascii() or not key.isprintable():
        message = f"At most {KEY_LENGTH} printable ASCII characters."
        raise serializers.ValidationError({"Idempotency-Key": [message]})
    return key
