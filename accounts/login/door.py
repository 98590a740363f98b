"""The one login door: whoever issues tokens asks here first, whichever way the person came."""

from accounts.models import User
from numerai.common.errors import DomainError


class InvalidCredentials(DomainError):
    """400 and not 401: a 401 tells the frontend that an access token has run out, so it would refresh and repeat the
    sign-in instead of showing the sentence. The same answer for a wrong password, an unknown address, an account
    without a password and one that is closed."""

    status, code, title = 400, "invalid_credentials", "Sign-in failed"
    detail = "That combination of address and password is not right."


class EmailNotVerified(DomainError):
    status, code, title = 403, "email_not_verified", "E-mail address not verified"
    detail = "Your e-mail address is not verified yet. Enter the code that we have sent to it."


def refusal(user: User) -> DomainError | None:
    """Why ``user``, who has proved who they are, may not come in all the same; None when they may."""
    if not user.is_active:
        return InvalidCredentials()
    if not user.is_verified:
        return EmailNotVerified()
    return None
