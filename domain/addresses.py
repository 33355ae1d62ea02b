"""Addresses: does one that somebody typed lead out into the open, and not into a network of ours?"""

from __future__ import annotations

import re
from ipaddress import IPv6Network, ip_address

URL_MAX = 2_000  # characters
# Public by their look, and a way to addresses that are not: NAT64, 6to4 and Teredo.
WRAPPED = (IPv6Network("64:ff9b::/96"), IPv6Network("2002::/16"), IPv6Network("2001::/32"))
# Names that only mean something inside of somebody's network.
INSIDE = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "localdomain", "home.arpa")
WRITTEN = re.compile(r"https://(\[[0-9a-f:.]+\]|[^/?:@\[\]]+)(?::([0-9]{1,5}))?(?:[/?].*)?", re.IGNORECASE)
PORT_MAX = 65_535
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class NotOutward(ValueError):
    """What was written is no address that we would call; the words say why."""


def is_public(address: str) -> bool:
    """Whether an address is out in the open, and in no network of ours."""
    found = ip_address(address.partition("%")[0])
    if found.version == 6:
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in WRAPPED):
            return False
    return found.is_global and not found.is_multicast


def outward_url_in(text: str) -> str:
    """An address that begins with https and names somebody outside; where its name leads is looked at again
    by whoever calls it."""
    text = text.strip()
    if not text or len(text) > URL_MAX:
        raise NotOutward(f"An address has between 1 and {URL_MAX:,} characters.")
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise NotOutward("Write the address without spaces; letters beyond A to Z are written as %C3%BC.")
    if not text.lower().startswith("https://"):
        raise NotOutward("The address begins with https://.")
    if "#" in text:
        raise NotOutward("Leave out what follows a #.")
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise NotOutward("That is no address, or has a password in it: send a header instead.")
    port = int(found[2]) if found[2] else 443
    if not 0 < port <= PORT_MAX or not _is_outside(found[1].lower().strip("[]")):
        raise NotOutward("The address has to name a server on the public internet.")
    return text


def _is_outside(host: str) -> bool:
    if ":" in host:
        return _is_public_literal(host)
    labels = host.split(".")
    if NUMBER.fullmatch(labels[-1]):
        return _is_public_literal(host)  # and not in one of the other ways to write an address in numbers
    if any(host == one or host.endswith("." + one) for one in INSIDE):
        return False
    return len(labels) > 1 and all(LABEL.fullmatch(label) for label in labels)


def _is_public_literal(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:
        return False
