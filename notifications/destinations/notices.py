"""What people are told of their destinations."""

from datetime import datetime

from notifications import kinds
from notifications.channels.base import Recipient
from notifications.kinds import Kind
from notifications.models import Destination

DISABLED = Kind(
    name="notifications.destination_disabled", notification_type="warning", category="account", channels=("in_app",)
)
# Sent by the button of that name alone, so it is no kind that anybody could have preferences about.
TEST = Kind(
    name="notifications.destination_test",
    notification_type="info",
    category="account",
    channels=("in_app", "email", "sms"),
)


def register() -> None:
    kinds.register(DISABLED)


def tell_disabled(destination: Destination, person: Recipient, *, disabled_at: datetime) -> None:
    """Once for each time that it is given up."""
    from notifications.services import notify

    notify(
        user=person,
        kind=DISABLED.name,
        context={
            "channel": destination.channel,
            "name": destination.name,
            "destination_id": str(destination.public_id),
            "reason": destination.disabled_reason,
        },
        dedupe_key=f"destination:{destination.public_id}:{disabled_at.timestamp():.6f}",
        action_url="/settings/notifications",
    )
