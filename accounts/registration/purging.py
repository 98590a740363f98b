"""A sign-up that nobody has verified is not kept for ever: it may be a stranger's address."""

import time
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.leaving.erasing import erase_everything
from accounts.models import OneTimeCode, Plan, Session, User
from numerai.common import clock
from numerai.common.privacy import Fate, holdings

log = structlog.get_logger(__name__)

AT_ONCE = 1000


def purge_sign_ups() -> int:
    """Erase who has signed up, proved nothing for UNVERIFIED_SIGN_UP_DAYS and never been in, the oldest first; answers
    how many went. What CLEANING_SECONDS or AT_ONCE do not allow is for the next time."""
    deadline = time.monotonic() + settings.CLEANING_SECONDS
    purged = 0
    for user_id in list(_forgotten().order_by("created_at").values_list("id", flat=True)[:AT_ONCE]):
        purged += _purge(user_id)
        if time.monotonic() >= deadline:
            break
    log.info("sign_ups_purged", purged=purged)
    return purged


def _forgotten() -> QuerySet[User]:
    """Never verified, never in, nobody's operator, and not about to enter a code. Who was erased is not active."""
    return User.objects.filter(
        ~Exists(Session.objects.filter(user=OuterRef("pk"))),
        ~Exists(OneTimeCode.objects.filter(user=OuterRef("pk"))),
        created_at__lt=clock.now() - timedelta(days=settings.UNVERIFIED_SIGN_UP_DAYS),
        email_verified_at__isnull=True,
        phone_verified_at__isnull=True,
        session_epoch=0,
        is_active=True,
        is_staff=False,
        is_superuser=False,
        plan=Plan.FREE,
    )


def _purge(user_id: UUID) -> bool:
    with transaction.atomic():
        # Asked once more of the locked row: a code may just have been entered. Whoever is being written to waits.
        locked = _forgotten().filter(pk=user_id).select_for_update(skip_locked=True).first()
        if locked is None or _has_books(user_id):
            return False
        erase_everything(user_id)
    return True


def _has_books(user_id: UUID) -> bool:
    """Whether there is something of theirs that an erasure could only cut off from them."""
    tables = [table for holding in holdings() for table in holding.tables]
    cut = [table for table in tables if any(columns.fate is Fate.CUT for columns in table.columns)]
    return any(table.rows_of(user_id).exists() for table in cut if table.owner)
