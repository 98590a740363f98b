import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from numerai.common.errors import DomainError
from payments import gateway

NAME_LENGTH = 255


class WebhookEventInvalid(DomainError):
    status, code, title = 400, "webhook_event_invalid", "This is no event"
    detail = "The body is not a Stripe event."


@dataclass(frozen=True)
class DeliveredEvent:
    """An event whose signature holds. ``payload`` is the delivered text itself; ``account`` is whose event it is, if
    it says so, as those of connected accounts and of an organisation do."""

    id: str
    type: str
    livemode: bool
    api_version: str
    created_at: datetime
    object_id: str
    customer_id: str
    payload: str
    account: str


def verify_webhook_signature(*, payload: bytes, header: str) -> DeliveredEvent:
    """The event that ``payload``, the raw body, carries.

    Raises WebhookSignatureInvalid, or WebhookEventInvalid for something signed that is no event.
    """
    gateway.verify_signature(payload=payload, header=header)
    return read_event(payload.decode())


def read_event(text: str) -> DeliveredEvent:
    """The event that a trusted text carries. Raises WebhookEventInvalid."""
    try:
        return _event(json.loads(text, parse_constant=_refuse), text)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError, RecursionError):
        raise WebhookEventInvalid from None


def _event(fields: dict[str, Any], text: str) -> DeliveredEvent:
    about = fields["data"]["object"]
    if fields["object"] != "event" or not isinstance(fields["livemode"], bool):
        raise ValueError("not an event")
    return DeliveredEvent(
        id=_name(fields["id"]),
        type=_name(fields["type"]),
        livemode=fields["livemode"],
        api_version=_reference(fields.get("api_version"))[:64],
        created_at=datetime.fromtimestamp(fields["created"], UTC),
        object_id=_reference(about.get("id")),
        customer_id=_reference(about["id"] if about.get("object") == "customer" else about.get("customer")),
        payload=text,
        account=_reference(fields.get("account") or fields.get("context")).rpartition("/")[-1],
    )


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value:
        raise ValueError("not a name")
    if len(value) > NAME_LENGTH:
        raise ValueError("too long a name")
    return value


def _reference(value: Any) -> str:
    """An id, or the id of the object that older API versions put in its place; "" when there is none."""
    if isinstance(value, dict):
        value = value.get("id")
    return _name(value) if value else ""


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
