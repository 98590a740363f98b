"""Which accounts at Google and Apple belong to a person: list, link, unlink."""

from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.events import EventKind, record
from accounts.models import Identity, IdentityProvider, Session, SessionEnd, SignInMethod, User
from accounts.sessions import end_session
from accounts.social import leaving
from accounts.social.locks import lock_identity
from accounts.social.protocol.claims import Told
from accounts.social.refusals import IdentityExists, IdentityTaken, LastLoginMethod
from notifications.services import notify
from numerai.common import clock
from numerai.common.errors import NotAuthenticated, NotFound
from numerai.common.sealing import seal

LINKED_KIND, UNLINKED_KIND = "accounts.identity_linked", "accounts.identity_unlinked"


def identities_of(user: User) -> list[Identity]:
    return list(user.identities.order_by("provider"))


def own(user: User, identity_id: UUID) -> Identity:
    """The identity if it is the person's. Raises NotFound."""
    identity = user.identities.filter(id=identity_id).first()
    if identity is None:
        raise NotFound
    return identity


def link(user: User, told: Told, *, session_id: UUID) -> Identity:
    """Let ``user``, who has just proved who they are, sign in by this identity from now on. Linking it again changes
    nothing. Raises IdentityTaken when it is another person's, IdentityExists when they have another one there,
    and NotAuthenticated when the session has ended while the provider was asked."""
    try:
        with transaction.atomic():
            lock_identity(told.provider, told.subject)
            _refuse_ended(user, session_id)
            known = Identity.objects.filter(provider=told.provider, subject=told.subject).first()
            if known is not None and known.user_id != user.pk:
                raise IdentityTaken
            if known is not None:
                note_use(known, told)
                return known
            identity = add(user, told, session_id=session_id)
            tell_linked(user, told.provider)
            return identity
    except IntegrityError:
        raise IdentityExists from None


def unlink(user: User, identity_id: UUID, *, session_id: UUID) -> None:
    """Take the identity away, end what was opened by it elsewhere, and have its provider forget us.

    Raises NotFound, and LastLoginMethod when ``user`` could not come back without it.
    """
    with transaction.atomic():
        # One unlinking at a time, or two would each see the other's identity as the way that is left.
        owner = User.objects.select_for_update(no_key=True).get(id=user.pk)
        identity = own(owner, identity_id)
        if not _has_another_way(owner, identity):
            raise LastLoginMethod
        remove(identity, session_id=session_id)


def add(user: User, told: Told, *, session_id: UUID | None = None) -> Identity:
    """The new row, on record; for callers that hold the identity's lock in their transaction."""
    identity = Identity(user=user, provider=told.provider, subject=told.subject)
    _take_over(identity, told)
    identity.save(force_insert=True)
    details = {"provider": told.provider.value, "identity_id": str(identity.id)}
    record(EventKind.IDENTITY_LINKED, user_id=user.pk, session_id=session_id, details=details)
    return identity


def remove(identity: Identity, *, session_id: UUID | None = None, reason: SessionEnd | None = None) -> None:
    """Delete the row with all that hangs on it, and tell the person; for callers in a transaction.

    ``session_id`` is the session in which it happens, and goes on.
    """
    user, provider = identity.user, IdentityProvider(identity.provider)
    if identity.sealed_refresh_token:
        leaving.revoke_later(identity)
    details = {"provider": provider.value, "identity_id": str(identity.id)}
    identity.delete()
    record(EventKind.IDENTITY_UNLINKED, user_id=user.pk, session_id=session_id, details=details)
    opened_by_it = Session.objects.filter(user=user, method=SignInMethod(provider.value), revoked_at__isnull=True)
    for opened in opened_by_it.values_list("id", flat=True):
        if opened != session_id:
            end_session(opened, reason=reason or SessionEnd.IDENTITY_CHANGE)
    _tell(user, UNLINKED_KIND, provider)


def tell_linked(user: User, provider: IdentityProvider) -> None:
    _tell(user, LINKED_KIND, provider)


def note_use(identity: Identity, told: Told) -> None:
    """What the provider says now. It may say less than before: then what it said stands."""
    _take_over(identity, told)
    identity.last_used_at = clock.now()
    identity.save(update_fields=["email", "email_verified", "is_private_relay", "sealed_refresh_token", "last_used_at"])


def _take_over(identity: Identity, told: Told) -> None:
    if told.email:
        identity.email, identity.email_verified = told.email, told.is_verified
        identity.is_private_relay = told.is_private_relay
    if told.refresh_token:
        identity.sealed_refresh_token = seal(told.refresh_token)


def _refuse_ended(user: User, session_id: UUID) -> None:
    # The person's row first: whoever ends all sessions at this moment holds it.
    User.objects.select_for_update(no_key=True).get(id=user.pk)
    if not Session.objects.filter(id=session_id, user=user, revoked_at__isnull=True).exists():
        raise NotAuthenticated


def _has_another_way(user: User, identity: Identity) -> bool:
    others = user.identities.exclude(id=identity.pk).filter(blocked_at__isnull=True)
    return user.has_usable_password() or others.exists() or user.passkeys.exists()


def _tell(user: User, kind: str, provider: IdentityProvider) -> None:
    if user.email:
        notify(user=user, kind=kind, context={"provider": provider.label}, action_url="/")
