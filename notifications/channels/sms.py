"""Texts to phones, by the API of Twilio, which several providers speak: one request a text."""

import base64
from urllib.parse import quote, urlencode

from django.conf import settings
from django.urls import reverse

from notifications import wording
from notifications.channels.base import ErrorClass, Letter, Plan, Recipient, Sent
from notifications.channels.refusals import document, no_answer, refusal, said
from notifications.destinations import known
from notifications.kinds import Kind
from notifications.vocabulary import ChannelName, DeliveryStatus, Reason
from numerai.common.outbound import Answer, NoAnswer, call

SECONDS = 10.0
# Each may reach the phone although we heard nothing, and each costs money.
ATTEMPTS = 2
# The provider's codes: there is no such phone, it takes no texts, its owner wants none of ours.
UNREACHABLE = frozenset({21211, 21214, 21217, 21610, 21612, 21614})
# From our sender; another one might.
NO_ROUTE = 21612
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
        if not kind.critical and known.is_disabled(recipient.pk, ChannelName.SMS, recipient.phone):
            return (Plan(recipient.phone, DeliveryStatus.SKIPPED, Reason.DESTINATION_DISABLED),)
        return (Plan(recipient.phone),)

    def provider(self, destination: str) -> str:
        return "twilio"

    def send(self, letter: Letter) -> Sent:
        text = wording.render(letter.kind, ChannelName.SMS, letter.language, letter.context)["text"]
        sid = settings.SMS_ACCOUNT_SID
        url = f"{settings.SMS_API_BASE.rstrip('/')}/2010-04-01/Accounts/{quote(sid, safe='')}/Messages.json"
        pair = base64.b64encode(f"{sid}:{settings.SMS_AUTH_TOKEN}".encode()).decode()
        headers = {
            "Authorization": f"Basic {pair}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        sender = "MessagingServiceSid" if settings.SMS_SENDER.startswith("MG") else "From"
        wishes = {"To": letter.destination, sender: settings.SMS_SENDER, "Body": text}
        form = urlencode(wishes | _reports_to(letter.delivery_id))
        try:
            answer = call("POST", url, headers=headers, body=form.encode(), seconds=SECONDS)
        except NoAnswer as error:
            failure = no_answer("sms", error)
            if failure.may_have_arrived:
                failure.max_attempts = ATTEMPTS
            raise failure from error
        return _outcome(answer, letter.destination)


def _reports_to(delivery_id: int) -> dict[str, str]:
    """Where the provider tells what became of the text; it can reach no server but a public one."""
    if not settings.API_URL.startswith("https://"):
        return {}
    address = settings.API_URL.rstrip("/") + reverse("notification-sms-reports")
    return {"StatusCallback": f"{address}?delivery={delivery_id}"}


def _outcome(answer: Answer, number: str) -> Sent:
    told = document(answer.body)
    if answer.status == 201 and isinstance(told.get("sid"), str):
        return Sent(provider_message_id=told["sid"][:255])
    code = told.get("code")
    name = f"sms_{code}" if isinstance(code, int) else f"sms_http_{answer.status}"
    # The provider's sentence may repeat the number.
    error = refusal(name, answer.status, answer.headers, said(told.get("message"), number, number.removeprefix("+")))
    if error.may_have_arrived:
        error.max_attempts = ATTEMPTS
    if code in UNREACHABLE:
        error.bounced, error.is_dead = True, code != NO_ROUTE
    elif code in MISCONFIGURED or answer.status in {200, 201, 302, 404}:
        # A refused login, an unknown account, a redirect, a page instead of an answer: ours to mend.
        error.error_class = ErrorClass.CONFIG
    raise error
