"""An authenticator in software: real keys, real signatures, and a browser that says where it was asked."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256, CoseKey
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

ORIGIN = "https://app.numerai.example"
FLAG = AuthenticatorData.FLAG

Options = dict[str, Any]


def cose_key(kind: type[CoseKey], public_key: Any) -> CoseKey:
    made: CoseKey = kind.from_cryptography_key(public_key)
    return made


@dataclass
class Authenticator:
    """One key pair. ``counts`` is whether it counts its signatures, ``verifies`` whether it asks for a finger."""

    origin: str = ORIGIN
    rp_id: str = "app.numerai.example"
    verifies: bool = True
    counts: bool = True
    is_synced: bool = False
    cross_origin: bool = False
    count: int = 0
    user_handle: bytes | None = None
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: Options, **replaced: Any) -> dict[str, Any]:
        """What ``navigator.credentials.create(options)`` and then ``toJSON()`` give."""
        asked = options["publicKey"]
        self.user_handle = websafe_decode(asked["user"]["id"])
        attested = AttestedCredentialData.create(
            b"\0" * 16, self.credential_id, replaced.get("cose") or cose_key(ES256, self.key.public_key())
        )
        data = self._data(FLAG.AT, attested)
        attestation = AttestationObject.create("none", data, {})
        response = {
            "clientDataJSON": self._client_data(replaced.get("type", "webauthn.create"), asked["challenge"]),
            "attestationObject": websafe_encode(attestation),
            "transports": ["internal", "hybrid", "carrier pigeon"],
        }
        return self._credential(response)

    def get(self, options: Options, **replaced: Any) -> dict[str, Any]:
        """What ``navigator.credentials.get(options)`` and then ``toJSON()`` give."""
        asked = options["publicKey"]
        data = self._data(FLAG(0))
        client_data = self._client_data(
            replaced.get("type", "webauthn.get"), replaced.get("challenge", asked["challenge"])
        )
        signed = bytes(data) + sha256(websafe_decode(client_data))
        response = {
            "clientDataJSON": client_data,
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(self.key.sign(signed, ec.ECDSA(SHA256()))),
            "userHandle": websafe_encode(self.user_handle) if self.user_handle else None,
        }
        return self._credential(response)

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        name = websafe_encode(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "clientExtensionResults": {},
            "authenticatorAttachment": "platform",
            "response": {key: value for key, value in response.items() if value is not None},
        }

    def _data(self, flags: FLAG, attested: bytes = b"") -> AuthenticatorData:
        self.count += self.counts
        flags |= FLAG.UP
        if self.verifies:
            flags |= FLAG.UV
        if self.is_synced:
            flags |= FLAG.BE | FLAG.BS
        create: Callable[..., AuthenticatorData] = AuthenticatorData.create
        return create(sha256(self.rp_id.encode()), flags, self.count, attested)

    def _client_data(self, kind: str, challenge: str) -> str:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin}
        return websafe_encode(json.dumps(said).encode())
