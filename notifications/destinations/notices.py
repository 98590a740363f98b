"""What people are told of their destinations."""

from datetime import datetime

from notifications.channels.base import Recipient
from notifications.kinds import Kind
from notifications.models import Destination

UNREACHABLE = "unreachable"
COMPLAINT = "complaint"
HARD_BOUNCE = "hard_bounce"

DISABLED = Kind(
    name="notifications.destination_disabled", notification_type="warning", category="account", channels=("in_app",)
)
# What the words tell apart; whatever else a provider says means that the destination is gone.
REASONS = {
    UNREACHABLE: "unreachable",
    COMPLAINT: "complaint",
    "sms_21610": "opted_out",
}
# Sent by the button of that name alone, so it is no kind that anybody could have preferences about.
TEST = Kind(
    name="notifications.destination_test",
    notification_type="info",
    category="account",
    channels=("in_app", "email", "sms"),
)


def tell_disabled(destination: Destination, person: Recipient, *, reason: str, disabled_at: datetime) -> None:
    """Once for each time that it is given up."""
    from notifications.services import notify

    notify(
        user=person,
        kind=DISABLED.name,
        context={
            "channel": destination.channel,
            "name": destination.name,
            "destination_id": str(destination.public_id),
            "why": REASONS.get(reason, "gone"),
        },
        dedupe_key=f"destination:{destination.public_id}:{disabled_at.timestamp():.6f}",
        action_url="/settings/notifications",
    )
