"""The link at the end of a mail that ends such mails, for whoever has it: it is signed, and does nothing else.

It never goes out of date, because mails are kept; it leads nowhere once the account is closed.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode, urljoin
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from notifications.digests.summary import SUMMARY
from notifications.kinds import Kind
from notifications.models import Delivery
from notifications.vocabulary import ChannelName

VERSION = "1"
OF_CATEGORY = "of:"
EVERYTHING = "*"
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Link:
    """``what`` is the name of a kind, or OF_CATEGORY and a category, or EVERYTHING."""

    user_id: UUID
    channel: str
    what: str

    @property
    def token(self) -> str:
        person = urlsafe_b64encode(self.user_id.bytes).decode().rstrip("=")
        return _signer().sign("~".join((VERSION, person, self.channel, self.what)))

    @property
    def url(self) -> str:
        path = reverse("notification-unsubscribe")
        return f"{urljoin(settings.API_URL, path)}?{urlencode({'token': self.token})}"

    @classmethod
    def read(cls, token: str) -> Self | None:
        """None for what we did not sign."""
        if len(token) > LONGEST:
            return None
        try:
            version, person, channel, what = _signer().unsign(token).split("~")
        except (BadSignature, ValueError):
            return None
        return cls(UUID(bytes=urlsafe_b64decode(f"{person}==")), channel, what) if version == VERSION else None


def link_of(delivery: Delivery, kind: Kind) -> Link | None:
    """What ends mails like ``delivery``; None for one that cannot be ended, and for what is no mail."""
    if delivery.channel != ChannelName.EMAIL or kind.is_addressed:
        return None
    user_id = delivery.notification.recipient_id
    if kind == SUMMARY:
        category = delivery.notification.data["category"]
        return Link(user_id, delivery.channel, f"{OF_CATEGORY}{category}" if category else EVERYTHING)
    return None if delivery.channel in kind.locked_channels else Link(user_id, delivery.channel, kind.name)


def headers_of(link: Link) -> dict[str, str]:
    """With these a mail program offers to end such mails by one click (RFC 8058)."""
    return {"List-Unsubscribe": f"<{link.url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _signer() -> Signer:
    return Signer(salt="notifications.unsubscribe")
