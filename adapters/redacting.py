"""What must not be written down: secrets and addresses, wherever in a text they turn up.

What stays says which thing it was (the public part of a key, the ids of an invitation), not what opens it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from ipaddress import ip_address
from typing import Any

GONE = "[redacted]"
LENGTH_MAX = 20_000  # characters of one text
LOOKED_AT_MAX = 10 * LENGTH_MAX
DEPTH_MAX = 6
UNTIL = r"""[^\s"'\\<>,;&]"""  # what a value in the middle of a text is made of
SECRET_NAMES = re.compile(
    r"(?i)password|passwd|passphrase|secret|token|cookie|authorization|api_?key|pepper|signature|conninfo|"
    r"e-?mail|address"
)

Replacement = str | Callable[[re.Match[str]], str]


def _unless_here(found: re.Match[str]) -> str:
    """An address of the network, unless it is of this machine, or none at all, such as a time of day."""
    try:
        return found[0] if ip_address(found[0]).is_loopback else GONE
    except ValueError:
        return found[0]


# In this order: what names its secret comes before what is recognised by its look.
PATTERNS: tuple[tuple[re.Pattern[str], Replacement], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # Headers, and pairs of them as Python writes them down.
        (r"""(?i)((?:set-)?cookie["']?\s*[:,=]\s*["']?)[^\n"'\\]+""", rf"\1{GONE}"),
        (rf"""(?i)(authorization["']?\s*[:,=]\s*["']?)(?:[A-Za-z]+\s+)?{UNTIL}+""", rf"\1{GONE}"),
        (rf"(?i)\b(bearer\s+){UNTIL}+", rf"\1{GONE}"),
        (r"""(?i)(stripe-signature["']?\s*[:,=]\s*["']?)[^\s"'\\]+""", rf"\1{GONE}"),
        (r"\bt=\d{6,},(?:v\d=[0-9a-f]+,?)+", GONE),
        (r"\bv\d=[0-9a-f]{32,}", GONE),
        # Where a server is, and with which password.
        (r"""([A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s:/@"'\\]{0,100}):[^\s/@"'\\]{1,500}@""", rf"\1:{GONE}@"),
        (
            r"""(?i)\b((?:\w{0,40}_)?(?:password|passwd|secret|token|api_?key))(["']?\s*[:=]\s*)"""
            rf"""(?:'[^'\n]*'|"[^"\n]*"|{UNTIL}+)""",
            rf"\1\2{GONE}",
        ),
        (rf"([?&](?:code|state|nonce|key|sig|id_token|access_token)=){UNTIL}+", rf"\1{GONE}"),
        # Links that let somebody in.
        (r"""(/sign-in/(?!provider\b))[^\s"'\\<>?#/]+""", rf"\1{GONE}"),
        (r"""(/invitations/[0-9a-fA-F-]{36}/[0-9a-fA-F-]{36}/)[^\s"'\\<>?#]+""", rf"\1{GONE}"),
        (rf"\b((?:__Host-)?heartwood_\w+=){UNTIL}+", rf"\1{GONE}"),
        # What is recognised by its look.
        (r"\b(hh_(?:live|test)_[A-Za-z0-9]{1,8})_?[A-Za-z0-9]{9,}", rf"\1_{GONE}"),
        (r"\b([srp]k_(?:live|test))_\w+", rf"\1_{GONE}"),
        (r"\bwhsec_[\w+/=]+", f"whsec_{GONE}"),
        (r"\bbps_\w+", f"bps_{GONE}"),
        (r"\b(\w{2,10}_\w+_secret)_\w+", rf"\1_{GONE}"),
        (r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*", GONE),
        (r"\bgAAAA[\w-]{40,}={0,2}", GONE),
        (r"(?<![\w-])(?=[\w-]{0,42}[A-Z])(?=[\w-]{0,42}[a-z])(?=[\w-]{0,42}\d)[\w-]{43}(?![\w-])", GONE),
        # Addresses, of people and of the network.
        (
            r"""[^\s@<>"'(),;:=?&/\[\]{}|\\]{1,64}(?:@|%40|\\{1,4}u0040)"""
            r"""(?:[^\s@<>"'(),;:=?&/\[\]{}|\\.]{1,63}\.){1,8}[^\W\d_][\w-]{1,62}""",
            GONE,
        ),
        (r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\w)", _unless_here),
        (r"(?<![\w:.])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:]{3,39}(?![\w:])", _unless_here),
    )
)


def redacted(text: str) -> str:
    """The text without what must not be written down; a very long one is cut."""
    text = text[:LOOKED_AT_MAX]
    for pattern, replacement in PATTERNS:
        text = pattern.sub(replacement, text)
    return text if len(text) <= LENGTH_MAX else f"{text[:LENGTH_MAX]}… (cut)"


def redacted_value(value: Any, depth: int = 0) -> Any:
    """The same of anything: texts within are redacted, what is none is written as text first."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return redacted(value)
        case datetime() | date():
            return value.isoformat()
        case _ if depth >= DEPTH_MAX:
            return GONE
        case Mapping():
            return {
                redacted(str(name)): GONE
                if SECRET_NAMES.search(str(name))
                else redacted_value(one, depth + 1)
                for name, one in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [redacted_value(one, depth + 1) for one in value]
        case bytes() | bytearray() | memoryview():
            return redacted(bytes(value).decode(errors="replace"))
    return redacted(repr(value))
