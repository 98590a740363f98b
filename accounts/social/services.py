"""Who comes in by Google or Apple: the provider's id of them decides, an address never does by itself."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.events import EventKind, record
from accounts.factors.active import has_second_factor
from accounts.login import door
from accounts.login.door import EmailNotVerified
from accounts.login.services import SignedIn, enter
from accounts.models import EmailChange, Identity, IdentityProvider, Profile, SignInMethod, User
from accounts.sessions import Device
from accounts.social import linking
from accounts.social.handing_over import hand_over
from accounts.social.locks import lock_address, lock_identity
from accounts.social.protocol.claims import Told
from accounts.social.refusals import AddressMissing, IdentityBlocked, LinkRequired
from accounts.verification import mailing
from numerai.common import clock
from numerai.common.errors import DomainError

METHODS = {IdentityProvider.GOOGLE: SignInMethod.GOOGLE, IdentityProvider.APPLE: SignInMethod.APPLE}


@dataclass(frozen=True)
class _Refusal:
    """Why somebody does not even get to the login door; ``user_id`` is whose account it is about."""

    reason: DomainError
    user_id: UUID | None = None


def sign_in(told: Told, *, device: Device) -> SignedIn:
    """Let in the person of whom a provider has told us, making their account at the first time.

    Raises LinkRequired when the address is another account's, EmailNotVerified when nobody vouches for it (a code is on
    its way), AddressMissing, IdentityBlocked, and what the login door has against them.
    """
    method = METHODS[told.provider]
    found = _found_or_made(told)
    if isinstance(found, _Refusal):
        door.keep_failure(found.user_id, method, door.Way.SIGN_IN, found.reason.code)
        raise found.reason
    try:
        return enter(user=found, method=method, device=device)
    except EmailNotVerified:
        mailing.send_code(found)
        raise


def _found_or_made(told: Told) -> User | _Refusal:
    """Twice at most: somebody may be signing up with the address by password at this moment."""
    for _ in range(2):
        with suppress(IntegrityError), transaction.atomic(durable=True):
            return _settle(told)
    # Not to be had, though no account has it: it is held for somebody who is changing theirs.
    return _Refusal(LinkRequired())


def _settle(told: Told) -> User | _Refusal:
    lock_identity(told.provider, told.subject)
    identity = Identity.objects.select_related("user").filter(provider=told.provider, subject=told.subject).first()
    if identity is not None and identity.blocked_at is not None:
        return _Refusal(IdentityBlocked(), identity.user_id)
    if identity is not None:
        linking.note_use(identity, told)
        return identity.user
    if not told.email:
        return _Refusal(AddressMissing())
    lock_address(told.email)
    known = User.objects.select_for_update(no_key=True).filter(email=told.email).first()
    if not told.is_verified:
        return _ask_for_code(known, told)
    return _make(told) if known is None else _join(known, told)


def _make(told: Told) -> User:
    # Whoever meant to move here has not shown the mailbox to be theirs; its owner is here now.
    EmailChange.objects.filter(new_email=told.email, confirmed_at__isnull=True).delete()
    user = _new_user(told)
    user.email_verified_at = clock.now()
    User.objects.add(user, Profile())
    record(EventKind.SIGN_UP, user_id=user.pk, details={"method": told.provider.value})
    record(EventKind.ADDRESS_VERIFIED, user_id=user.pk, details={"method": told.provider.value})
    linking.add(user, told)
    return user


def _join(known: User, told: Told) -> User | _Refusal:
    """The provider vouches for the address; what matters is whether the account has shown it to be its own.

    Whoever has a second factor has been in, and an operator has changed their address since: that must open no way
    around the factor.
    """
    if not known.is_verified and known.is_active and not known.is_staff and not has_second_factor(known.pk):
        hand_over(known, full_name=told.full_name)
        linking.add(known, told)
        return known
    if known.email_verified_at is None or known.identities.filter(provider=told.provider).exists():
        return _Refusal(LinkRequired(), known.pk)
    # A closed account gains nothing; the door says what there is to say.
    if known.is_active:
        linking.add(known, told)
        linking.tell_linked(known, told.provider)
    return known


def _ask_for_code(known: User | None, told: Told) -> _Refusal:
    """Nobody vouches for the address: its owner has to read a code. Until then nothing links it to this identity, or
    whoever holds that would be let in by the owner's own code."""
    if known is not None and (known.is_verified or not known.is_active):
        return _Refusal(LinkRequired(), known.pk)
    if known is None:
        known = _new_user(told)
        User.objects.add(known, Profile())
        record(EventKind.SIGN_UP, user_id=known.pk, details={"method": told.provider.value})
    mailing.send_code(known)
    return _Refusal(EmailNotVerified(), known.pk)


def _new_user(told: Told) -> User:
    user = User(email=told.email, full_name=told.full_name)
    user.set_unusable_password()
    return user
