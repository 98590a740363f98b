"""What operators read of a row where there is room for a line."""

from datetime import UTC, datetime, time
from uuid import UUID

import pytest
from django.db.models import Model

from notifications.models import (
    Broadcast,
    BroadcastBatch,
    DeliveryTotal,
    Destination,
    DigestChoice,
    DigestWindow,
    LiveCursor,
    LiveEvent,
    Preference,
    ProviderHealth,
    ProviderReport,
    Schedule,
)

SOMEBODY = UUID("00000000-0000-4000-8000-000000000007")
MOMENT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (Broadcast(kind="a.b", state="running", told=2, audience=5), "a.b: running, 2 of 5"),
        (BroadcastBatch(broadcast_id=3, people=[SOMEBODY]), "3: 1 people"),
        (Destination(name="Laptop", channel="web_push"), "Laptop"),
        (Destination(public_id=SOMEBODY, channel="web_push"), f"Web Push {SOMEBODY}"),
        (DigestChoice(category="billing", cadence="daily"), "billing: daily"),
        (DigestWindow(key="billing", channel="email", closes_at=MOMENT), "billing by email until 2026-11-21 09:30"),
        (LiveCursor(user_id=SOMEBODY, version=4), f"{SOMEBODY}: 4"),
        (LiveEvent(event_type="read", version=4), "read 4"),
        (Preference(kind="a.b", channel="sms", is_on=False), "a.b by sms: off"),
        (Preference(channel="sms", is_on=True), "everything by sms: on"),
        (Schedule(is_quiet=True, quiet_start=time(22), quiet_end=time(7)), "quiet 22:00-07:00"),
        (Schedule(), "never quiet"),
        (ProviderHealth(provider="sms", failures=3), "sms: 3 failures in a row"),
        (ProviderReport(provider="sms", event_type="delivered"), "sms: delivered"),
        (
            DeliveryTotal(hour=MOMENT, channel="email", status="sent", deliveries=8),
            "2026-11-21 09h email sent: 8",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Model) else None,
)
def test_a_row_has_a_name(row: Model, name: str) -> None:
    assert str(row) == name
