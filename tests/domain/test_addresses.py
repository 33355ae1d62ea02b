"""An address that an action asks is https, and leads out into the open."""

from __future__ import annotations

import pytest

from domain.addresses import URL_MAX, NotOutward, outward_url_in


@pytest.mark.parametrize(
    "typed",
    [
        "https://api.example.com/bookings?key=4711&at=%C3%BC",
        "https://api.example.com:8443/",
        "https://example.com",
        "https://93.184.216.34/hook",
        "https://[2606:4700:4700::1111]/hook",
        "https://sub_domain.example.co.uk/a/b/c",
    ],
)
def test_an_address_outside_is_kept_as_it_is_written(typed):
    assert outward_url_in(f" {typed} ") == typed


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "example.com",
            "http://example.com",
            "ftp://example.com",
            "//example.com",
            "https://",
            "https:x",
        ),
        *("https://ana:secret@example.com", "https://@example.com", "https://example.com/#x"),
        *("https://localhost", "https://localhost:8000/x", "https://api.localhost", "https://printer.local"),
        *("https://db.internal", "https://intranet", "https://router.home.arpa", "https://LOCALHOST/"),
        *("https://127.0.0.1", "https://10.1.2.3", "https://172.16.0.1", "https://192.168.1.1"),
        *(
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1",
            "https://0.0.0.0",
            "https://224.0.0.1",
        ),
        *("https://[::1]", "https://[fe80::1]", "https://[fc00::1]", "https://[::ffff:10.0.0.1]"),
        *("https://[64:ff9b::a00:1]", "https://[2002:a00:1::]", "https://[::]"),
        *(
            "https://2130706433",
            "https://0x7f000001",
            "https://0x7f.1",
            "https://127.1",
            "https://017700000001",
        ),
        *("https://10.0.0.1.", "https://example.com.", "https://a..example.com", "https://example.com:0"),
        *("https://example.com:99999", "https://exa mple.com", "https://bücher.example", "https://a\\b.com"),
        *(
            "https://example.com/\n",
            "https://example.com/a b",
            "https://example.com\x00",
            "https://1.2.3.4.5",
        ),
        "https://example.com/" + "x" * URL_MAX,
    ],
)
def test_any_other_is_refused(typed):
    with pytest.raises(NotOutward):
        outward_url_in(typed if not typed.endswith("\n") else f"{typed}x")
