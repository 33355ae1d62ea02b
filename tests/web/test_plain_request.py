"""What is taken for a plain request is read by a whole parser of HTTP in the same way; no other is taken."""

from __future__ import annotations

from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from hypothesis import given, settings
from hypothesis import strategies as st

from web.plain_request import (
    BODY_BYTES_MAX,
    FIELDS_MAX,
    HEAD_BYTES_MAX,
    NOT_PLAIN,
    Incomplete,
    Plain,
    plain_request,
)

LINE = b"POST /api/v1/track HTTP/1.1"
FIELDS = {
    b"Host": b"example.com",
    b"Authorization": b"Bearer hh_live_1",
    b"Content-Type": b"application/json",
}
BODY = b'{"agent_id":"a"}'


def sent(body: bytes = BODY, line: bytes = LINE, **more: bytes | None) -> bytes:
    """A request with these fields, a name with `_` for `-`; None for one that is left out."""
    named = {name.replace("_", "-").encode(): value for name, value in more.items()}
    fields = {**FIELDS, b"Content-Length": b"%d" % len(body), **named}
    lines = [name + b": " + value for name, value in fields.items() if value is not None]
    return b"\r\n".join([line, *lines, b"", body])


def plain(received: bytes) -> Plain | None:
    """None also for what is not there yet."""
    try:
        return plain_request(received, LINE)
    except Incomplete:
        return None


def parsed(received: bytes) -> tuple[str, str, dict[str, str], bytes, bytes]:
    """Method, path, fields, body, and what is left, as the web server's own parser reads them."""
    parser = RequestParser(Config(), iter([received]), ("127.0.0.1", 1))
    request: Any = next(parser)
    fields = {name.lower(): value for name, value in request.headers}
    assert len(fields) == len(request.headers)
    body = request.body.read()
    return request.method, request.uri, fields, body, parser.unreader.take_buffered()


def test_a_plain_request_is_read_with_its_fields_and_its_body() -> None:
    found = plain(sent(Idempotency_Key=b"k 1", CONNECTION=b"Keep-Alive"))

    assert found is not None
    assert found.body == BODY
    assert found.fields[b"idempotency-key"] == b"k 1"
    assert found.fields[b"authorization"] == b"Bearer hh_live_1"


@pytest.mark.parametrize("cut", range(len(LINE), len(sent()), 7))
def test_what_has_not_arrived_whole_is_waited_for(cut: int) -> None:
    with pytest.raises(Incomplete):
        plain_request(sent()[:cut], LINE)


@pytest.mark.parametrize(
    "received",
    [
        b"",
        b"POST /api/v1/tr",
        sent(line=b"POST /api/v1/track HTTP/1.0"),
        sent(line=b"POST /api/v1/track/batch HTTP/1.1"),
        sent(line=b"POST /api/v1/track?x HTTP/1.1"),
        sent(line=b"post /api/v1/track HTTP/1.1"),
        sent(line=b"POST /api/v1/track HTTP/1.11"),
        sent() + b"GET / HTTP/1.1\r\n",
        sent(Content_Length=b"15"),
        sent(Content_Length=None),
        sent(Content_Length=b"+16"),
        sent(Content_Length=b"016"),
        sent(Content_Length=b"1 6"),
        sent(Content_Length=b"16, 16"),
        sent(Content_Length=b"0x10"),
        sent(Content_Length=b"-1"),
        sent(content_length=b"16"),
        sent(Content_Length=b"%d" % (BODY_BYTES_MAX + 1)),
        sent(Content_Length=b"9" * 30),
        sent(b"x" * (BODY_BYTES_MAX + 1)),
        sent(Host=None),
        sent(Host=b""),
        sent(Transfer_Encoding=b"chunked"),
        sent(Transfer_Encoding=b"identity"),
        sent(Content_Encoding=b"gzip"),
        sent(Expect=b"100-continue"),
        sent(Connection=b"close"),
        sent(Connection=b"keep-alive, upgrade"),
        sent(Upgrade=b"h2c"),
        sent(Cookie=b"a=b"),
        sent(Content_Range=b"bytes 0-1/2"),
        sent(Keep_Alive=b"timeout=5"),
        sent().replace(b"Host", b"X_Anything: x\r\nHost"),
        sent().replace(b"Host", b"X\xe9: x\r\nHost"),
        sent().replace(b"Host", b"X Y: x\r\nHost"),
        sent(**{f"X-{number}": b"x" for number in range(FIELDS_MAX)}),
        sent(User_Agent=b"caf\xc3\xa9"),
        sent(User_Agent=b"a\tb"),
        sent(User_Agent=b"a\nX: b"),
        sent(User_Agent=b"a\rX: b"),
        sent(User_Agent=b"a\x00b"),
        sent(User_Agent=b" a"),
        sent(User_Agent=b"a "),
        sent(User_Agent=b"a" * HEAD_BYTES_MAX),
        sent().replace(b"Host: ", b"Host:"),
        sent().replace(b"Host: ", b"Host : "),
        sent().replace(b"Host: ", b" Host: "),
        sent().replace(b"\r\nHost", b"\nHost"),
        sent().replace(b"\r\nHost", b"\r\n Host"),
        sent().replace(b"\r\nHost", b"\r\n: x\r\nHost"),
    ],
)
def test_what_is_not_plain_is_not_taken(received: bytes) -> None:
    assert plain_request(received, LINE) is None


COMMON = (
    *("User-Agent", "Accept", "accept-encoding", "TraceParent", "x-forwarded-for", "Forwarded", "Via"),
    *("Idempotency-Key", "CF-Ray", "x-datadog-trace-id", "sentry-trace", "X-Cloud-Trace-Context", "Origin"),
)
ODD = (b"Host", b"CONTENT-LENGTH", b"x_request_id", b"via ", b"", b"a", b"\xe9")
names = st.sampled_from([name.encode() for name in COMMON]) | st.sampled_from([*sorted(NOT_PLAIN), *ODD])
values = (
    st.sampled_from([b"16", b"0", b"keep-alive", b"close", b"chunked", b"", b" ", b"a:b", b"a, b"])
    | st.binary(max_size=6)
    | st.text("abc 019:,;=\t\r\n", max_size=6).map(str.encode)
)
ends = st.sampled_from([b"\r\n"] * 12 + [b"\n", b"\r", b"\r\n\r\n", b"\r\n "])


@settings(max_examples=1_500, deadline=None)
@given(st.data())
def test_a_parser_reads_what_is_taken_in_the_same_way(data: st.DataObject) -> None:
    drawn = data.draw(
        st.lists(st.tuples(names, st.sampled_from([b": "] * 6 + [b":"]), values, ends), max_size=3)
    )
    body = data.draw(st.binary(max_size=20))
    usual = sent(body, Connection=None)
    head, _, rest = usual.partition(b"\r\n")
    more = b"".join(b"".join(line) for line in drawn)
    received = head + b"\r\n" + more + rest + data.draw(st.sampled_from([b"", b"", b"", b"\r\n", b"G"]))

    found = plain(received)

    if found is not None:
        fields = {name.decode(): value.decode() for name, value in found.fields.items()}
        assert parsed(received) == ("POST", "/api/v1/track", fields, found.body, b"")


@pytest.mark.parametrize("name", COMMON)
def test_what_clients_and_proxies_send_along_is_taken(name: str) -> None:
    """So that the test before this one has something to compare."""
    received = sent(**{name: b"x y"})
    found = plain(received)

    assert found is not None
    assert parsed(received)[2][name.lower()] == "x y"
