from typing import Any

from numerai.common.errors import DomainError, ServiceUnavailable

PATIENCE_SECONDS = 10


class SocialTokenInvalid(DomainError):
    """The same for everything that can be wrong with what Google or Apple are said to have given."""

    status, code, title = 400, "social_token_invalid", "Sign-in not accepted"
    detail = "That sign-in could not be confirmed. Please start it once more."


class ProviderNotConfigured(DomainError):
    status, code, title = 400, "provider_not_configured", "Sign-in not offered"
    detail = "This way of signing in is not offered here."


class ProviderUnavailable(ServiceUnavailable):
    code, title = "provider_unavailable", "The provider does not answer"
    detail = "Google or Apple cannot be reached at the moment. Please try again shortly, or sign in another way."

    def __init__(self, *, retry_after: float = PATIENCE_SECONDS, **kwargs: Any) -> None:
        super().__init__(retry_after=retry_after, **kwargs)


class NetworkCallInsideTransaction(RuntimeError):
    """A mistake of ours: a transaction must not stay open while somebody else thinks."""
