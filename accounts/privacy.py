from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType

from accounts.models import Plan, Profile, ProviderEvent, User
from accounts.privacy_fields import TABLES
from accounts.social.leaving import revoke_all
from numerai.common import clock
from numerai.common.privacy import Holding, delete_rows


def erase(user_id: UUID) -> dict[str, int]:
    """Leave a row that names nobody: what other apps must keep by law still refers to it."""
    return delete_rows(TABLES, user_id) | {
        "profile": _erase_profile(user_id),
        "user": _erase_user(user_id),
        "provider_events": ProviderEvent.objects.filter(user_id=user_id).update(user_id=None),
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


HOLDING = Holding(app="accounts", tables=TABLES, erase=erase, leave=revoke_all)
