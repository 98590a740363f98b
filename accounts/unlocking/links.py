"""Links that let the network where they are opened sign in again: good once, for a day, for the address they went to.

Unlike a code a link cannot be used up by a stranger who guesses, so asking for one and guessing does not keep the owner
from theirs.
"""

import secrets
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import limits
from accounts.models import User
from accounts.verification.mailing import address_of
from notifications.kinds import NoLongerNeeded
from numerai.common.errors import DomainError
from numerai.common.throttling import count


class UnlockLinkInvalid(DomainError):
    """The same for a link that was used, has aged, was invented, or went to an address that is another's by now."""

    code, title = "unlock_link_invalid", "Link not accepted"
    detail = "That link has been used or is no longer valid. Ask for a new one."


def fresh_link(user_id: UUID, _: dict[str, Any]) -> dict[str, Any]:
    """Made by the worker just before the mail or the text leaves; the token stands behind a #, which browsers keep to
    themselves."""
    user = User.objects.filter(id=user_id, is_active=True).first()
    if user is None or not user.is_verified:
        raise NoLongerNeeded
    token = _signer().sign(f"{user.id.hex}.{secrets.token_urlsafe(16)}.{_bound_to(user)}")
    return {"link": urljoin(settings.FRONTEND_URL, f"/unlock#token={token}"), "hours": limits.UNLOCKED_SECONDS // 3600}


def owner_of(token: str) -> User:
    """Whose link it is; it is used up by asking. Raises UnlockLinkInvalid."""
    try:
        identifier, nonce, bound = _signer().unsign(token, max_age=limits.UNLOCKED_SECONDS).split(".")
        user_id = UUID(hex=identifier)
    except (BadSignature, ValueError):
        raise UnlockLinkInvalid from None
    user = User.objects.filter(id=user_id, is_active=True).first()
    if user is None or not constant_time_compare(bound, _bound_to(user)):
        raise UnlockLinkInvalid
    if count(limits.UNLOCK_LINK, nonce).number > 1:
        raise UnlockLinkInvalid
    return user


def _bound_to(user: User) -> str:
    return salted_hmac("accounts.unlock.address", address_of(user), algorithm="sha256").hexdigest()[:16]


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="accounts.unlock")
