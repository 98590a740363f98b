"""Who is told: each person has an address, a number, a browser, a phone, a channel of Discord and themselves there."""

import base64
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from rich.progress import track

from dev.local_providers import Asked
from notifications.kinds import Kind
from notifications.vocabulary import ChannelName

TOLD = Kind("storm.told", "info", "storm", ("in_app", "email", "sms"))
# Larger than any number of people, and as Discord and phones number things.
FIRST_USER = 80_000_000_000_000_000
FIRST_NUMBER = 14_155_000_000
DOMAIN = "example.com"


@dataclass(frozen=True)
class Way:
    """A provider, and what it knows a message by that comes twice; ``takes_once`` if that keeps it to one."""

    name: str
    key: str
    takes_once: bool = False


MAIL = Way("mail", "Message-ID: programs fold the second into the first")
TEXT = Way("texts", "none")
BROWSER = Way("browsers", "Topic: the second replaces one that is not shown yet")
PHONE = Way("phones", "collapse key: the second takes the place of the first")
WEBHOOK = Way("Discord, webhook", "none")
BOT = Way("Discord, bot", "nonce", takes_once=True)
WAYS = (MAIL, TEXT, BROWSER, PHONE, WEBHOOK, BOT)

# One message: by which way, and the number of the person.
Message = tuple[Way, int]


def told(numbers: Iterable[int], providers: str) -> dict[int, Message]:
    """Make people with these numbers and tell each of them once; the deliveries that are to leave, by their ids."""
    from accounts.models import Profile, User
    from notifications.services import notify
    from numerai.common import clock

    found: dict[int, Message] = {}
    keys = _browser_keys()
    for number in track(list(numbers), description="people", transient=True):
        now = clock.now()
        person = User.objects.create(
            email=f"{number}@{DOMAIN}",
            email_verified_at=now,
            phone=f"+{FIRST_NUMBER + number}",
            phone_verified_at=now,
            full_name=f"Person {number}",
        )
        Profile.objects.create(user=person)
        ways = _registered(person, number, providers, keys)
        made = notify(user=person, kind=TOLD.name, context={"number": number})
        for delivery in made.deliveries.exclude(channel=ChannelName.IN_APP):
            found[delivery.pk] = (ways[delivery.destination], number)
    return found


def mail_to(address: str) -> Message:
    return MAIL, int(address.partition("@")[0])


def message_of(asked: Asked) -> Message | None:
    """Which message a provider was asked to take; None for what is none."""
    path = urlsplit(asked.path).path
    match path.strip("/").split("/"):
        case ["push", name]:
            return BROWSER, int(name)
        case ["v1", "projects", _, "messages:send"]:
            return PHONE, int(json.loads(asked.body)["message"]["token"].removeprefix("token"))
        case ["2010-04-01", "Accounts", _, "Messages.json"]:
            return TEXT, int(parse_qs(asked.body.decode())["To"][0]) - FIRST_NUMBER
        case [*_, "webhooks", number, _]:
            return WEBHOOK, int(number) - FIRST_USER
        case [*_, "channels", channel, "messages"]:
            return BOT, int(channel[1:]) - FIRST_USER
    return None


def _registered(person: "object", number: int, providers: str, keys: dict[str, str]) -> dict[str, Way]:
    """Where the person can be reached, each with its way."""
    from accounts.models import User
    from notifications.destinations.services import register

    assert isinstance(person, User)
    devices = (
        (BROWSER, ChannelName.WEB_PUSH, {"endpoint": f"{providers}/push/{number}", **keys}),
        (PHONE, ChannelName.MOBILE_PUSH, {"token": f"token{number}"}),
        (WEBHOOK, ChannelName.DISCORD, {"webhook": str(FIRST_USER + number), "token": "secret"}),
        (BOT, ChannelName.DISCORD, {"user": str(FIRST_USER + number)}),
    )
    ways = {str(person.email): MAIL, str(person.phone): TEXT}
    for way, channel, address in devices:
        destination, _ = register(user=person, channel=channel, address=address)
        ways[str(destination.public_id)] = way
    return ways


def _browser_keys() -> dict[str, str]:
    """Of a browser that reads none of it: the messages count, not their words."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"p256dh": _text(raw), "auth": _text(os.urandom(16))}


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
