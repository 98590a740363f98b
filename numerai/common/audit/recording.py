from collections.abc import Mapping
from typing import Any

from django.db import connection, models
from django.db.transaction import TransactionManagementError

from numerai.common.audit.causes import current_cause
from numerai.common.models import AuditEntry

CREATED, UPDATED, DELETED = "created", "updated", "deleted"


def record(
    model: type[models.Model], pk: object, *, action: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Keep for years that the row changed: columns by name, those that changed only.

    One INSERT in the caller's transaction, so that change and evidence are kept together or not at all. Raises
    TransactionManagementError outside one.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("A change is recorded in the transaction that makes it.")
    why = current_cause()
    actor = why.actor
    AuditEntry.objects.create(
        actor_kind=actor.kind,
        actor_id=actor.id,
        cause_kind=why.kind,
        cause_id=why.id,
        action=action,
        app=model._meta.app_label,
        object_type=model._meta.label_lower,
        object_id=str(pk),
        before=dict(before),
        after=dict(after),
        request_id=why.request_id,
        client_address=why.client_address,
    )
