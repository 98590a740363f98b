"""What the OpenAPI document shows of the centre."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

ID = "5f0c7a52-8f0e-4c43-9a0f-6d0d4b5a2e11"
NOTIFICATION = {
    "id": ID,
    "kind": "payments.subscription_activated",
    "category": "billing",
    "notification_type": "payment",
    "title": "Your Premium plan is active",
    "message": "Everything in Premium is open to you until December 20, 2026.",
    "data": {"plan": "premium"},
    "action_url": "/settings/billing",
    "priority": "normal",
    "occurrences": 1,
    "is_read": False,
    "read_at": None,
    "archived_at": None,
    "expires_at": None,
    "created_at": "2026-11-20T09:30:00Z",
}
UNREAD = {"count": 2, "capped": False, "version": 41}
DELIVERIES = [
    {
        "channel": "email",
        "channel_name": "E-mail",
        "destination": "a•••@example.com",
        "status": "sent",
        "reason": "",
        "explanation": "It was handed over to be delivered. Whether it arrived, we have not been told.",
        "attempts": 1,
        "next_attempt_at": None,
        "sent_at": "2026-11-20T09:30:02Z",
        "delivered_at": None,
    },
    {
        "channel": "sms",
        "channel_name": "Text message",
        "destination": "+1•••0123",
        "status": "skipped",
        "reason": "preference_off",
        "explanation": "It was not sent this way. You have switched this off in your preferences.",
        "attempts": 0,
        "next_attempt_at": None,
        "sent_at": None,
        "delivered_at": None,
    },
]


def answered(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200"])


def asked(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)
