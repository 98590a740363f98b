"""The providers that notifications speak to, on loopback: FCM, push services, Discord, texts, and a mail API."""

from dev.local_providers.modes import Mode
from dev.local_providers.server import Asked, LocalProviders

__all__ = ["Asked", "LocalProviders", "Mode"]
