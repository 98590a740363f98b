"""Addresses of webhooks as Discord shows them. Only the two numbers in it are kept: the rest of the address is ours."""

import re
from urllib.parse import urlsplit

HOSTS = frozenset({"discord.com", "ptb.discord.com", "canary.discord.com", "discordapp.com"})
PATH = re.compile(r"/api(?:/v[0-9]{1,2})?/webhooks/([0-9]{1,20})/([A-Za-z0-9_-]{1,200})/?")
USER = re.compile(r"\A[0-9]{15,20}\Z")
# Programs differ about what a backslash or a line break in an address means.
ODD = re.compile(r"[\\\s\x00-\x1f\x7f]")


def webhook(url: str) -> dict[str, str] | None:
    """The address of the webhook at ``url``; None if it is none of Discord's."""
    if ODD.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or "@" in parts.netloc or port not in {None, 443} or parts.hostname not in HOSTS:
        return None
    found = PATH.fullmatch(parts.path)
    if found is None or parts.query or parts.fragment:
        return None
    return {"webhook": found[1], "token": found[2]}
