from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from rest_framework.request import Request

from accounts import limits
from accounts.authentication import Access
from accounts.events import EventKind, record
from accounts.events.device import device_named_by
from accounts.factors.active import has_second_factor
from accounts.factors.challenging import challenge_for
from accounts.factors.errors import FactorProofRequired
from accounts.models import CodePurpose, Session, User
from accounts.proof import mailing
from accounts.proof.ways import SHOWN, ways_of
from accounts.verification import codes
from accounts.verification.services import CodeInvalid
from numerai.common import clock
from numerai.common.errors import DomainError, NotAuthenticated
from numerai.common.throttling import Limit, hit

# By the person and not by the mailbox: strangers who ask for codes in their name must not keep them from theirs.
CODE_ASKED = (
    Limit("accounts.proof_asked_a_minute", times=1, seconds=60, fails_closed=True),
    Limit("accounts.proof_asked_an_hour", times=5, seconds=3600, fails_closed=True),
)


class FreshLoginRequired(DomainError):
    """``ways`` names how this person can give the proof; "passkey", "google" and "apple" mean a new sign-in by
    them."""

    status, code, title = 403, "fresh_login_required", "Confirm that it is you"
    detail = "Please confirm first that it is you: this concerns the safety of your account."


class PasswordWrong(DomainError):
    """400 and not 401, for the same reason as ``invalid_credentials``."""

    status, code, title = 400, "password_wrong", "Password not right"
    detail = "That password is not right."


def require_fresh(request: Request, *, password: str = "", code: str = "", is_shown: bool = False) -> None:
    """Pass when the caller has just proved who they are: a sign-in less than ``FRESH_SIGN_IN_MINUTES`` ago, or the
    ``password`` or mailed ``code`` that came with this request, either of which makes the session fresh. Whoever has a
    second factor has given that one as lately, here or at the sign-in.

    With ``is_shown``, for what could make an account somebody else's for good, the sign-in itself does not count: a
    token may be stolen a minute later. A password or code was shown in this session since, or comes with this request.
    Who has neither can only sign in anew, and passes by that.

    What is given is checked even if the session is fresh. Raises FreshLoginRequired, PasswordWrong, CodeInvalid,
    TooManyRequests, and FactorProofRequired after the first proof was right. Call it outside of any transaction: a
    wrong guess stays counted.
    """
    user, session_id = signed_in_by(request)
    hit(limits.DEAR, str(user.pk))
    if password or code:
        prove(user, session_id, password=password, code=code)
    else:
        _refuse_stale(user, session_id, is_shown=is_shown)
    _require_factor(request, user, session_id)


def prove(user: User, session_id: UUID, *, password: str = "", code: str = "") -> datetime:
    """Make the session fresh by ``password``, ``code`` or both, each of which must be right; answers until when it is.

    Every call counts, before a password is hashed: whoever holds a stolen session must not guess here what they may
    not guess at the login. Raises PasswordWrong, CodeInvalid, TooManyRequests.
    """
    hit(limits.PROOF, str(user.pk))
    if password and not user.check_password(password):
        record(EventKind.SIGN_IN_FAILED, user_id=user.pk, session_id=session_id, details={"way": "proof"})
        raise PasswordWrong
    # Durable, because a wrong guess must stay counted whatever the caller does next.
    with transaction.atomic(durable=True):
        is_proved = not code or _redeem(user, session_id, code)
        if is_proved:
            _make_fresh(session_id)
    if not is_proved:
        record(EventKind.SIGN_IN_FAILED, user_id=user.pk, session_id=session_id, details={"way": "proof"})
        raise CodeInvalid
    return fresh_until(session_id)


def send_code(user: User, session_id: UUID) -> None:
    """Mail a code that proves, in this session alone, who is there. Raises TooManyRequests past one a minute or five an
    hour, and FreshLoginRequired with the other ways when there is no verified address to send it to."""
    ways = ways_of(user)
    if "code" not in ways:
        raise FreshLoginRequired(extra={"ways": ways})
    for limit in CODE_ASKED:
        hit(limit, str(user.pk))
    mailing.send_code(user, session_id)


def fresh_until(session_id: UUID) -> datetime:
    return _until(Session.objects.values_list("proved_at", flat=True).get(id=session_id))


def signed_in_by(request: Request) -> tuple[User, UUID]:
    """The person and the session of a signed-in request."""
    return cast(User, request.user), cast(Access, request.auth).session_id


def _refuse_stale(user: User, session_id: UUID, *, is_shown: bool) -> None:
    proved_at, was_shown = Session.objects.values_list("proved_at", "is_proof_shown").get(id=session_id)
    is_fresh = _until(proved_at) > clock.now()
    if is_fresh and (was_shown or not is_shown):
        return
    ways = ways_of(user)
    to_show = [way for way in ways if way in SHOWN] if is_shown else []
    if not is_fresh or to_show:
        raise FreshLoginRequired(extra={"ways": to_show or ways})


def _require_factor(request: Request, user: User, session_id: UUID) -> None:
    if not has_second_factor(user.pk):
        return
    given_at = Session.objects.values_list("factor_proved_at", flat=True).get(id=session_id)
    if given_at is None or _until(given_at) <= clock.now():
        raise FactorProofRequired(extra=challenge_for(user, device_named_by(request)))


def _until(moment: datetime) -> datetime:
    """Until when a proof of that moment is fresh."""
    return moment + timedelta(minutes=settings.FRESH_SIGN_IN_MINUTES)


def _redeem(user: User, session_id: UUID, code: str) -> bool:
    return codes.redeem(
        user_id=user.pk,
        email=mailing.bound_to(str(user.email), session_id),
        purpose=CodePurpose.PROVE,
        code=code,
    )


def _make_fresh(session_id: UUID) -> None:
    # A session that was ended since the request began has nothing left to prove.
    if not Session.objects.filter(id=session_id, revoked_at__isnull=True).update(
        proved_at=clock.now(), is_proof_shown=True
    ):
        raise NotAuthenticated
