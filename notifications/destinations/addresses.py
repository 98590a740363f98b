"""What a provider needs to reach a destination. It is kept sealed, found again by a digest, and shown only in part.

An address is a small mapping by channel: web_push {endpoint, p256dh, auth}, mobile_push {token}, discord
{webhook, token} or {user}, email and sms {address}.
"""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from notifications.models import Destination
from notifications.vocabulary import ChannelName
from numerai.common.sealing import CannotUnseal, seal, unseal

Address = Mapping[str, str]

HIDDEN = "•••"


def sealed(address: Address) -> bytes:
    return seal(json.dumps(dict(address), sort_keys=True))


def opened(destination: Destination) -> dict[str, str]:
    """The address of ``destination``. Raises CannotUnseal."""
    return dict(json.loads(unseal(bytes(destination.sealed_address))))


def digest(channel: str, address: Address) -> str:
    """What finds ``address`` again without opening any."""
    return digests(channel, address)[0]


def digests(channel: str, address: Address, *, owner: UUID | None = None) -> list[str]:
    """The same under the present key, and under those that it replaced. What is no secret is found with its ``owner``
    alone."""
    said = f"{channel}:{_identity(address, owner)}"
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [salted_hmac("notifications.destinations", said, secret=key, algorithm="sha256").hexdigest() for key in keys]


def masked(destination: Destination) -> str:
    """Enough to recognise it, and not enough to use it; "" if it cannot be opened any more."""
    try:
        address = opened(destination)
    except CannotUnseal:
        return ""
    match destination.channel:
        case ChannelName.WEB_PUSH:
            return f"{urlsplit(address['endpoint']).hostname}/{HIDDEN}"
        case ChannelName.MOBILE_PUSH:
            return HIDDEN + address["token"][-4:]
        case ChannelName.DISCORD if "user" in address:
            return address["user"]
        case ChannelName.DISCORD:
            return f"https://discord.com/api/webhooks/{address['webhook']}/{HIDDEN}"
        case ChannelName.EMAIL:
            name, _, domain = address["address"].rpartition("@")
            return f"{name[:1]}{HIDDEN}@{domain}"
        case _:
            return HIDDEN + address["address"][-3:]


def secrets_of(address: Address) -> list[str]:
    """What of ``address`` must stand in no log and no answer."""
    return [value for name, value in address.items() if name not in {"webhook", "user"}]


def _identity(address: Address, owner: UUID | None) -> str:
    """A browser may renew its keys and stay the same browser."""
    if "user" in address:
        # Everybody in a shared server sees it, so naming it takes it from nobody.
        return f"{owner}/{address['user']}"
    if "endpoint" in address:
        return address["endpoint"]
    if "webhook" in address:
        return f"{address['webhook']}/{address['token']}"
    return next(iter(address.values()))
