"""What a channel is: it plans where a notification goes when it is made, and a transport sends it later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from notifications.kinds import Kind
from notifications.vocabulary import DeliveryStatus, Priority, Reason


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


class SignedIn(Recipient, Protocol):
    """Of whom is known which of their sessions have not ended."""

    def get_session_auth_hash(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """One delivery to be: where to, and whether it waits to be sent or has met its end already."""

    destination: str = ""
    status: DeliveryStatus = DeliveryStatus.PENDING
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a transport needs to send one delivery. ``context`` may hold secrets: it is never stored or logged.

    ``public_id`` is the notification's; ``language`` is the recipient's locale at this moment. After
    ``expires_at`` it need not arrive; of what shares a ``group_key`` only the newest matters. ``headers`` are a mail's.
    """

    delivery_id: int
    public_id: UUID
    kind: Kind
    destination: str
    language: str
    context: dict[str, Any]
    priority: Priority = Priority.NORMAL
    expires_at: datetime | None = None
    group_key: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


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
    """An attempt that failed. ``code`` is short and stable, such as "smtp_451"; ``retry_after`` is in seconds.

    ``bounced`` says of mail and texts that it came back. With ``is_dead`` nothing will ever reach that destination;
    what is not ``of_provider`` says nothing about how the provider does. What ``may_have_arrived`` was handed over
    without an answer. ``is_outage`` is set once the provider fails everybody.
    """

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
        is_dead: bool = False,
        of_provider: bool = True,
        may_have_arrived: bool = False,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.error_class = error_class
        self.code = code
        self.detail = detail
        self.reason = reason
        self.bounced = bounced
        self.retry_after = retry_after
        self.max_attempts = max_attempts
        self.is_dead = is_dead
        self.of_provider = of_provider
        self.may_have_arrived = may_have_arrived
        self.is_outage = False


class Channel(Protocol):
    def plan(self, recipient: Recipient, kind: Kind) -> tuple[Plan, ...]:
        """Where ``kind`` would go now; asked when the notification is made and again before each attempt."""
        ...


class Transport(Channel, Protocol):
    def provider(self, destination: str) -> str:
        """Who would be handed what goes to ``destination``: a name of at most 40 characters."""
        ...

    def send(self, letter: Letter) -> Sent:
        """Hand ``letter`` to the provider. Raises DeliveryError; never called inside a transaction."""
        ...
