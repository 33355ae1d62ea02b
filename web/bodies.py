"""The body of a request, whole or not at all."""

from __future__ import annotations

from flask import abort, request


def whole_body() -> bytes:
    """One without a Content-Length is read to the limit, and is too large if more of it comes."""
    body = request.get_data(cache=False)
    at_limit = request.content_length is None and len(body) == request.max_content_length
    if at_limit and request.environ["wsgi.input"].read(1):
        abort(413)
    return body
