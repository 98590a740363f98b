"""A browser's half of a push subscription: it alone can read what is pushed to it."""

import base64
import json
import os
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dev.local_providers import Asked


class Browser:
    def __init__(self, origin: str, name: str = "1") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = os.urandom(16)
        self.path = f"/push/{name}"
        self.endpoint = origin + self.path

    @property
    def keys(self) -> dict[str, str]:
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": _text(point), "auth": _text(self._secret)}

    @property
    def address(self) -> dict[str, str]:
        return {"endpoint": self.endpoint, **self.keys}

    def read(self, asked: Asked) -> Any:
        plain = http_ece.decrypt(asked.body, private_key=self._key, auth_secret=self._secret, version="aes128gcm")
        return json.loads(plain)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
