"""An empty endpoint: what the web server and Flask cost before anything is done."""

from __future__ import annotations

from flask import Flask, Response

app = Flask(__name__)


@app.post("/empty")
def empty() -> Response:
    return Response(b'{"ok":true}', 201, mimetype="application/json")
