import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """The caller's address. Only as many entries of X-Forwarded-For are believed, from the right, as there are
    proxies of ours (``TRUSTED_PROXY_COUNT``); whatever a caller writes to the left of them changes nothing."""
    remote = str(request.META.get("REMOTE_ADDR", ""))
    count: int = settings.TRUSTED_PROXY_COUNT
    if count == 0:
        return remote
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    candidate = chain[-count] if len(chain) >= count else remote
    return candidate if _is_address(candidate) else remote


def truncated(address: str) -> str:
    """``address`` without its personal part: IPv4 to /24, IPv6 to /48; "" when it is none."""
    if not _is_address(address):
        return ""
    bits = 24 if ipaddress.ip_address(address).version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False).network_address)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
