import re
from dataclasses import dataclass

from django.http import HttpRequest
from rest_framework.request import Request

from numerai.common.http.client_ip import client_ip, truncated

UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")


@dataclass(frozen=True)
class Device:
    """Where a request came from: the browser's own words and an address without its personal part."""

    name: str = ""
    address: str = ""


def device_named_by(request: HttpRequest | Request) -> Device:
    """Where ``request`` comes from, as far as a person needs it to recognise the session."""
    name = UNPRINTABLE.sub(" ", request.headers.get("User-Agent", "")).strip()
    return Device(name=name, address=truncated(client_ip(request)))
