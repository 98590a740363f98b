"""As whom we come to the two: the settings that fit them."""

from typing import Any

from dev.local_identity import apple, google
from dev.local_identity.keys import client_key

REDIRECT_URI = "https://app.numerai.example/auth/callback"
CONFIGURED: dict[str, Any] = {
    "GOOGLE_CLIENT_IDS": [google.CLIENT_ID, google.APP_CLIENT_ID],
    "GOOGLE_CLIENT_SECRET": google.CLIENT_SECRET,
    "APPLE_CLIENT_IDS": [apple.CLIENT_ID, apple.APP_CLIENT_ID],
    "APPLE_TEAM_ID": apple.TEAM_ID,
    "APPLE_KEY_ID": apple.KEY_ID,
    "APPLE_PRIVATE_KEY": client_key()[0],
    "SOCIAL_REDIRECT_URIS": [REDIRECT_URI, "postmessage"],
}
