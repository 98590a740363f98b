from datetime import timedelta
from io import BytesIO
from secrets import token_urlsafe
from uuid import UUID

import structlog
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import DiscardedPicture, Profile
from accounts.pictures.reencoding import reencode
from numerai.common import clock
from numerai.common.errors import ServiceUnavailable
from numerai.common.jobs import enqueue

log = structlog.get_logger(__name__)

# For how long a file waits for the profile that is to take it, and a storage that is away is left alone.
UNCLAIMED = timedelta(hours=1)
PAUSE = timedelta(minutes=10)
SWEEP_BATCH = 200


def set_picture(*, user_id: UUID, upload: bytes) -> Profile:
    """Make a picture of ``upload`` the person's; the one before it is deleted. Answers the profile as it is now.

    Raises PictureNotAccepted, and ServiceUnavailable when the storage is away.
    """
    name = _store(reencode(upload))
    with transaction.atomic():
        if not DiscardedPicture.objects.filter(name=name).delete()[0]:
            raise ServiceUnavailable
        return _exchange(user_id, name)


def remove_picture(*, user_id: UUID) -> Profile:
    """The profile, without a picture."""
    with transaction.atomic():
        return _exchange(user_id, "")


def discard(name: str) -> None:
    """Have the file deleted once the caller's transaction is committed; "" is none."""
    from accounts.tasks import delete_picture

    if name:
        DiscardedPicture.objects.create(name=name)
        transaction.on_commit(lambda: enqueue(delete_picture, name))


def delete(name: str) -> bool:
    """Delete a discarded file; whether it is gone. A storage that is away is asked again later."""
    due = DiscardedPicture.objects.filter(name=name, due_at__lte=clock.now())
    if not due.exists():
        return False
    try:
        default_storage.delete(name)
    except Exception as error:
        # Each kind of storage fails in its own way.
        log.warning("picture_not_deleted", error=type(error).__name__)
        due.update(due_at=clock.now() + PAUSE)
        return False
    return bool(due.delete()[0])


def sweep() -> int:
    """Put the deletion of files whose time has come in the queue; answers how many."""
    from accounts.tasks import delete_picture

    due = DiscardedPicture.objects.filter(due_at__lte=clock.now()).order_by("due_at")
    names = list(due.values_list("name", flat=True)[:SWEEP_BATCH])
    for name in names:
        enqueue(delete_picture, name)
    return len(names)


def _store(picture: bytes) -> str:
    """The name of a new file, which is discarded unless it is taken within the hour."""
    name = f"pictures/{token_urlsafe(32)}.webp"
    DiscardedPicture.objects.create(name=name, due_at=clock.now() + UNCLAIMED)
    try:
        default_storage.save(name, File(BytesIO(picture)))
    except Exception as error:
        log.error("picture_not_stored", error=type(error).__name__)
        raise ServiceUnavailable from None
    return name


def _exchange(user_id: UUID, name: str) -> Profile:
    profile = Profile.objects.select_related("user").select_for_update(no_key=True, of=("self",)).get(user_id=user_id)
    if profile.picture != name:
        discard(profile.picture)
        profile.picture = name
        profile.save(update_fields=["picture", "updated_at"])
    return profile
