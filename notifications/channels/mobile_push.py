"""Pushes to phones by Firebase Cloud Messaging, version 1 of its API: one request a phone."""

import json
from typing import Any

from django.conf import settings

from notifications import wording
from notifications.channels import cutting, devices, google
from notifications.channels.base import ErrorClass, Letter, Plan, Recipient, Sent
from notifications.channels.refusals import document, no_answer, refusal, said
from notifications.kinds import Kind
from notifications.vocabulary import ChannelName, Priority
from numerai.common import clock
from numerai.common.outbound import Answer, NoAnswer, call

SECONDS = 10.0
# Of the 4096 bytes that are taken, some are for what surrounds the words.
LARGEST = 3500
URGENT = frozenset({Priority.CRITICAL, Priority.HIGH})
# There is no such app on any phone any more, or it is one of another project's. A malformed request proves neither.
DEAD = frozenset({"UNREGISTERED", "SENDER_ID_MISMATCH"})


def is_configured() -> bool:
    return bool(settings.FCM_SERVICE_ACCOUNT)


class MobilePush:
    def plan(self, recipient: Recipient, kind: Kind) -> tuple[Plan, ...]:
        return devices.plan(recipient, kind, ChannelName.MOBILE_PUSH, is_configured=is_configured())

    def provider(self, destination: str) -> str:
        return "fcm"

    def send(self, letter: Letter) -> Sent:
        token = devices.address(letter.destination)["token"]
        account = google.account(settings.FCM_SERVICE_ACCOUNT)
        url = f"{settings.FCM_API_BASE.rstrip('/')}/v1/projects/{account.project}/messages:send"
        headers = {"Authorization": f"Bearer {account.token()}", "Content-Type": "application/json"}
        try:
            answer = call("POST", url, headers=headers, body=_body(letter, token), seconds=SECONDS)
        except NoAnswer as error:
            raise no_answer("fcm", error) from error
        if answer.status == 401:
            account.forget_token()
        return _outcome(answer, token)


def _body(letter: Letter, token: str) -> bytes:
    words = wording.render(letter.kind, ChannelName.MOBILE_PUSH, letter.language, letter.context)
    topic = cutting.topic(letter)
    seconds = cutting.seconds_to_live(letter)
    is_urgent = letter.priority in URGENT
    message: dict[str, Any] = {
        "data": {
            "id": str(letter.public_id),
            "kind": letter.kind.name,
            "type": letter.kind.notification_type,
            "action_url": cutting.link(letter.context),
        },
        "android": {
            "priority": "HIGH" if is_urgent else "NORMAL",
            "ttl": f"{seconds}s",
            "collapse_key": topic,
            "notification": {"tag": topic},
        },
        "apns": {
            "headers": {
                "apns-priority": "10" if is_urgent else "5",
                "apns-collapse-id": topic,
                "apns-expiration": str(int(clock.now().timestamp()) + seconds),
            }
        },
        "webpush": {"headers": {"TTL": str(seconds), "Urgency": "high" if is_urgent else "normal", "Topic": topic}},
    }

    def encoded(text: str) -> bytes:
        shown = {"token": token, "notification": {"title": words["title"], "body": text}}
        return json.dumps({"message": shown | message}, ensure_ascii=False).encode()

    return cutting.fitted(words["message"], LARGEST + len(token.encode()), encoded)


def _outcome(answer: Answer, token: str) -> Sent:
    told = document(answer.body)
    name = told.get("name")
    if answer.status == 200 and isinstance(name, str):
        return Sent(provider_message_id=name[:255])
    fault = told.get("error")
    fault = fault if isinstance(fault, dict) else {}
    code = _code(fault.get("details"))
    name = f"fcm_{code.lower()}" if code else f"fcm_http_{answer.status}"
    error = refusal(name, answer.status, answer.headers, said(fault.get("message"), token))
    if code in DEAD:
        error.error_class, error.is_dead = ErrorClass.PERMANENT, True
    elif answer.status == 404:
        # Not the phone but the project is unknown.
        error.error_class = ErrorClass.CONFIG
    raise error


def _code(details: object) -> str:
    """FCM's own word for what is wrong; "" if it says none."""
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, dict) and isinstance(detail.get("errorCode"), str):
            return str(detail["errorCode"])[:40]
    return ""
