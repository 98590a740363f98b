"""The one login door: whoever issues tokens, or lets anybody into the admin, asks here first, whichever way they came.

A check is one function: it looks at an ``Entry`` and answers why it may not be, or None. ``CHECKS`` holds them in the
order in which they are asked; the first refusal is the answer.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from uuid import UUID

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.events import EventKind, record
from accounts.events.device import Device
from accounts.factors.active import has_second_factor
from accounts.factors.challenging import challenge_for
from accounts.leaving import mailing as leaving
from accounts.models import SignInMethod, User
from numerai.common.audit import current_cause
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


LOCK_ASKED = "sign_in_lock_asked"
Check = Callable[[Entry], DomainError | None]


class OneMoreStep(ABC):
    """Mixed into a refusal that asks for one more step: what it answers is no failed sign-in."""

    @abstractmethod
    def begin(self, entry: Entry) -> None:
        """Prepare the step for ``entry``, after whatever was rolled back."""


class InvalidCredentials(DomainError):
    """400 and not 401: a 401 tells the frontend that an access token has run out, so it would refresh and repeat the
    sign-in instead of showing the sentence. The same answer for a wrong password, an unknown address, an account
    without a password and one that is closed."""

    status, code, title = 400, "invalid_credentials", "Sign-in failed"
    detail = "That combination of address and password is not right."


class EmailNotVerified(DomainError):
    status, code, title = 403, "email_not_verified", "E-mail address not verified"
    detail = "Your e-mail address is not verified yet. Enter the code that we have sent to it."


class SecondFactorRequired(OneMoreStep, DomainError):
    """After the first proof was right. ``challenge``, ``factors`` and ``passkey`` are members of the answer."""

    status, code, title = 403, "second_factor_required", "Second factor required"
    detail = "One more step: confirm with your second factor."

    def begin(self, entry: Entry) -> None:
        if entry.way is Way.SIGN_IN:
            self.extra = challenge_for(entry.user, entry.device, entry.method)


class PhoneNotVerified(EmailNotVerified):
    code, title = "phone_not_verified", "Phone number not verified"
    detail = "Your phone number is not verified yet. Enter the code that we have sent to it."


class AccountLeaving(OneMoreStep, DomainError):
    """After the first proof was right. The way back is sent once more; ``deletes_at`` is a member of the answer."""

    status, code, title = 403, "account_leaving", "Account about to be deleted"
    detail = "This account is going to be deleted. We have sent you a link that undoes it, should you want it back."

    def begin(self, entry: Entry) -> None:
        if entry.way is Way.SIGN_IN:
            leaving.send_link_again(entry.user)


def staying(entry: Entry) -> DomainError | None:
    """Whoever leaves comes back by the link alone, though an operator may have opened the account since."""
    deletes_at = leaving.leaves_at(entry.user.pk)
    return AccountLeaving(extra={"deletes_at": deletes_at.isoformat()}) if deletes_at else None


def active(entry: Entry) -> DomainError | None:
    return None if entry.user.is_active else InvalidCredentials()


def verified(entry: Entry) -> DomainError | None:
    if entry.user.is_verified:
        return None
    return EmailNotVerified() if entry.user.email else PhoneNotVerified()


def unlocked(entry: Entry) -> DomainError | None:
    """A lock keeps guesses away, so it is asked before a password is looked at; here a password is refused that was
    taken without asking. Who is in already, or gives the second factor now, has been asked before."""
    request = current_cause().request
    is_first_step = entry.method == SignInMethod.PASSWORD and entry.way is not Way.REFRESH
    if not is_first_step or entry.has_second_factor or request is None or hasattr(request, "user_id"):
        return None
    return None if hasattr(request, LOCK_ASKED) else InvalidCredentials()


def second_factor(entry: Entry) -> DomainError | None:
    """The admin asks for it on a page of its own, behind this door (``accounts.desk``)."""
    if entry.has_second_factor or entry.way is Way.ADMIN:
        return None
    return SecondFactorRequired() if has_second_factor(entry.user.pk) else None


def keep_refusal(entry: Entry, refused: DomainError, *, session_id: UUID | None = None) -> None:
    """Keep as an event that ``entry`` was refused, or begin the step that it lacks. Call it after whatever was rolled
    back."""
    if isinstance(refused, OneMoreStep):
        refused.begin(entry)
    else:
        keep_failure(entry.user.pk, entry.method, entry.way, refused.code, session_id=session_id)


def keep_failure(
    user_id: UUID | None, method: SignInMethod, way: Way, reason: str, *, session_id: UUID | None = None
) -> None:
    """The same where nobody has proved to be ``user_id``, who is None for an address that is nobody's."""
    details = {"method": method.value, "way": way.value, "reason": reason}
    record(EventKind.SIGN_IN_FAILED, user_id=user_id, session_id=session_id, details=details)


CHECKS: tuple[Check, ...] = (staying, active, verified, unlocked, second_factor)


def lock_was_asked(request: HttpRequest | Request) -> None:
    """Whoever asks whether an account is locked says so here, for what ``request`` goes on to do."""
    setattr(getattr(request, "_request", request), LOCK_ASKED, True)


def refusal(entry: Entry) -> DomainError | None:
    """Why ``entry`` may not be all the same; None when it may."""
    return next((refused for check in CHECKS if (refused := check(entry)) is not None), None)
