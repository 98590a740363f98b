"""Events that would be a flood if each were kept, and what operators do to people."""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from accounts.events.recording import record
from accounts.models import EventKind, SecurityEvent, User
from numerai.common import audit, clock
from numerai.common.http.problem import is_denial

A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)


def record_once(kind: EventKind, *, user_id: UUID, within: timedelta, details: dict[str, Any]) -> None:
    """``record``, unless the same actor has done the same to the same person ``within`` that time."""
    actor_id = audit.current_cause().actor.id
    same = {"kind": kind, "user_id": user_id, "actor_id": actor_id, "details": details}
    with transaction.atomic():
        with connection.cursor() as cursor:
            name = json.dumps([kind, str(user_id), actor_id, details], sort_keys=True)
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if not SecurityEvent.objects.filter(**same, at__gt=clock.now() - within).exists():
            record(kind, user_id=user_id, details=details)


class DeniedMiddleware:
    """Keeps that somebody who is signed in asked for what they may not do: once a person, route and minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        actor_id = audit.current_cause().actor.id if is_denial(response) else ""
        if actor_id:
            route = request.resolver_match.route if request.resolver_match else ""
            details = {"route": route, "method": request.method}
            record_once(EventKind.DENIED, user_id=UUID(actor_id), within=A_MINUTE, details=details)
        return response


def keep_look(user_id: UUID) -> None:
    """An operator opened a person's page in the admin: once an operator, person and hour."""
    record_once(EventKind.OPERATOR_LOOKED, user_id=user_id, within=AN_HOUR, details={})


def keep_change(user_id: UUID, fields: Iterable[str]) -> None:
    """An operator changed a person's row. Call it in the transaction of the change, with the names of the fields."""
    changed = sorted(fields)
    if changed:
        record(EventKind.OPERATOR_CHANGED, user_id=user_id, details={"fields": changed})
    if "phone" in changed:
        record(EventKind.PHONE_CHANGED, user_id=user_id)


def powers_of(user_id: UUID) -> dict[str, Any]:
    """What the person may do in the admin, as it stands: flags, and the ids of groups and permissions."""
    flags = User.objects.filter(pk=user_id).values("is_staff", "is_superuser").get()
    return flags | {
        "groups": sorted(User.groups.through.objects.filter(user_id=user_id).values_list("group_id", flat=True)),
        "user_permissions": sorted(
            User.user_permissions.through.objects.filter(user_id=user_id).values_list("permission_id", flat=True)
        ),
    }


def powers_in(group: Group) -> dict[str, Any]:
    """Which permissions the group gives to its members."""
    return {"group": group.pk, "permissions": sorted(group.permissions.values_list("pk", flat=True))}


def keep_powers(user_id: UUID | None, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Somebody's powers, or a group's if ``user_id`` is None, were changed; nothing is kept if they are the same."""
    if before != after:
        record(EventKind.ROLE_CHANGED, user_id=user_id, details={"before": before, "after": after})
