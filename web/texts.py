"""Texts as people and programs may write them: on one line, or on several."""

from __future__ import annotations

import re
import unicodedata

UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, half characters, line separators
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # they reorder what is shown
POSITION_DIGITS_MAX = 18  # of a position in a log, which is 64 bits wide
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def on_one_line(text: str) -> str:
    """As it is kept: without space around it, and each character in one form."""
    return unicodedata.normalize("NFC", text.strip())


def is_one_line(text: str) -> bool:
    return not any(unicodedata.category(one) in UNSEEN or one in TURNING for one in text)


def on_lines(text: str) -> str:
    """The same for a text on several lines."""
    return unicodedata.normalize("NFC", with_plain_breaks(text).strip())


def with_plain_breaks(text: str) -> str:
    """The same lines, however the one who sent them ends a line."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def number_in(text: str, *, digits_max: int = 9) -> int | None:
    """A whole number in plain digits; None for anything else, and for one of more digits."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits_max else None


def is_plain(text: str) -> bool:
    """Whether lines of it hold nothing but what can be shown, tabs among it."""
    return UNPRINTABLE.search(text) is None
