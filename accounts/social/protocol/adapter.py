from typing import Any

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.http import HttpRequest

from accounts.models import IdentityProvider
from accounts.social.protocol.configuration import client_ids
from accounts.social.protocol.transport import new_session


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """What allauth asks of us: as whom we come, and by which way it reaches the providers."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: str | None = None) -> list[SocialApp]:
        """From the settings alone; allauth's own would look into its table as well. Raises ProviderNotConfigured."""
        if provider == IdentityProvider.GOOGLE:
            name = client_id or client_ids(IdentityProvider.GOOGLE)[0]
            return [SocialApp(provider="google", client_id=name, secret=settings.GOOGLE_CLIENT_SECRET)]
        return [
            SocialApp(
                provider="apple",
                client_id=",".join(client_ids(IdentityProvider.APPLE)),
                secret=settings.APPLE_KEY_ID,
                key=settings.APPLE_TEAM_ID,
                settings={"certificate_key": settings.APPLE_PRIVATE_KEY},
            )
        ]

    def get_requests_session(self) -> requests.Session:
        return new_session()
