"""What the documentation of sign-in by Google and Apple shows."""

from typing import Any

REDIRECT_URI = "https://app.numerai.example/auth/callback"
ID_TOKEN = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjFiYjc3NGIifQ.eyJzdWIiOiIxMTIyMzMifQ.c2lnbmF0dXJl"  # noqa: S105
CODE = {
    "code": "4/0AfJohXmPq1d2e3",
    "redirect_uri": REDIRECT_URI,
    "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1g",
}
APPLE_CODE = {"code": "c6a1f0e8d2b34.0.rwx", "redirect_uri": REDIRECT_URI}
APPLE_ID_TOKEN: dict[str, Any] = {
    "id_token": ID_TOKEN,
    "user": {"name": {"firstName": "Ada", "lastName": "Lovelace"}},
}
NONCE = {"nonce": "n0S6WzA2MjYyMDUxNzQ4NjI0NjI4MjY3MzU4NjI0NzY", "expires_in": 600}
IDENTITY: dict[str, Any] = {
    "id": "0b7c9a52-61d4-4f0e-9a3e-2f5d8c1b7e60",
    "provider": "google",
    "email": "ada@gmail.com",
    "is_private_relay": False,
    "email_deliverable": True,
    "created_at": "2026-11-21T09:30:00Z",
    "last_used_at": "2026-11-21T09:30:00Z",
}
