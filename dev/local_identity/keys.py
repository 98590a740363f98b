"""Keys that exist as long as the process: RSA to sign tokens with, EC to sign as a client of Apple's."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class SigningKey:
    private: rsa.RSAPrivateKey

    @property
    def id(self) -> str:
        return hashlib.sha256(self.public_pem).hexdigest()[:16]

    @property
    def public_pem(self) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, form)

    @property
    def certificate(self) -> str:
        """Self-signed, in PEM, as Google shows its keys."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "local")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.private.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=365))
            .sign(self.private, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def jwk(self) -> dict[str, Any]:
        numbers = self.private.public_key().public_numbers()
        public = {"n": _base64(numbers.n), "e": _base64(numbers.e)}
        return {"kty": "RSA", "kid": self.id, "use": "sig", "alg": "RS256", **public}


@lru_cache(maxsize=8)
def signing_key(name: str) -> SigningKey:
    """The key of that name; making one takes a tenth of a second."""
    return SigningKey(rsa.generate_private_key(65537, 2048))


@lru_cache(maxsize=1)
def client_key() -> tuple[str, str]:
    """Private and public half, in PEM, of what Apple has a client sign its requests with."""
    private = ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    return (
        private.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode(),
        private.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo).decode(),
    )


def _base64(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
