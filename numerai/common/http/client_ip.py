import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """The caller's address. Only as many entries of X-Forwarded-For are believed, from the right, as there are
    proxies of ours (``TRUSTED_PROXY_COUNT``); whatever a caller writes to the left of them changes nothing."""
    remote = str(request.META.get("REMOTE_ADDR", ""))
    count: int = settings.TRUSTED_PROXY_COUNT
    if count == 0:
        return _written_one_way(remote) or remote
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    candidate = chain[-count] if len(chain) >= count else ""
    return _written_one_way(candidate) or _written_one_way(remote) or remote


def truncated(address: str) -> str:
    """``address`` without its personal part: IPv4 to /24, IPv6 to /48; "" when it is none."""
    plain = _written_one_way(address)
    if not plain:
        return ""
    bits = 24 if ipaddress.ip_address(plain).version == 4 else 48
    return str(ipaddress.ip_network(f"{plain}/{bits}", strict=False).network_address)


def network_of(request: HttpRequest) -> str:
    """The caller's IPv4 address, or the /64 of an IPv6 one: a household is given so many of those."""
    address = client_ip(request)
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if ":" in _written_one_way(address) else address


def _written_one_way(address: str) -> str:
    """``address`` as everybody writes it; "" when it is none. A socket for both versions shows an IPv4 caller as
    ::ffff:1.2.3.4, and a machine's own link addresses with the interface behind a per cent sign."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
