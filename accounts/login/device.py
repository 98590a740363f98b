import re

from rest_framework.request import Request

from accounts.sessions import Device
from numerai.common.http.client_ip import client_ip, truncated

UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")


def device_of(request: Request) -> Device:
    """Where ``request`` comes from, as far as a person needs it to recognise the session."""
    name = UNPRINTABLE.sub(" ", request.headers.get("User-Agent", "")).strip()
    return Device(name=name, address=truncated(client_ip(request)))
