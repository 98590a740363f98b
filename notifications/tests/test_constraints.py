"""What must hold whoever writes: PostgreSQL refuses the rest."""

from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import User
from notifications.models import Delivery, Notification
from numerai.common import clock


@pytest.mark.parametrize(
    "wrong",
    [
        {"notification_type": "surprise"},
        {"priority": "urgent"},
        {"kind": "Note"},
        {"title": ""},
        {"dedupe_key": ""},
        {"dedupe_key": "taken"},
        {"action_url": "javascript:alert(1)"},
        {"action_url": "//evil.example"},
        {"action_url": "data:text/html,x"},
    ],
)
def test_a_wrong_notification_is_refused(alice: User, wrong: dict[str, Any]) -> None:
    right = {"recipient": alice, "kind": "sample.note", "notification_type": "info", "title": "x"}
    Notification.objects.create(**right, dedupe_key="taken")
    with pytest.raises(IntegrityError):
        Notification.objects.create(**(right | wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "lost"},
        {"channel": "pigeon"},
        {"reason": "because"},
        {"status": "pending", "next_attempt_at": None},
        {"status": "sending"},
        {"status": "pending", "lease_until": clock.now()},
        {"status": "sent"},
        {"status": "failed"},
        {"destination": "taken@example.com"},
    ],
)
def test_a_wrong_delivery_is_refused(alice: User, wrong: dict[str, Any]) -> None:
    notification = Notification.objects.create(recipient=alice, kind="sample.note", notification_type="info", title="x")
    right = {"notification": notification, "channel": "email", "next_attempt_at": clock.now()}
    Delivery.objects.create(**right, destination="taken@example.com")
    with pytest.raises(IntegrityError):
        Delivery.objects.create(**(right | {"destination": "a@example.com"} | wrong))


def test_rows_name_themselves(alice: User) -> None:
    notification = Notification.objects.create(
        recipient=alice, kind="sample.code", notification_type="info", in_centre=False
    )
    assert str(notification) == "sample.code"
    assert str(Delivery(channel="email", status="sent")) == "email: sent"
