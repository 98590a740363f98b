"""Texts to phones, by the API of Twilio, which several providers speak: one request a text."""

import base64
import json
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings

from notifications import rendering
from notifications.channels.base import DeliveryError, ErrorClass, Letter, Plan, Recipient, Sent
from notifications.kinds import Kind
from notifications.vocabulary import DeliveryStatus, Reason
from numerai.common.outbound import Answer, NoAnswer, call

SECONDS = 10.0
# The provider's codes: there is no such phone, it takes no texts, its owner wants none of ours.
UNREACHABLE = frozenset({21211, 21214, 21217, 21610, 21612, 21614})
# Our sender, our account, or where it may send to.
MISCONFIGURED = frozenset({20003, 20404, 21212, 21408, 21603, 21606, 21659, 21660})


def is_configured() -> bool:
    """Whether texts can be sent at all."""
    return bool(settings.SMS_ACCOUNT_SID and settings.SMS_AUTH_TOKEN and settings.SMS_SENDER)


class Sms:
    def plan(self, recipient: Recipient, kind: Kind) -> tuple[Plan, ...]:
        if not recipient.phone:
            return (Plan(status=DeliveryStatus.SKIPPED, reason=Reason.NO_DESTINATION),)
        if not is_configured():
            return (Plan(recipient.phone, DeliveryStatus.SKIPPED, Reason.DESTINATION_DISABLED),)
        # Codes must reach a number before it is verified; nothing else may.
        if recipient.phone_verified_at is None and not kind.critical:
            return (Plan(recipient.phone, DeliveryStatus.SKIPPED, Reason.UNVERIFIED_DESTINATION),)
        return (Plan(recipient.phone),)

    def send(self, letter: Letter) -> Sent:
        text = rendering.text_message(letter.kind, letter.context)
        sid = settings.SMS_ACCOUNT_SID
        url = f"{settings.SMS_API_BASE.rstrip('/')}/2010-04-01/Accounts/{quote(sid, safe='')}/Messages.json"
        pair = base64.b64encode(f"{sid}:{settings.SMS_AUTH_TOKEN}".encode()).decode()
        headers = {
            "Authorization": f"Basic {pair}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        sender = "MessagingServiceSid" if settings.SMS_SENDER.startswith("MG") else "From"
        form = urlencode({"To": letter.destination, sender: settings.SMS_SENDER, "Body": text})
        try:
            answer = call("POST", url, headers=headers, body=form.encode(), seconds=SECONDS)
        except NoAnswer as error:
            name = "sms_timeout" if error.is_slow else "sms_connection"
            raise DeliveryError(ErrorClass.TRANSIENT, name, str(error)) from error
        return _outcome(answer)


def _outcome(answer: Answer) -> Sent:
    document = _document(answer.body)
    if answer.status == 201 and isinstance(document.get("sid"), str):
        return Sent(provider_message_id=document["sid"][:255])
    code = document.get("code")
    name = f"sms_{code}" if isinstance(code, int) else f"sms_http_{answer.status}"
    # The provider's sentence repeats the number, so it is not kept.
    if answer.status == 429:
        raise DeliveryError(ErrorClass.THROTTLED, name, retry_after=_seconds(answer.headers.get("retry-after", "")))
    if answer.status >= 500:
        raise DeliveryError(ErrorClass.TRANSIENT, name)
    if answer.status == 400 and code not in MISCONFIGURED:
        raise DeliveryError(ErrorClass.PERMANENT, name, bounced=code in UNREACHABLE)
    # A refused login, an unknown account, a redirect, a page instead of an answer: ours to mend.
    raise DeliveryError(ErrorClass.CONFIG, name)


def _document(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() else None
