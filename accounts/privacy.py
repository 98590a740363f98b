from uuid import UUID

from django.contrib.auth.hashers import make_password

from accounts.models import Deletion, Plan, Profile, ProviderEvent, User
from accounts.pictures.services import discard
from accounts.privacy_fields import TABLES
from accounts.social.leaving import revoke_all
from numerai.common import clock
from numerai.common.privacy import Holding, delete_rows


def erase(user_id: UUID) -> dict[str, int]:
    """Leave a row that names nobody: what other apps must keep by law still refers to it."""
    return delete_rows(TABLES, user_id) | {
        "profile": _erase_profile(user_id),
        "user": _erase_user(user_id),
        "undo_links": Deletion.objects.filter(person_id=user_id, undo_hash__isnull=False).update(undo_hash=None),
        "provider_events": ProviderEvent.objects.filter(user_id=user_id).update(user_id=None),
    }


def erased_address(user_id: UUID) -> str:
    """What stands in place of the address; ``.invalid`` is nobody's for ever."""
    return f"{user_id.hex}@erased.invalid"


def _erase_profile(user_id: UUID) -> int:
    blank = Profile()
    kept = {"id", "user_id", "created_at", "updated_at"}
    values = {
        field.attname: getattr(blank, field.attname)
        for field in Profile._meta.concrete_fields
        if field.attname not in kept
    }
    for picture in Profile.objects.filter(user_id=user_id).values_list("picture", flat=True):
        discard(picture)
    return Profile.objects.filter(user_id=user_id).update(**values, updated_at=clock.now())


def _erase_user(user_id: UUID) -> int:
    return User.objects.filter(id=user_id).update(
        email=erased_address(user_id),
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


HOLDING = Holding(app="accounts", tables=TABLES, erase=erase, leave=revoke_all)
