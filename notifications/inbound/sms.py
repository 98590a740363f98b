"""Reports on texts, as Twilio sends them: a form, signed together with the address that it was sent to."""

import base64
import hashlib
import hmac

from django.conf import settings
from django.http import QueryDict
from django.utils.crypto import constant_time_compare

from notifications.inbound.reports import Report
from notifications.vocabulary import ChannelName, DeliveryStatus

PROVIDER = "twilio"
STATUS = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.DELIVERED,
    "undelivered": DeliveryStatus.BOUNCED,
    "failed": DeliveryStatus.FAILED,
    "canceled": DeliveryStatus.FAILED,
}
# There is no such phone, it takes no texts, or its owner wants none of ours.
DEAD = frozenset({"21211", "21610", "21614", "30005", "30006"})


def signature(url: str, form: QueryDict) -> str:
    """What Twilio sends in X-Twilio-Signature."""
    said = url + "".join(name + value for name in sorted(form) for value in sorted(set(form.getlist(name))))
    digest = hmac.new(settings.SMS_AUTH_TOKEN.encode(), said.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def is_authentic(url: str, form: QueryDict, signed: str) -> bool:
    """``url`` is the whole address as the world knows it, with its query."""
    return constant_time_compare(signed, signature(url, form))


def read(form: QueryDict, delivery_id: str) -> Report | None:
    """None for a form that is about no message."""
    message_id, said = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if not message_id or not said:
        return None
    code = form.get("ErrorCode", "")
    return Report(
        provider=PROVIDER,
        channel=ChannelName.SMS,
        # An event has no id of its own, and happens once to a message.
        event_id=f"{message_id}:{said}",
        event_type=said,
        message_id=message_id,
        delivery_id=int(delivery_id) if delivery_id.isascii() and delivery_id.isdigit() else None,
        status=STATUS.get(said),
        code=f"sms_{code}" if code else "",
        condemned=f"sms_{code}" if code in DEAD else "",
    )
