"""How often a stranger may try: counted before any work is done, by the caller's network and by the address named."""

import ipaddress
from contextlib import suppress
from typing import ClassVar

from django.http import HttpRequest
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from numerai.common.errors import TooManyRequests
from numerai.common.http.client_ip import client_ip, truncated
from numerai.common.throttling import Limit, hit

REGISTER = Limit("accounts.register", times=10, seconds=60)
VERIFY = Limit("accounts.verify", times=20, seconds=60)
RESEND = Limit("accounts.resend", times=10, seconds=60)
LOGIN = Limit("accounts.login", times=30, seconds=60)
REFRESH = Limit("accounts.refresh", times=120, seconds=60)
LOGOUT = Limit("accounts.logout", times=120, seconds=60)

# Together with the caller's network, so that nobody locks a stranger out of their account from elsewhere.
LOGIN_OF_ACCOUNT = Limit("accounts.login_of_account", times=10, seconds=900)
# From everywhere together: what many networks may guess between them. Far more than a person needs, because whoever
# uses it up keeps the owner out as well.
LOGIN_FROM_ANYWHERE = Limit("accounts.login_from_anywhere", times=100, seconds=900)
# A /48 holds 65536 networks and is handed to anybody who asks, but also to a company or a campus.
SITE_FACTOR = 4

# Asking is counted for every address alike, or the refusal would tell which are known. What was really sent is counted
# by itself: asking for an address that has no account must not withhold the first code of its owner.
ASKED = (
    Limit("accounts.code_asked_a_minute", times=1, seconds=60),
    Limit("accounts.code_asked_an_hour", times=5, seconds=3600),
)
MAILED = (
    Limit("accounts.mailed_a_minute", times=1, seconds=60),
    Limit("accounts.mailed_an_hour", times=5, seconds=3600),
)
# All mails that strangers can cause, to whomever: past it our name as a sender is at stake.
MAILED_TO_ALL = Limit("accounts.mailed_to_all", times=3000, seconds=3600)


class OpenView(APIView):
    """An endpoint for people who are not signed in. A bearer token, valid or not, is not looked at: whoever comes to
    get a new one may well send one that has run out."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    limit: ClassVar[Limit]

    def check_throttles(self, request: Request) -> None:
        hit_network(self.limit, request)


def ask_for_code(address: str) -> None:
    """Count one wish for a code for ``address``, known or not; TooManyRequests past one a minute or five an hour."""
    for limit in ASKED:
        hit(limit, mailbox_of(address))


def may_mail(address: str, *, is_awaited: bool = True) -> bool:
    """Count one mail to ``address``; False past one a minute or five an hour to its mailbox, or past what all mailboxes
    together may get in an hour: then nothing may be sent.

    For answers that must not tell: whoever asks for a code right afterwards is told to wait. Where no mail will leave
    (``is_awaited`` is False) as much is counted, in books of its own.
    """
    book = "" if is_awaited else "nobody|"
    with suppress(TooManyRequests):
        ask_for_code(address)
    try:
        for limit in MAILED:
            hit(limit, f"{book}{mailbox_of(address)}")
        hit(MAILED_TO_ALL, f"{book}everybody")
    except TooManyRequests:
        return False
    return True


def mailbox_of(address: str) -> str:
    """``address`` without its +tag: most providers put mail to every tag into one mailbox."""
    local, at, domain = address.rpartition("@")
    untagged = local.partition("+")[0] or local
    return f"{untagged}{at}{domain}"


def hit_network(limit: Limit, request: HttpRequest | Request) -> None:
    """Count one use of ``limit`` by the caller's network, and for IPv6 by the /48 around it."""
    _hit_from(limit, request, "")


def hit_login(request: HttpRequest | Request, address: str) -> None:
    """Count one attempt to sign in as ``address``, by the caller's network and from everywhere together."""
    _hit_from(LOGIN_OF_ACCOUNT, request, f"{address}|")
    hit(LOGIN_FROM_ANYWHERE, address)


def _hit_from(limit: Limit, request: HttpRequest | Request, prefix: str) -> None:
    network = network_of(request)
    hit(limit, f"{prefix}{network}")
    if ":" in network:
        site = Limit(f"{limit.name}_of_site", limit.times * SITE_FACTOR, limit.seconds)
        hit(site, f"{prefix}{truncated(client_ip(request))}")


def network_of(request: HttpRequest | Request) -> str:
    """The caller's IPv4 address, or the /64 of an IPv6 one: a household is given so many of those."""
    address = client_ip(request)
    try:
        is_wide = ipaddress.ip_address(address).version == 6
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if is_wide else address
