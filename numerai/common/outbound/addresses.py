"""Which addresses other people may make us call: a name of theirs must not lead into our own house."""

import ipaddress

# Both carry an IPv4 address inside, which may be anything.
CARRIERS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"))


def is_public(address: str) -> bool:
    """Whether ``address`` is one of the open internet."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif any(found in carrier for carrier in CARRIERS):
            return False
    return found.is_global and not found.is_multicast
