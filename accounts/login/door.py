"""The one login door: whoever issues tokens, or lets anybody into the admin, asks here first, whichever way they came.

A check is one function: it looks at an ``Entry`` and answers why it may not be, or None. ``CHECKS`` holds them in the
order in which they are asked; the first refusal is the answer.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from uuid import UUID

from accounts.events import EventKind, record
from accounts.events.device import Device
from accounts.models import SignInMethod, User
from numerai.common.errors import DomainError


class Way(Enum):
    """Where an entry leads."""

    SIGN_IN = "sign_in"
    REFRESH = "refresh"
    ADMIN = "admin"


@dataclass(frozen=True)
class Entry:
    """``user``, whose row has just been read, has proved by ``method`` who they are and wants to come in.

    At a refresh ``method`` and ``has_second_factor`` tell how the session began.
    """

    user: User
    method: SignInMethod
    device: Device = field(default_factory=Device)
    has_second_factor: bool = False
    way: Way = Way.SIGN_IN


Check = Callable[[Entry], DomainError | None]


class OneMoreStep:
    """Mixed into a refusal that asks for one more step: what it answers is no failed sign-in."""


class InvalidCredentials(DomainError):
    """400 and not 401: a 401 tells the frontend that an access token has run out, so it would refresh and repeat the
    sign-in instead of showing the sentence. The same answer for a wrong password, an unknown address, an account
    without a password and one that is closed."""

    status, code, title = 400, "invalid_credentials", "Sign-in failed"
    detail = "That combination of address and password is not right."


class EmailNotVerified(DomainError):
    status, code, title = 403, "email_not_verified", "E-mail address not verified"
    detail = "Your e-mail address is not verified yet. Enter the code that we have sent to it."


def active(entry: Entry) -> DomainError | None:
    return None if entry.user.is_active else InvalidCredentials()


def verified(entry: Entry) -> DomainError | None:
    return None if entry.user.is_verified else EmailNotVerified()


def keep_refusal(entry: Entry, refused: DomainError, *, session_id: UUID | None = None) -> None:
    """Keep as an event that ``entry`` was refused. Call it after whatever was rolled back."""
    if not isinstance(refused, OneMoreStep):
        keep_failure(entry.user.pk, entry.method, entry.way, refused.code, session_id=session_id)


def keep_failure(
    user_id: UUID | None, method: SignInMethod, way: Way, reason: str, *, session_id: UUID | None = None
) -> None:
    """The same where nobody has proved to be ``user_id``, who is None for an address that is nobody's."""
    details = {"method": method.value, "way": way.value, "reason": reason}
    record(EventKind.SIGN_IN_FAILED, user_id=user_id, session_id=session_id, details=details)


CHECKS: tuple[Check, ...] = (active, verified)


def refusal(entry: Entry) -> DomainError | None:
    """Why ``entry`` may not be all the same; None when it may."""
    return next((refused for check in CHECKS if (refused := check(entry)) is not None), None)
