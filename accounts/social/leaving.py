"""Telling Google and Apple that a person has left: a row for each token that is to be revoked, tried until it is."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F

from accounts.models import Identity, IdentityProvider, TokenRevocation
from accounts.social.protocol import exchanges
from accounts.social.protocol.errors import ProviderNotConfigured, ProviderUnavailable
from numerai.common import clock
from numerai.common.errors import ServiceUnavailable
from numerai.common.jobs import enqueue
from numerai.common.sealing import CannotUnseal, unseal

log = structlog.get_logger(__name__)

# With the pauses below, some three days.
MAX_ATTEMPTS = 20
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
SWEEP_BATCH = 100


@dataclass(frozen=True)
class Farewell:
    """How many tokens the providers have been told to forget, how many times we gave that up, and at which providers
    the person has to remove us by hand, because we never held a token."""

    revoked: int
    given_up: int
    by_hand: tuple[str, ...]


def revoke_later(identity: Identity) -> None:
    """Write down that the token of ``identity`` is to be revoked; for callers in a transaction."""
    from accounts.tasks import revoke_token

    row = TokenRevocation.objects.create(
        user_id=identity.user_id, provider=identity.provider, sealed_token=identity.sealed_refresh_token
    )
    enqueue(revoke_token, str(row.pk))


def revoke_all(user_id: UUID) -> Farewell:
    """Revoke every token that we hold of the person, who is leaving for good. Safe to call again.

    Raises ServiceUnavailable while a provider cannot be told and has not been tried often enough yet.
    """
    by_hand = []
    with transaction.atomic():
        for identity in Identity.objects.select_for_update().filter(user_id=user_id):
            if identity.sealed_refresh_token is None:
                by_hand.append(identity.provider)
            elif identity.sealed_refresh_token:
                revoke_later(identity)
                # Empty and not NULL: a second call must not take it for one that we never held.
                identity.sealed_refresh_token = b""
                identity.save(update_fields=["sealed_refresh_token"])
    outcomes = [_attempt(row) for row in TokenRevocation.objects.filter(user_id=user_id)]
    if None in outcomes:
        raise ServiceUnavailable
    return Farewell(outcomes.count(True), outcomes.count(False), tuple(sorted(by_hand)))


def revoke_token(row_id: UUID) -> None:
    """Try one revocation if its time has come."""
    now = clock.now()
    row = TokenRevocation.objects.filter(pk=row_id, next_attempt_at__lte=now).first()
    if row is not None:
        _attempt(row)


def sweep_revocations() -> int:
    """Put revocations whose time has come in the queue; answers how many."""
    from accounts.tasks import revoke_token

    due = TokenRevocation.objects.filter(next_attempt_at__lte=clock.now()).order_by("next_attempt_at")
    row_ids = list(due.values_list("pk", flat=True)[:SWEEP_BATCH])
    for row_id in row_ids:
        enqueue(revoke_token, str(row_id))
    return len(row_ids)


def _attempt(row: TokenRevocation) -> bool | None:
    """Whether the token is revoked; None when that is to be tried again. Another worker's attempt counts as none."""
    pause = min(FIRST_PAUSE * 2**row.attempts, LONGEST_PAUSE)
    mine = TokenRevocation.objects.filter(pk=row.pk, attempts=row.attempts)
    if not mine.update(attempts=F("attempts") + 1, next_attempt_at=clock.now() + pause):
        return None
    provider = IdentityProvider(row.provider)
    try:
        exchanges.revoke(provider, unseal(bytes(row.sealed_token)))
    except ProviderUnavailable:
        if row.attempts + 1 < MAX_ATTEMPTS:
            return None
        return _give_up(row, "provider_unavailable")
    except (ProviderNotConfigured, CannotUnseal) as error:
        return _give_up(row, type(error).__name__)
    row.delete()
    return True


def _give_up(row: TokenRevocation, reason: str) -> bool:
    log.error("provider_revocation_given_up", provider=row.provider, user_id=str(row.user_id), reason=reason)
    row.delete()
    return False
