from typing import Any
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType

from accounts.models import EmailChange, OneTimeCode, Plan, Profile, ResetLink, Session, User
from accounts.profiles.representation import profile_json
from numerai.common import clock


def export(user_id: UUID) -> dict[str, Any]:
    """The person, their profile and their sessions; no hash of any secret."""
    profile = Profile.objects.select_related("user").get(user_id=user_id)
    user = profile.user
    verified = {
        "email_verified_at": user.email_verified_at.isoformat() if user.email_verified_at else None,
        "phone_verified_at": user.phone_verified_at.isoformat() if user.phone_verified_at else None,
    }
    sessions = Session.objects.filter(user_id=user_id).order_by("created_at")
    return {
        "profile": profile_json(profile) | verified,
        "sessions": [_session(row) for row in sessions],
        "email_changes": [_email_change(row) for row in user.email_changes.order_by("created_at")],
    }


def erase(user_id: UUID) -> dict[str, int]:
    """Leave a row that names nobody: what other apps must keep by law still refers to it."""
    return {
        "sessions": Session.objects.filter(user_id=user_id).delete()[0],
        "codes": OneTimeCode.objects.filter(user_id=user_id).delete()[0],
        "reset_links": ResetLink.objects.filter(user_id=user_id).delete()[0],
        "email_changes": EmailChange.objects.filter(user_id=user_id).delete()[0],
        "profiles": _erase_profile(user_id),
        "users": _erase_user(user_id),
        "groups": User.groups.through.objects.filter(user_id=user_id).delete()[0],
        "admin_log": _erase_admin_log(user_id),
    }


def _erase_profile(user_id: UUID) -> int:
    blank = Profile()
    kept = {"id", "user_id", "created_at", "updated_at"}
    values = {
        field.attname: getattr(blank, field.attname)
        for field in Profile._meta.concrete_fields
        if field.attname not in kept
    }
    return Profile.objects.filter(user_id=user_id).update(**values, updated_at=clock.now())


def _erase_user(user_id: UUID) -> int:
    return User.objects.filter(id=user_id).update(
        email=f"{user_id.hex}@erased.invalid",
        phone=None,
        full_name="Erased",
        password=make_password(None),
        email_verified_at=None,
        phone_verified_at=None,
        is_active=False,
        is_staff=False,
        is_superuser=False,
        plan=Plan.FREE,
        plan_until=None,
    )


def _erase_admin_log(user_id: UUID) -> int:
    """The admin notes beside each change what the changed object was called: here, an address."""
    of_user = ContentType.objects.get_for_model(User)
    entries = LogEntry.objects.filter(content_type=of_user, object_id=str(user_id))
    return entries.update(object_repr="Erased", change_message="")


def _session(row: Session) -> dict[str, Any]:
    return {
        "device": row.device,
        "address": row.address,
        "signed_in_at": row.created_at.isoformat(),
        "last_used_at": row.rotated_at.isoformat(),
        "ended_at": row.revoked_at.isoformat() if row.revoked_at else None,
        "ended_by": row.revoke_reason,
    }


def _email_change(row: EmailChange) -> dict[str, Any]:
    return {
        "from": row.old_email,
        "to": row.new_email,
        "asked_at": row.created_at.isoformat(),
        "confirmed_at": row.confirmed_at.isoformat() if row.confirmed_at else None,
    }
