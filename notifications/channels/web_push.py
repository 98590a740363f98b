"""Pushes to browsers: encrypted for each, signed with our VAPID key, posted to whatever service the browser chose."""

import json
from functools import lru_cache
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02
from py_vapid.utils import b64urlencode
from pywebpush import WebPushException, webpush

from notifications import wording
from notifications.channels import cutting, devices
from notifications.channels.base import DeliveryError, ErrorClass, Letter, Plan, Recipient, Sent
from notifications.channels.refusals import no_answer, refusal, said
from notifications.destinations import addresses
from notifications.kinds import Kind
from notifications.vocabulary import ChannelName, Priority
from numerai.common.outbound import NoAnswer, bound

SECONDS = 10.0
# With its padding it is the 4096 bytes that every service takes.
LARGEST = 3993
URGENCY = {Priority.CRITICAL: "high", Priority.HIGH: "high", Priority.NORMAL: "normal", Priority.LOW: "low"}
GONE = frozenset({404, 410})
NAME_LENGTH = 40
UNLISTED = "unlisted"


def is_configured() -> bool:
    return bool(settings.VAPID_PRIVATE_KEY)


def public_key() -> str:
    """What a browser subscribes with: an uncompressed point in URL-safe base64."""
    point = _vapid(settings.VAPID_PRIVATE_KEY).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return str(b64urlencode(point))


def is_local(endpoint: str) -> bool:
    """Whether the settings name its whole origin, which is then trusted whatever its address is."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}" in settings.WEB_PUSH_HOSTS


def is_allowed(endpoint: str) -> bool:
    """Whether ``endpoint`` is at a push service that the settings name."""
    return service_of(endpoint) is not None


def service_of(endpoint: str) -> str | None:
    """Which of the names in the settings ``endpoint`` is at: "host", "*.domain", or a whole origin."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if is_local(endpoint):
        return f"{parts.scheme}://{parts.netloc}"
    if parts.scheme != "https" or port not in {None, 443} or "@" in parts.netloc:
        return None
    found = (name for name in settings.WEB_PUSH_HOSTS if host == name or (name[:2] == "*." and host.endswith(name[1:])))
    return next(found, None)


class WebPush:
    def plan(self, recipient: Recipient, kind: Kind) -> tuple[Plan, ...]:
        return devices.plan(recipient, kind, ChannelName.WEB_PUSH, is_configured=is_configured())

    def provider(self, destination: str) -> str:
        """By its name in the settings, for browsers choose among any number of hosts of one service."""
        service = service_of(devices.address(destination)["endpoint"]) or UNLISTED
        return service.rpartition("//")[2].partition(":")[0].removeprefix("*.")[-NAME_LENGTH:]

    def send(self, letter: Letter) -> Sent:
        address = devices.address(letter.destination)
        endpoint = address["endpoint"]
        if not is_allowed(endpoint):
            raise DeliveryError(ErrorClass.PERMANENT, "web_push_host_refused", is_dead=True)
        body = _body(letter)
        with requests.Session() as session:
            try:
                webpush(
                    {"endpoint": endpoint, "keys": {"p256dh": address["p256dh"], "auth": address["auth"]}},
                    data=body.decode(),
                    vapid_private_key=_vapid(settings.VAPID_PRIVATE_KEY),
                    # A new one each time: the library writes the origin of this endpoint into it.
                    vapid_claims={"sub": settings.VAPID_SUBJECT},
                    ttl=cutting.seconds_to_live(letter),
                    headers={"Urgency": URGENCY[letter.priority], "Topic": cutting.topic(letter)},
                    timeout=SECONDS,
                    requests_session=bound(session, seconds=SECONDS, is_public_only=not is_local(endpoint)),
                )
            except WebPushException as error:
                raise _refused(error, *addresses.secrets_of(address)) from error
            except requests.RequestException as error:
                raise _unanswered(error) from error
        # The service names the message by an address that is a secret itself, and reports nothing on it.
        return Sent()


def _body(letter: Letter) -> bytes:
    words = wording.render(letter.kind, ChannelName.WEB_PUSH, letter.language, letter.context)

    def encoded(message: str) -> bytes:
        shown = {
            "id": str(letter.public_id),
            "kind": letter.kind.name,
            "type": letter.kind.notification_type,
            "title": words["title"],
            "message": message,
            "action_url": cutting.link(letter.context),
            "tag": cutting.topic(letter),
        }
        return json.dumps(shown, ensure_ascii=False).encode()

    return cutting.fitted(words["message"], LARGEST, encoded)


def _refused(error: WebPushException, *secrets: str) -> DeliveryError:
    status = error.response.status_code if error.response is not None else None
    if status is None:
        # The library's word for keys that are none.
        return DeliveryError(ErrorClass.PERMANENT, "web_push_keys", is_dead=True)
    if status == 204:
        return DeliveryError(ErrorClass.TRANSIENT, "web_push_http_204", max_attempts=3, may_have_arrived=True)
    found = refusal(f"web_push_http_{status}", status, error.response.headers, said(error.response.text, *secrets))
    found.is_dead = status in GONE
    return found


def _unanswered(error: requests.RequestException) -> DeliveryError:
    if isinstance(error.__cause__, NoAnswer):
        return no_answer("web_push", error.__cause__)
    return DeliveryError(ErrorClass.PERMANENT, "web_push_endpoint", is_dead=True)


@lru_cache(maxsize=4)
def _vapid(private_key: str) -> Vapid02:
    """``private_key`` is 32 bytes, or a DER document, in URL-safe base64."""
    return Vapid02.from_string(private_key=private_key)
