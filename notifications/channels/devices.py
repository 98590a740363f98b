"""What the channels have in common that go to what a person registered."""

from uuid import UUID

from notifications.channels.base import DeliveryError, ErrorClass, Plan, Recipient
from notifications.destinations import addresses, known
from notifications.kinds import Kind
from notifications.models import Destination
from notifications.vocabulary import DeliveryStatus, Reason
from numerai.common.sealing import CannotUnseal


def plan(recipient: Recipient, kind: Kind, channel: str, *, is_configured: bool) -> tuple[Plan, ...]:
    """One for each device that is enabled. Who has none is not told why, unless ``kind`` names the channel."""
    found = known.of(recipient.pk, channel)
    if not found:
        is_named = channel in kind.channels
        return (Plan(status=DeliveryStatus.SKIPPED, reason=Reason.NO_DESTINATION),) if is_named else ()
    enabled = tuple(Plan(str(one.public_id)) for one in found if one.is_enabled)
    if enabled and is_configured:
        return enabled
    return (Plan(status=DeliveryStatus.SKIPPED, reason=Reason.DESTINATION_DISABLED),)


def address(destination: str) -> dict[str, str]:
    """What the provider needs to reach ``destination``, the id of a row. Raises DeliveryError."""
    row = Destination.objects.filter(public_id=UUID(destination)).first()
    if row is None:
        raise DeliveryError(ErrorClass.PERMANENT, "destination_removed", reason=Reason.NO_DESTINATION)
    try:
        return addresses.opened(row)
    except CannotUnseal:
        raise DeliveryError(ErrorClass.PERMANENT, "destination_sealed", is_dead=True) from None
