"""Accounts at the local providers: keys made on the spot, so that none need be kept in the repository."""

import base64
import json
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa


def service_account(token_uri: str) -> str:
    """A service account of the project "sample", as the JSON that Google hands out."""
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "sample",
            "private_key_id": "1",
            "private_key": _rsa(),
            "client_email": "push@sample.iam.gserviceaccount.com",
            "token_uri": token_uri,
        }
    )


def vapid_private_key() -> str:
    """A key of ours towards push services: 32 bytes in URL-safe base64."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def local_accounts(directory: Path, url: str) -> dict[str, dict[str, str]]:
    """By the variable that holds the secret of an account, what the product needs in its environment to use the local
    one. Keys are kept in ``directory``, for browsers that subscribed with one need it again."""
    file = directory / "vapid.key"
    if not file.exists():
        file.write_text(vapid_private_key())
    return {
        "VAPID_PRIVATE_KEY": {"VAPID_PRIVATE_KEY": file.read_text()},
        "FCM_SERVICE_ACCOUNT": {"FCM_SERVICE_ACCOUNT": service_account(f"{url}/token"), "FCM_API_BASE": url},
        "DISCORD_BOT_TOKEN": {"DISCORD_BOT_TOKEN": "local", "DISCORD_API_BASE": f"{url}/api/v10"},
    }


@cache
def _rsa() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem.decode()
