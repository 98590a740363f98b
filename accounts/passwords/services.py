from django.db import transaction
from rest_framework.request import Request

from accounts import limits
from accounts.events import EventKind, record
from accounts.login.services import SignedIn, person_known_by
from accounts.models import CodePurpose, User
from accounts.passwords import links, mailing
from accounts.passwords.binding import bound_to, may_reset
from accounts.passwords.setting import give_password
from accounts.proof.services import require_fresh, signed_in_by
from accounts.proof.staying import admitted_caller, stay
from accounts.registration.passwords import refuse_unfit
from accounts.signals import email_changed
from accounts.social.standing import is_mailbox_hijacked
from accounts.verification import codes
from accounts.verification.mailing import stand_in
from accounts.verification.services import CodeInvalid
from numerai.common import clock
from numerai.common.errors import Conflict, DomainError
from numerai.common.throttling import hit


class ResetLinkInvalid(DomainError):
    """The same for a link that was used, has aged, was replaced or invented, or is older than the password."""

    status, code, title = 400, "reset_link_invalid", "Link not accepted"
    detail = "That link has been used or is no longer valid. Ask for a new one."


class NoWayToReset(Conflict):
    code = "no_way_to_reset"
    detail = "This account has no address of its own that a link could be sent to."


def ask(email: str, *, kind: str) -> None:
    """Mail what resets the password, a code or a link by ``kind``. Nothing tells whether there is such a person, or one
    who may use it.

    Raises TooManyRequests for any address, known or not, past one request of that kind a minute or five an hour, and
    past twenty codes a day.
    """
    counted = (*limits.RESET_ASKED, limits.RESET_CODES) if kind == mailing.CODE_KIND else limits.RESET_ASKED
    for limit in counted:
        hit(limit, f"{kind}|{limits.mailbox_of(email)}")
    user = person_known_by(email=email, phone="")
    is_awaited = user is not None and may_reset(user)
    is_kept = limits.may_send_to_all(email, book="" if is_awaited else "nobody|") and is_awaited
    mailing.send(user if user is not None and is_kept else stand_in(email), kind=kind, is_kept=is_kept)


def ask_for(user: User, *, kind: str) -> None:
    """The same, asked by an operator. Raises NoWayToReset for whom nothing could be sent to, and TooManyRequests."""
    if not may_reset(user) or is_mailbox_hijacked(user):
        raise NoWayToReset
    ask(str(user.email), kind=kind)


def reset_by_code(*, email: str, code: str, new_password: str) -> None:
    """Whoever enters the code that was sent to an address may choose the password, and signs in with it afterwards.

    Raises CodeInvalid; InputError for a weak password, and then the code stays good.
    """
    # Durable, because a wrong guess must stay counted whatever the caller does next.
    with transaction.atomic(durable=True):
        # Locked before the code is, as by everybody who locks both.
        user = User.objects.select_for_update(no_key=True).filter(email=email).first()
        is_right = _redeem(user, code)
        if user is not None and is_right:
            _reset(user, new_password)
    if not is_right:
        raise CodeInvalid


def reset_by_link(*, token: str, new_password: str) -> User:
    """The same by a link. Raises ResetLinkInvalid; InputError for a weak password, and then the link stays good."""
    with transaction.atomic(durable=True):
        user = links.redeem(token)
        if user is None:
            raise ResetLinkInvalid
        _reset(user, new_password)
    return user


def change(request: Request, *, new_password: str, current_password: str = "", code: str = "") -> SignedIn:
    """A new password, or the first one, for the caller with a fresh proof; every session ends, and one begins anew.

    Raises what ``require_fresh`` raises, and InputError for a weak password.
    """
    require_fresh(request, password=current_password, code=code, is_shown=True)
    caller, _ = signed_in_by(request)
    refuse_unfit(new_password, email=caller.email or "", full_name=caller.full_name, field="new_password")
    with transaction.atomic():
        user, session = admitted_caller(request)
        kind = EventKind.PASSWORD_CHANGED if user.has_usable_password() else EventKind.PASSWORD_SET
        give_password(user, new_password, kind=kind, session_id=session.id)
    return stay(request, user, session)


def _redeem(user: User | None, code: str) -> bool:
    """The same statement for those who await no code, for whom none can be right."""
    is_awaited = user is not None and may_reset(user)
    return codes.redeem(
        user_id=user.pk if user is not None and is_awaited else None,
        email=bound_to(user or User()).hex(),
        purpose=CodePurpose.RESET_PASSWORD,
        code=code,
    )


def _reset(user: User, new_password: str) -> None:
    # Who reads the mailbox is whom the address belongs to. A number that was only noted came from whoever signed up,
    # and is not kept for somebody who has never been in.
    if not user.is_verified:
        user.phone = None
    if user.email_verified_at is None:
        user.email_verified_at = clock.now()
        record(EventKind.ADDRESS_VERIFIED, user_id=user.pk)
        email_changed.send(sender=User, user=user)
    give_password(user, new_password, kind=EventKind.PASSWORD_RESET)
