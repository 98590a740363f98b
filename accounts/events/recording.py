from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from accounts.events.device import device_named_by
from accounts.models import EventKind, SecurityEvent, SecurityEventOrigin
from numerai.common import audit


def record(
    kind: EventKind, *, user_id: UUID | None, session_id: UUID | None = None, details: dict[str, Any] | None = None
) -> SecurityEvent:
    """Keep that something happened to the safety of an account, as the nearest cause says by whom and from where.

    Call it inside the transaction of what happened, so that both are kept or neither; for a refusal, which changes
    nothing, after whatever was rolled back. ``details`` holds ids, kinds and counts: never an address, a name, a code
    or a token.
    """
    why = audit.current_cause()
    actor = why.actor
    with transaction.atomic(savepoint=False):
        event = SecurityEvent.objects.create(
            kind=kind,
            user_id=user_id,
            actor_kind=actor.kind,
            actor_id=actor.id,
            session_id=session_id,
            request_id=why.request_id,
            details=details or {},
        )
        _keep_origin(event, why.request)
    return event


def _keep_origin(event: SecurityEvent, request: HttpRequest | None) -> None:
    if request is None:
        return
    device = device_named_by(request)
    SecurityEventOrigin.objects.create(event=event, device=device.name[:200], address=device.address or None)
