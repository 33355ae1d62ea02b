"""The body of a request, whole or not at all."""

from __future__ import annotations

import zlib

from flask import abort, request

GZIP = 16 + zlib.MAX_WBITS  # with a header and a checksum, as programs send it


def whole_body() -> bytes:
    """One without a Content-Length is read to the limit, and is too large if more of it comes."""
    body = request.get_data(cache=False)
    at_limit = request.content_length is None and len(body) == request.max_content_length
    if at_limit and request.environ["wsgi.input"].read(1):
        abort(413)
    return body


def unpacked_body() -> bytes:
    """The body as it was before it was packed, within the same limit; ValueError for what is no gzip."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "identity":
        return whole_body()
    if encoding not in ("gzip", "x-gzip"):
        abort(415, f"The Content-Encoding {encoding!r} is not understood; send gzip, or none.")
    limit = request.max_content_length
    assert limit is not None, "the application sets one"
    unpacking = zlib.decompressobj(GZIP)
    try:
        body = unpacking.decompress(whole_body(), limit)
    except zlib.error:
        raise ValueError("the body says that it is gzip, and is not") from None
    if unpacking.unconsumed_tail:
        abort(413)
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("the gzip of the body is cut off, or something follows it")
    return body
