"""Where does a request come from, as far as limits are concerned?"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from flask import request

NETWORK_BITS = 64  # of IPv6: one household or office has all addresses of such a network
TEXT_MAX = 100


def client_of_request() -> str:
    """An address, or the network that is one client's; it is counted by and never kept as it is."""
    return client_of(request.remote_addr or "")


def client_of(address: str) -> str:
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return address[:TEXT_MAX]
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return str(IPv6Network((int(found), NETWORK_BITS), strict=False))
        found = found.ipv4_mapped
    return str(found)
