"""What a channel is: it plans where a notification goes when it is made, and a transport sends it later."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from notifications.kinds import Kind
from notifications.vocabulary import DeliveryStatus, Reason


class Recipient(Protocol):
    """What notifications needs to know of a person."""

    @property
    def pk(self) -> UUID: ...
    @property
    def full_name(self) -> str: ...
    @property
    def email(self) -> str | None: ...
    @property
    def email_verified_at(self) -> datetime | None: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def phone_verified_at(self) -> datetime | None: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def timezone(self) -> str: ...
    @property
    def locale(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """One delivery to be: where to, and whether it waits to be sent or has met its end already."""

    destination: str = ""
    status: DeliveryStatus = DeliveryStatus.PENDING
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a transport needs to send one delivery. ``context`` may hold secrets: it is never stored or logged."""

    delivery_id: int
    public_id: UUID
    kind: Kind
    destination: str
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took responsibility for the message."""

    provider_message_id: str = ""


class ErrorClass(StrEnum):
    """What to do about a failure: never again, again later, again when the provider says, or call an operator."""

    PERMANENT = "permanent"
    TRANSIENT = "transient"
    THROTTLED = "throttled"
    CONFIG = "config"


class DeliveryError(Exception):
    """An attempt that failed. ``code`` is short and stable, such as "smtp_451"; ``retry_after`` is in seconds."""

    def __init__(
        self,
        error_class: ErrorClass,
        code: str,
        detail: str = "",
        *,
        reason: Reason = Reason.PROVIDER_PERMANENT,
        bounced: bool = False,
        retry_after: float | None = None,
        max_attempts: int | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.error_class = error_class
        self.code = code
        self.detail = detail
        self.reason = reason
        self.bounced = bounced
        self.retry_after = retry_after
        self.max_attempts = max_attempts


class Channel(Protocol):
    def plan(self, recipient: Recipient, kind: Kind) -> tuple[Plan, ...]:
        """Where ``kind`` would go now; asked when the notification is made and again before each attempt."""
        ...


class Transport(Channel, Protocol):
    def send(self, letter: Letter) -> Sent:
        """Hand ``letter`` to the provider. Raises DeliveryError; never called inside a transaction."""
        ...
