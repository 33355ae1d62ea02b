"""Where a request comes from: one client is counted as one, whichever of its addresses it uses."""

from __future__ import annotations

import pytest

from web.client import client_of


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::1", "::/64"),
        ("", ""),
        ("unknown", "unknown"),
        ("1.2.3.4.5", "1.2.3.4.5"),
        ("x" * 1_000, "x" * 100),
    ],
)
def test_a_client(address: str, client: str) -> None:
    assert client_of(address) == client
