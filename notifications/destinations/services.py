"""Registering a destination, enabling it again, taking it away."""

from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction

from notifications.channels.base import SignedIn
from notifications.destinations import addresses
from notifications.destinations.addresses import Address
from notifications.models import Destination
from notifications.vocabulary import ChannelName
from numerai.common import clock
from numerai.common.errors import NotAuthenticated, NotFound

MOST = 20
DEVICES = (ChannelName.WEB_PUSH, ChannelName.MOBILE_PUSH, ChannelName.DISCORD)
HEALTHY: dict[str, Any] = {"failures": 0, "failing_since": None, "disabled_at": None, "disabled_reason": ""}
RENEWED = ("user", "device_type", "name", "timezone", "sealed_address", "registered_at", *HEALTHY)


def register(
    *, user: SignedIn, channel: str, address: Address, device_type: str = "", name: str = "", timezone: str = ""
) -> tuple[Destination, bool]:
    """``address`` is this person's from now on, whoever had it before (a user of Discord may be several people's), and
    enabled; answers it, and whether it is new to them. Of more than 20 devices the one that was named longest ago is
    forgotten. Raises NotAuthenticated when ``user``, as they were loaded, has been signed out everywhere since."""
    digests = addresses.digests(channel, address, owner=user.pk)
    draft = Destination(
        user_id=user.pk,
        channel=channel,
        device_type=device_type,
        name=name,
        timezone=timezone,
        sealed_address=addresses.sealed(address),
        address_digest=digests[0],
        registered_at=clock.now(),
    )
    with transaction.atomic():
        # One registration of a person's at a time, so that they cannot have more than may be.
        holder = get_user_model()._default_manager.select_for_update(no_key=True).get(pk=user.pk)
        if holder.get_session_auth_hash() != user.get_session_auth_hash():
            raise NotAuthenticated
        same = Destination.objects.filter(channel=channel)
        same.filter(address_digest=digests[0]).exclude(user_id=user.pk).delete()
        same.filter(address_digest__in=digests[1:]).delete()
        Destination.objects.bulk_create(
            [draft], update_conflicts=True, unique_fields=["channel", "address_digest"], update_fields=RENEWED
        )
        kept = same.get(address_digest=digests[0])
        _forget_oldest(user.pk)
    return kept, kept.public_id == draft.public_id


def enable(*, user_id: UUID, public_id: UUID) -> Destination:
    """Begin anew with a destination that was given up. Raises NotFound."""
    if not Destination.objects.filter(user_id=user_id, public_id=public_id).update(**HEALTHY):
        raise NotFound
    return find(user_id=user_id, public_id=public_id)


def remove(*, user_id: UUID, public_id: UUID) -> None:
    """Forget a destination; what waits to be sent there is not. Raises NotFound."""
    removed, _ = Destination.objects.filter(user_id=user_id, public_id=public_id).delete()
    if not removed:
        raise NotFound


def forget_all(user_id: UUID) -> int:
    """Forget every device of a person, in the caller's transaction; answers how many. What is known against their mail
    address or number stays."""
    return Destination.objects.filter(user_id=user_id, channel__in=DEVICES).delete()[0]


def find(*, user_id: UUID, public_id: UUID) -> Destination:
    """Raises NotFound, also for somebody else's."""
    found = Destination.objects.filter(user_id=user_id, public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def listed(user_id: UUID) -> list[Destination]:
    """All of a person's, the one they named last first."""
    return list(Destination.objects.filter(user_id=user_id).order_by("-registered_at", "-id"))


def _forget_oldest(user_id: UUID) -> None:
    devices = Destination.objects.filter(user_id=user_id, channel__in=DEVICES)
    surplus = devices.order_by("-registered_at", "-id").values_list("id", flat=True)[MOST:]
    devices.filter(id__in=list(surplus)).delete()
