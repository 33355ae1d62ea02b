"""Origins: what does a browser call the page that a widget stands on, and is it written so?"""

from __future__ import annotations

import re

ORIGIN_MAX = 255  # characters
ORIGINS_MAX = 20  # of a widget
WRITTEN = re.compile(r"(https?)://([^/:@?#\\\[\]]+)(?::([0-9]{1,5}))?/?", re.IGNORECASE)
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
# What older rules of names spell as other letters, and so as somebody else's name.
SPELLED_OTHERWISE = frozenset("\u00df\u1e9e\u03c2\u200c\u200d")
OWN_MACHINE = frozenset({"localhost", "127.0.0.1"})  # where somebody tries a page before it is published
PORT_MAX = 65_535
PORTS = {"https": 443, "http": 80}


class NoOrigin(ValueError):
    """What was written is no origin that a widget may be shown on; the words say why."""


def origin_in(text: str) -> str:
    """One origin, exactly as browsers name it: in small letters, without path and usual port."""
    text = text.strip()
    if not text or len(text) > ORIGIN_MAX or not text.isprintable():
        raise NoOrigin(f"An origin has between 1 and {ORIGIN_MAX} characters.")
    if "*" in text:
        raise NoOrigin("Name each origin by itself; there is no placeholder such as *.")
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise NoOrigin("An origin is https:// and a name, such as https://www.example.com, and nothing else.")
    if SPELLED_OTHERWISE.intersection(found[2]):
        raise NoOrigin("Write this name as browsers send it, such as https://xn--strae-oqa.example.")
    scheme, host, port = found[1].lower(), _in_ascii(found[2].lower()), int(found[3] or 0)
    if scheme != "https" and host not in OWN_MACHINE:
        raise NoOrigin("An origin begins with https://; with http:// only on localhost.")
    if port > PORT_MAX or (found[3] and not port) or not _is_name(host):
        raise NoOrigin("That is no address. An origin looks like https://www.example.com.")
    return f"{scheme}://{host}" + (f":{port}" if port and port != PORTS[scheme] else "")


def origins_in(texts: list[str]) -> tuple[str, ...]:
    """Several, each once and in the order in which they were written."""
    found = tuple(dict.fromkeys(origin_in(text) for text in texts if text.strip()))
    if not found:
        raise NoOrigin("Name at least one origin, such as https://www.example.com.")
    if len(found) > ORIGINS_MAX:
        raise NoOrigin(f"A widget has at most {ORIGINS_MAX} origins.")
    return found


def _is_name(host: str) -> bool:
    labels = host.split(".")
    return host in OWN_MACHINE or (len(labels) > 1 and all(LABEL.fullmatch(label) for label in labels))


def _in_ascii(host: str) -> str:
    """As browsers say it; nothing that could be a name, if it cannot be said so."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return ""
