"""What becomes of the word of Google and Apple about an account of theirs. Each event takes effect once, in the
transaction that keeps its id."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.events import EventKind, record
from accounts.leaving.services import ask_deletion
from accounts.models import Identity, IdentityProvider, ProviderEvent, SessionEnd
from accounts.sessions import end_all_sessions
from accounts.social import linking
from accounts.social.locks import lock_identity
from numerai.common import clock

Told = dict[str, Any]
Handler = Callable[[Identity, Told], None]

RISC = "https://schemas.openid.net/secevent/risc/event-type/"
OAUTH = "https://schemas.openid.net/secevent/oauth/event-type/"


def end_sessions(identity: Identity, told: Told) -> None:
    end_all_sessions(user=identity.user, reason=SessionEnd.PROVIDER)


def forget_tokens(identity: Identity, told: Told) -> None:
    Identity.objects.filter(pk=identity.pk).update(sealed_refresh_token=None)
    end_sessions(identity, told)


def block(identity: Identity, told: Told) -> None:
    """Hijacked, or closed without a reason: whoever holds it is not to come in by it. Only an account that was made in
    bulk is no news about this person."""
    if told.get("reason") == "bulk-account":
        return
    Identity.objects.filter(pk=identity.pk, blocked_at__isnull=True).update(blocked_at=clock.now())
    end_sessions(identity, told)


def unblock(identity: Identity, told: Told) -> None:
    Identity.objects.filter(pk=identity.pk).update(blocked_at=None)


def unlink(identity: Identity, told: Told) -> None:
    """The person has taken their consent back at Apple, so there is nothing left there to revoke."""
    identity.sealed_refresh_token = None
    linking.remove(identity, reason=SessionEnd.PROVIDER)
    end_sessions(identity, told)


def leave(identity: Identity, told: Told) -> None:
    """Their account at Apple is being deleted: ours is too, unless they undo it in time."""
    user = identity.user
    unlink(identity, told)
    ask_deletion(user)


def stop_mail(identity: Identity, told: Told) -> None:
    Identity.objects.filter(pk=identity.pk).update(email_deliverable=False)


def resume_mail(identity: Identity, told: Told) -> None:
    Identity.objects.filter(pk=identity.pk).update(email_deliverable=True)


GOOGLE: Mapping[str, Handler] = {
    f"{RISC}sessions-revoked": end_sessions,
    f"{OAUTH}tokens-revoked": forget_tokens,
    f"{RISC}account-disabled": block,
    f"{RISC}account-purged": block,
    f"{RISC}account-enabled": unblock,
}
APPLE: Mapping[str, Handler] = {
    "consent-revoked": unlink,
    "account-delete": leave,
    "account-deleted": leave,
    "email-disabled": stop_mail,
    "email-enabled": resume_mail,
}


def carry_out_google(claims: Told) -> None:
    """Do what Google's event asks for; nothing when it came before, is about nobody here or of a type unknown to us."""
    events = claims["events"]
    subjects = {_subject_of(told) for told in events.values()} - {""}
    with transaction.atomic():
        identities = {subject: _identity(IdentityProvider.GOOGLE, subject) for subject in sorted(subjects)}
        found = [identity for identity in identities.values() if identity]
        if _is_new(IdentityProvider.GOOGLE, claims["jti"], sorted(events), found):
            for kind, told in events.items():
                _carry_out(GOOGLE.get(kind), identities.get(_subject_of(told)), kind, told)


def carry_out_apple(claims: Told) -> None:
    """The same for Apple's."""
    event = claims["events"]
    with transaction.atomic():
        identity = _identity(IdentityProvider.APPLE, event["sub"])
        if _is_new(IdentityProvider.APPLE, claims["jti"], [event["type"]], [identity] if identity else []):
            _carry_out(APPLE.get(event["type"]), identity, event["type"], event)


def purge_provider_events(*, received_before: Any, batch: int = 1000) -> int:
    """Delete the events that came before that moment, ``batch`` rows at a time; answers how many."""
    old = ProviderEvent.objects.filter(received_at__lt=received_before)
    purged = 0
    while ids := list(old.values_list("id", flat=True)[:batch]):
        purged += ProviderEvent.objects.filter(id__in=ids).delete()[0]
    return purged


def _carry_out(handler: Handler | None, identity: Identity | None, kind: str, told: Told) -> None:
    if identity is None:
        return
    name = kind.rpartition("/")[2][:64]
    details = {"provider": identity.provider, "type": name, "is_known": handler is not None}
    record(EventKind.PROVIDER_TOLD, user_id=identity.user_id, details=details)
    if handler is not None:
        handler(identity, told)


def _is_new(provider: IdentityProvider, event_id: str, types: list[str], found: list[Identity]) -> bool:
    """Whether nobody has carried the event out; then this transaction is the one that does."""
    owner: UUID | None = found[0].user_id if found else None
    row = ProviderEvent(provider=provider, event_id=event_id, types=[kind[:200] for kind in types], user_id=owner)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _identity(provider: IdentityProvider, subject: str) -> Identity | None:
    """With its lock, so that a sign-in at this moment comes before all of it or after."""
    lock_identity(provider, subject)
    return Identity.objects.select_related("user").filter(provider=provider, subject=subject).first()


def _subject_of(told: Told) -> str:
    subject = told.get("subject")
    name = subject.get("sub") if isinstance(subject, dict) else None
    return name if isinstance(name, str) and "\x00" not in name else ""
