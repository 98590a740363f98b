"""Messages on Discord: to a channel by the webhook that somebody made there, or to a person by our bot."""

import json
import re
from typing import Any

from django.conf import settings

from notifications import wording
from notifications.channels import cutting, devices
from notifications.channels.base import DeliveryError, ErrorClass, Letter, Plan, Recipient, Sent
from notifications.channels.refusals import document, no_answer, refusal, said
from notifications.kinds import Kind
from notifications.vocabulary import ChannelName
from numerai.common.outbound import Answer, NoAnswer, call

SECONDS = 10.0
LONGEST = 2000
MARKDOWN = re.compile(r"([\\*_~`|>#\-+\[\]()<@:.])")
CANNOT_MESSAGE, UNKNOWN_USER, INVALID_RECIPIENT = 50007, 10013, 50033
UNREACHABLE = frozenset({CANNOT_MESSAGE, UNKNOWN_USER, INVALID_RECIPIENT})


class Discord:
    def plan(self, recipient: Recipient, kind: Kind) -> tuple[Plan, ...]:
        return devices.plan(recipient, kind, ChannelName.DISCORD, is_configured=True)

    def provider(self, destination: str) -> str:
        return "discord"

    def send(self, letter: Letter) -> Sent:
        address = devices.address(letter.destination)
        message = _message(letter)
        if "webhook" in address:
            answer = _posted(f"/webhooks/{address['webhook']}/{address['token']}?wait=true", message)
            return _outcome(answer, is_ours=False)
        if not settings.DISCORD_BOT_TOKEN:
            raise DeliveryError(ErrorClass.CONFIG, "discord_no_bot")
        headers = {"Authorization": f"Bot {settings.DISCORD_BOT_TOKEN}"}
        opened = _outcome(_posted("/users/@me/channels", {"recipient_id": address["user"]}, headers), is_ours=True)
        # The same for every attempt: the second of two within a few minutes is answered with the first.
        once = {"nonce": str(letter.delivery_id), "enforce_nonce": True}
        return _outcome(
            _posted(f"/channels/{opened.provider_message_id}/messages", message | once, headers), is_ours=True
        )


def escaped(text: str) -> str:
    """``text`` as it stands, whatever its signs mean in Discord's markup."""
    return MARKDOWN.sub(r"\\\1", text)


def _message(letter: Letter) -> dict[str, Any]:
    words = wording.render(letter.kind, ChannelName.DISCORD, letter.language, letter.context)
    link = cutting.link(letter.context)
    ending = f"\n<{link}>" if link and not re.search(r"[\s<>]", link) else ""
    text = f"**{escaped(words['title'])}**\n{escaped(words['message'])}"
    room = LONGEST - len(ending)
    if len(text) > room:
        # Not in the middle of an escape.
        text = text[: room - 1].rstrip("\\") + cutting.ELLIPSIS
    return {"content": text + ending, "allowed_mentions": {"parse": []}}


def _posted(path: str, document: dict[str, Any], headers: dict[str, str] | None = None) -> Answer:
    url = settings.DISCORD_API_BASE.rstrip("/") + path
    own = {"Content-Type": "application/json", "User-Agent": "DiscordBot (https://numerai.example, 1)"}
    try:
        return call("POST", url, headers=own | (headers or {}), body=json.dumps(document).encode(), seconds=SECONDS)
    except NoAnswer as error:
        raise no_answer("discord", error) from error


def _outcome(answer: Answer, *, is_ours: bool) -> Sent:
    """``is_ours`` when our bot spoke; else a refusal is the webhook's, which its owner may have deleted or changed."""
    told = document(answer.body)
    identity = told.get("id")
    if answer.status in {200, 201} and isinstance(identity, str) and identity.isdecimal():
        return Sent(provider_message_id=identity[:255])
    code = told.get("code")
    name = f"discord_{code}" if isinstance(code, int) and code else f"discord_http_{answer.status}"
    error = refusal(name, answer.status, answer.headers, said(told.get("message")))
    is_gone = answer.status in {404, 410} or (answer.status in {401, 403} and not is_ours)
    if is_gone or code in UNREACHABLE:
        error.error_class, error.is_dead = ErrorClass.PERMANENT, True
    raise error
