"""The button that sends a test at once and shows what the provider says to it."""

import uuid
from dataclasses import dataclass

from notifications import wording
from notifications.channels.base import DeliveryError, Letter, Recipient
from notifications.channels.registry import TRANSPORTS
from notifications.deliveries import caps
from notifications.destinations import addresses, services
from notifications.destinations.health import BY_ADDRESS
from notifications.destinations.notices import TEST
from notifications.models import Destination
from notifications.vocabulary import ChannelName, Priority, Reason
from numerai.common.sealing import CannotUnseal
from numerai.common.throttling import Limit, hit

TESTS = Limit("notification_tests", times=5, seconds=600)
ACTION = "/notifications"


@dataclass(frozen=True, slots=True)
class Tested:
    """``code``, ``error_class`` and ``detail`` are the provider's refusal, "" each if it took the message."""

    provider: str
    sent: bool
    code: str = ""
    error_class: str = ""
    detail: str = ""


def test(*, user: Recipient, public_id: uuid.UUID) -> Tested:
    """One attempt, disabled or not, of which nothing is remembered. Raises NotFound, TooManyRequests."""
    destination = services.find(user_id=user.pk, public_id=public_id)
    hit(TESTS, str(user.pk))
    transport = TRANSPORTS[destination.channel]
    provider = ""
    try:
        place = _place(destination)
        provider = transport.provider(place)
        if not _is_theirs(user, destination.channel, place):
            return Tested(provider, sent=False, code="destination_not_yours", error_class="permanent")
        if destination.channel == ChannelName.SMS:
            caps.count_text(user.pk)
        transport.send(_letter(user, place))
    except CannotUnseal:
        return Tested(provider, sent=False, code="destination_sealed", error_class="permanent")
    except DeliveryError as error:
        return Tested(
            provider,
            sent=False,
            code=error.code,
            error_class=error.error_class,
            detail=error.detail,
        )
    return Tested(provider, sent=True)


def _is_theirs(user: Recipient, channel: str, place: str) -> bool:
    """An address or number may have been left since, or never confirmed."""
    if channel not in BY_ADDRESS:
        return True
    plans = TRANSPORTS[channel].plan(user, TEST)
    return any(plan.destination == place and plan.reason != Reason.UNVERIFIED_DESTINATION for plan in plans)


def _place(destination: Destination) -> str:
    """As ``Delivery.destination`` would have it."""
    if destination.channel in BY_ADDRESS:
        return addresses.opened(destination)["address"]
    return str(destination.public_id)


def _letter(user: Recipient, place: str) -> Letter:
    context = wording.context_for(recipient=user, data={}, action_url=ACTION)
    return Letter(
        delivery_id=0,
        public_id=uuid.uuid4(),
        kind=TEST,
        destination=place,
        language=user.locale,
        context=context,
        priority=Priority.HIGH,
    )
