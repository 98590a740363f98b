"""Counting by where a request comes from."""

from typing import ClassVar

from django.http import HttpRequest
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.limits.rates import SENDING, SITE_FACTOR
from numerai.common.http.client_ip import client_ip, network_of, truncated
from numerai.common.throttling import Limit, hit


class OpenView(APIView):
    """An endpoint for people who are not signed in. A bearer token, valid or not, is not looked at: whoever comes to
    get a new one may well send one that has run out.

    ``sends`` is for endpoints that can make us send a mail or a text: a network gets so many of them an hour.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)
    limit: ClassVar[Limit]
    sends: ClassVar[bool] = False

    def check_throttles(self, request: Request) -> None:
        hit_network(self.limit, request)
        if self.sends:
            hit_network(SENDING, request)


def hit_network(limit: Limit, request: HttpRequest | Request) -> None:
    """Count one use of ``limit`` by the caller's network, and for IPv6 by the /48 around it."""
    for each, subject in books(limit, request):
        hit(each, subject)


def books(limit: Limit, request: HttpRequest | Request, prefix: str = "") -> list[tuple[Limit, str]]:
    """Where a use of ``limit`` is counted: for the caller's network, and for IPv6 for the /48 around it as well."""
    network = network_of(request)
    found = [(limit, f"{prefix}{network}")]
    if ":" in network:
        times = limit.times * SITE_FACTOR
        site = Limit(f"{limit.name}_of_site", times, limit.seconds, limit.fails_closed, limit.is_lock)
        found.append((site, f"{prefix}{truncated(client_ip(request))}"))
    return found
