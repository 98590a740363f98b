"""Accounts at Google and Apple, and what the two tell us."""

from accounts.models.social.identity import LONGEST_SUBJECT, Identity, IdentityProvider
from accounts.models.social.provider_event import LONGEST_EVENT_ID, ProviderEvent
from accounts.models.social.token_revocation import TokenRevocation

__all__ = [
    "LONGEST_EVENT_ID",
    "LONGEST_SUBJECT",
    "Identity",
    "IdentityProvider",
    "ProviderEvent",
    "TokenRevocation",
]
