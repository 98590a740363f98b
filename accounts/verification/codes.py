"""One-time codes: six digits sent to an address, which prove that whoever enters them reads what is sent there."""

import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

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


def redeem(*, user_id: UUID, email: str, purpose: CodePurpose, code: str) -> bool:
    """Whether ``code`` is the live one that was sent to ``email``; a right one is used up by asking.

    The try is counted before anything is compared, and the row stays locked until the caller's transaction ends, so
    parallel guesses get no more tries than successive ones. The caller must commit when the answer is False, or the
    try would not count.
    """
    given = _digest(user_id, email, purpose, code)
    mine = OneTimeCode.objects.filter(user_id=user_id, purpose=purpose, used_at__isnull=True)
    with transaction.atomic():
        _write_something()
        counted = mine.filter(tries__lt=MAX_CODE_TRIES, expires_at__gt=clock.now()).update(tries=F("tries") + 1)
        kept = mine.values_list("code_hash", flat=True).first()
        if not counted or kept is None:
            return False
        return constant_time_compare(bytes(kept), given) and mine.update(used_at=clock.now()) == 1


def purge_codes(*, expired_before: datetime, batch: int = 1000) -> int:
    """Delete the codes that expired before that moment, ``batch`` rows at a time; answers how many."""
    expired = OneTimeCode.objects.filter(expires_at__lt=expired_before)
    purged = 0
    while ids := list(expired.values_list("id", flat=True)[:batch]):
        purged += OneTimeCode.objects.filter(id__in=ids).delete()[0]
    return purged


def _write_something() -> None:
    """Makes the commit wait for the disk though no try was counted: the time of an answer must not tell who awaits a
    code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_logical_emit_message(true, 'accounts.codes', '')")


def _digest(user_id: UUID, email: str, purpose: str, code: str) -> bytes:
    """Bound to the address too: a code sent to an old address proves nothing about a new one."""
    return salted_hmac("accounts.codes", f"{user_id}:{purpose}:{email}:{code}", algorithm="sha256").digest()
