"""The web application, as the web server loads it."""

from __future__ import annotations

from scripts.wiring import of_environment
from web.app import create_app

app = create_app(of_environment().services)
