"""One-time codes: six digits sent to an address, which prove that whoever enters them reads what is sent there."""

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.events import EventKind, record
from accounts.models import MAX_CODE_TRIES, CodePurpose, OneTimeCode
from numerai.common import clock


def issue(*, user_id: UUID, email: str, purpose: CodePurpose) -> str:
    """A fresh code for ``email``; the one before it is dead from now on.

    Call it only where the code is about to leave for that address: it is kept nowhere.
    """
    code = f"{secrets.randbelow(10**6):06}"
    fresh = OneTimeCode(
        user_id=user_id,
        purpose=purpose,
        code_hash=_digest(user_id, email, purpose, code),
        expires_at=clock.now() + settings.ONE_TIME_CODE_LIFETIME,
    )
    OneTimeCode.objects.bulk_create(
        [fresh],
        update_conflicts=True,
        unique_fields=["user", "purpose"],
        update_fields=["code_hash", "tries", "expires_at", "used_at", "created_at"],
    )
    return code


def redeem(*, user_id: UUID | None, email: str, purpose: CodePurpose, code: str) -> bool:
    """Whether ``code`` is the live one that was sent to ``email``; a right one is used up by asking.

    For somebody who awaits none, whose ``user_id`` is None here, the same statements are made. A refusal is kept as an
    event, in the same transaction: so a guess for nobody waits for the disk as well, and its time does not tell.

    The try is counted before anything is compared, and the row stays locked until the caller's transaction ends, so
    parallel guesses get no more tries than successive ones. The caller must commit when the answer is False, or the
    try would not count.
    """
    owner = user_id or uuid4()
    given = _digest(owner, email, purpose, code)
    mine = OneTimeCode.objects.filter(user_id=owner, purpose=purpose, used_at__isnull=True)
    with transaction.atomic():
        counted = mine.filter(tries__lt=MAX_CODE_TRIES, expires_at__gt=clock.now()).update(tries=F("tries") + 1)
        kept = mine.values_list("code_hash", flat=True).first()
        if counted and kept is not None and constant_time_compare(bytes(kept), given):
            return mine.update(used_at=clock.now()) == 1
        record(EventKind.CODE_REFUSED, user_id=user_id, details={"purpose": purpose.value})
        return False


def purge_codes(*, expired_before: datetime, batch: int = 1000) -> int:
    """Delete the codes that expired before that moment, ``batch`` rows at a time; answers how many."""
    expired = OneTimeCode.objects.filter(expires_at__lt=expired_before)
    purged = 0
    while ids := list(expired.values_list("id", flat=True)[:batch]):
        purged += OneTimeCode.objects.filter(id__in=ids).delete()[0]
    return purged


def _digest(user_id: UUID, email: str, purpose: str, code: str) -> bytes:
    """Bound to the address too: a code sent to an old address proves nothing about a new one."""
    return salted_hmac("accounts.codes", f"{user_id}:{purpose}:{email}:{code}", algorithm="sha256").digest()
