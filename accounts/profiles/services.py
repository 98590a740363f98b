from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Profile, User
from accounts.signals import birth_data_changed

BIRTH_DATA = frozenset({"full_name", "date_of_birth"})
OF_USER = frozenset({"full_name"})


def update_profile(*, user_id: UUID, changes: dict[str, Any]) -> Profile:
    """Write ``changes``, new values by the names of the columns of User and Profile; answers the profile as it is now.

    Sends ``birth_data_changed`` when name or birth date differ from before.
    """
    with transaction.atomic():
        # Locked, so that of two parallel changes the second compares with what the first has written.
        profile = Profile.objects.select_related("user").select_for_update(no_key=True).get(user_id=user_id)
        changed = _apply(profile, changes)
        if changed:
            _save(profile, changed)
        if told := changed & BIRTH_DATA:
            birth_data_changed.send(sender=User, user=profile.user, changed=told)
    return profile


def _apply(profile: Profile, changes: dict[str, Any]) -> frozenset[str]:
    changed = set()
    for name, value in changes.items():
        row = profile.user if name in OF_USER else profile
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed.add(name)
    return frozenset(changed)


def _save(profile: Profile, changed: frozenset[str]) -> None:
    if of_user := changed & OF_USER:
        profile.user.save(update_fields=of_user)
    profile.note_completion()
    profile.save(update_fields=[*(changed - OF_USER), "profile_completed_at", "updated_at"])
