"""What somebody who leaves is told: how to come back, and nothing else."""

import hashlib
import secrets
from datetime import datetime
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts import limits
from accounts.models import Deletion, DeletionState, User
from notifications.kinds import NoLongerNeeded
from notifications.services import notify
from numerai.common import clock
from numerai.common.errors import TooManyRequests
from numerai.common.throttling import Limit, hit

ASKED_KIND = "accounts.deletion_asked"
PHONE_ASKED_KIND = "accounts.phone_deletion_asked"
UNDONE_KIND = "accounts.deletion_undone"
STUCK_KIND = "accounts.deletion_stuck"

# By the person, who has proved to be there: strangers who ask for codes in their name must not keep them from this.
LINK_AGAIN = (
    Limit("accounts.undo_link_a_minute", times=1, seconds=60, fails_closed=True),
    Limit("accounts.undo_link_an_hour", times=5, seconds=3600, fails_closed=True),
)


def leaves_at(user_id: UUID) -> datetime | None:
    """When the account will be erased, if that can still be undone."""
    in_grace = Deletion.objects.filter(person_id=user_id, state=DeletionState.ASKED)
    return in_grace.values_list("due_at", flat=True).first()


def send_link(user: User) -> None:
    """Send ``user``, who is leaving, the way back: by mail, or by text to whoever has no address. In the transaction
    of what makes it necessary."""
    notify(user=user, kind=ASKED_KIND if user.email else PHONE_ASKED_KIND)


def send_link_again(user: User) -> None:
    """The same, once a minute and five times an hour at most."""
    try:
        for limit in LINK_AGAIN:
            hit(limit, str(user.pk))
    except TooManyRequests:
        return
    if limits.may_send_to_all(user.email or user.phone or ""):
        with transaction.atomic():
            send_link(user)


def fresh_link(user_id: UUID, _: dict[str, Any]) -> dict[str, Any]:
    """Made by the worker just before the mail leaves; the links of earlier ones end with it. The token stands behind a
    #, which browsers keep to themselves, and only its hash is kept."""
    token = secrets.token_urlsafe(32)
    in_grace = Deletion.objects.filter(person_id=user_id, state=DeletionState.ASKED, due_at__gt=clock.now())
    if not in_grace.update(undo_hash=hash_of(token)):
        raise NoLongerNeeded
    return {
        "link": urljoin(settings.FRONTEND_URL, f"/undo-deletion#token={token}"),
        "deletes_on": in_grace.values_list("due_at", flat=True).get().isoformat(),
    }


def tell_operators(deletion: Deletion) -> None:
    """Tell each operator who may start deletions that this one does not get on."""
    staff = User.objects.filter(is_staff=True, is_active=True)
    for operator in staff:
        if operator.has_perm("accounts.start_deletion"):
            notify(
                user=operator,
                kind=STUCK_KIND,
                context={"deletion": str(deletion.pk), "error": deletion.last_error},
                dedupe_key=f"deletion:{deletion.pk}:{deletion.attempts}",
            )


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
