"""Headers of an action are such as a server gets from us, and a value that is left out stays."""

from __future__ import annotations

import pytest

from domain.action import HEADER_VALUE_MAX, HEADERS_MAX
from domain.headers import NoHeader, headers_in, opened, sealed

KEPT = [("Authorization", "Bearer abc"), ("X-Tenant", "7")]


def test_each_stands_on_a_line_of_its_own():
    text = "Authorization: Bearer abc\r\n\r\n X-Tenant :7 "

    assert headers_in(text) == KEPT


def test_a_name_alone_keeps_its_value_and_a_line_that_is_gone_is_gone():
    assert headers_in("authorization:\nX-New: 1", KEPT) == [("authorization", "Bearer abc"), ("X-New", "1")]
    assert headers_in("", KEPT) == []


@pytest.mark.parametrize(
    "text",
    [
        *("Authorization", "X-New:", ": value", "Bad Name: x", "Naïve: x", "X: é", "Host: example.com"),
        *("content-length: 7", "X: a\nx: b", "X: a\x00b", "X" * 101 + ": 1", "Transfer-Encoding: chunked"),
        "X: " + "x" * (HEADER_VALUE_MAX + 1),
        "\n".join(f"X-{number}: 1" for number in range(HEADERS_MAX + 1)),
    ],
)
def test_what_is_no_header_is_refused_and_its_value_is_not_repeated(text):
    with pytest.raises(NoHeader) as refused:
        headers_in(text)

    assert "example.com" not in str(refused.value)


def test_the_vault_keeps_them_whole_and_destroyed_ones_are_none():
    assert opened(sealed(KEPT)) == KEPT
    assert opened("erased") == []
