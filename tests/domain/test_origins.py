"""An origin is written as browsers name it, or refused with the reason."""

from __future__ import annotations

import pytest

from domain.origins import ORIGINS_MAX, NoOrigin, origin_in, origins_in


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://www.example.com", "https://www.example.com"),
        (" HTTPS://WWW.Example.COM/ ", "https://www.example.com"),
        ("https://example.com:443", "https://example.com"),
        ("https://example.com:8443", "https://example.com:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("https://localhost", "https://localhost"),
        ("https://192.0.2.7", "https://192.0.2.7"),
    ],
)
def test_an_origin_becomes_what_a_browser_says(typed, origin):
    assert origin_in(typed) == origin
    assert origin_in(origin) == origin


@pytest.mark.parametrize(
    "typed",
    [
        *("", "example.com", "www.example.com", "http://example.com", "ftp://example.com", "null", "*"),
        *("https://*.example.com", "https://*", "https://", "https://example", "https://example.com/path"),
        *("https://example.com?x=1", "https://example.com#x", "https://example.com?", "https://example.com#"),
        *("https://ana@example.com", "https://ana:secret@example.com", "https://@example.com"),
        *("https://example.com:0", "https://example.com:99999", "https://example.com:x", "https://a b.com"),
        *("https://-a.example", "https://a..example", "https://example.com.", "https://[::1]", "https://[x"),
        *("javascript:alert(1)", "https://example.com\\@evil.com", "http://localhost.evil.com", "x" * 300),
        *("https://stra\u00dfe.example", "https://STRA\u1e9eE.example", "https://a\u200db.example"),
        *("https://example.com\nhttps://evil.com", "file:///etc/passwd", "https:example.com"),
    ],
)
def test_what_is_no_origin_is_refused(typed):
    with pytest.raises(NoOrigin):
        origin_in(typed)


def test_each_is_there_once_and_there_are_so_many_at_most():
    many = [f"https://shop-{number}.example.com" for number in range(ORIGINS_MAX)]

    assert origins_in([many[0], "", many[0].upper(), *many[1:]]) == tuple(many)
    for wrong in ([], ["", " "], [*many, "https://one-more.example.com"]):
        with pytest.raises(NoOrigin):
            origins_in(wrong)
