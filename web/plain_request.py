"""Is this a request as every client sends it? The few that are not are for a whole parser of HTTP to read.

What is taken here a parser reads the same way (RFC 9112): one request and no byte more, each field there
once, its length in digits, nothing that speaks of how the message is framed. Whatever could mean something
else to somebody else is not taken.
"""

from __future__ import annotations

import re
from typing import NamedTuple

HEAD_BYTES_MAX = 4_096
BODY_BYTES_MAX = 32_768
FIELDS_MAX = 40
FIELD_END, HEAD_END = b"\r\n", b"\r\n\r\n"
VISIBLE = bytes(range(0x20, 0x7F))
KEPT = b"keep-alive"
LENGTH = re.compile(rb"0|[1-9][0-9]{0,5}")
NAME = re.compile(rb"[a-z0-9-]+")
# What says how a message is framed, coded or passed on (RFC 9110, 7.6, 8.4 and 10.1), and who is signed in.
# Any other field changes nothing of what it means to track: clients and proxies send many.
NOT_PLAIN = frozenset(
    b"content-encoding content-range cookie expect http2-settings keep-alive proxy-connection te trailer"
    b" transfer-encoding upgrade".split()
)


class Plain(NamedTuple):
    """fields: by name in small letters, each of them visible ASCII without spaces around it."""

    fields: dict[bytes, bytes]
    body: bytes


class Incomplete(Exception):
    """Plain so far; the rest has not arrived yet."""


def plain_request(received: bytes, first_line: bytes) -> Plain | None:
    """The one request in these bytes if it begins with this line and is plain; Incomplete if it may become
    so."""
    head, end, body = received.partition(HEAD_END)
    if len(head) > HEAD_BYTES_MAX or not head.startswith(first_line):
        return None
    if not end:
        raise Incomplete
    fields = _fields_of(head, first_line)
    if fields is None or not fields.get(b"host") or fields.get(b"connection", KEPT).lower() != KEPT:
        return None
    length = fields.get(b"content-length", b"")
    if not LENGTH.fullmatch(length) or not len(body) <= int(length) <= BODY_BYTES_MAX:
        return None
    if len(body) < int(length):
        raise Incomplete
    return Plain(fields, body)


def _fields_of(head: bytes, first_line: bytes) -> dict[bytes, bytes] | None:
    first, *lines = head.split(FIELD_END)
    if first != first_line or len(lines) > FIELDS_MAX:
        return None
    if head.translate(None, VISIBLE) != FIELD_END * len(lines):
        return None
    fields: dict[bytes, bytes] = {}
    for line in lines:
        name, _, value = line.partition(b": ")
        name = name.lower()
        if name in NOT_PLAIN or name in fields or not NAME.fullmatch(name) or value != value.strip(b" "):
            return None
        fields[name] = value
    return fields
