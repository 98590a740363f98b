from django.http import HttpRequest
from rest_framework.request import Request

from accounts import limits
from accounts.events import EventKind, record
from accounts.login.services import person_known_by
from accounts.models import User
from accounts.unlocking import links
from accounts.unlocking.guarding import open_for, pardon
from accounts.verification import mailing
from numerai.common.throttling import hit

UNLOCK_KIND = "accounts.unlock_link"
PHONE_UNLOCK_KIND = "accounts.phone_unlock_link"


def ask(*, email: str, phone: str) -> None:
    """Send a link that unlocks to whoever has a verified account of that address; nothing tells whether there is one.

    Raises TooManyRequests for any address, known or not, past one request a minute or five an hour.
    """
    address = email or phone
    mailbox = limits.mailbox_of(address)
    for limit in limits.UNLOCK_ASKED:
        hit(limit, mailbox)
    user = person_known_by(email=email, phone=phone)
    is_kept = user is not None and user.is_active and user.is_verified and limits.may_send_to_all(address)
    who = user if user is not None and is_kept else mailing.stand_in(address)
    mailing.tell(who, kind=UNLOCK_KIND if email else PHONE_UNLOCK_KIND, is_kept=is_kept)


def unlock_by_operator(user: User) -> None:
    """Let everybody begin anew who tries to sign in as ``user``."""
    for address in _addresses_of(user):
        pardon(address)
    record(EventKind.SIGN_IN_UNLOCKED, user_id=user.pk)


def confirm(request: HttpRequest | Request, token: str) -> None:
    """Let the caller's network sign in again to the account whose link it is. Raises UnlockLinkInvalid."""
    user = links.owner_of(token)
    for address in _addresses_of(user):
        open_for(request, address)
    record(EventKind.SIGN_IN_UNLOCKED, user_id=user.pk)


def _addresses_of(user: User) -> list[str]:
    return [address for address in (user.email, user.phone if user.phone_verified_at else None) if address]
