"""The table of our own programs: local Stripe, worker, web server."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.ports import HOST
from scripts.processes import Program

WEB_WORKERS = 2
WEB_THREADS = 16  # most of which wait for one another at any time
WEB_GRACE_SECONDS = 3
# What a request may be; who says to come from elsewhere is believed by the application alone, if by anybody.
WEB_LIMITS = (
    *("--limit-request-line", "4094"),  # bytes
    *("--limit-request-fields", "64"),
    *("--limit-request-field_size", "8190"),  # bytes, of one header
    *("--forwarded-allow-ips", ""),
)
# How the owner of the database connects is nothing that the web is told.
OWNERS = frozenset({"HEARTWOOD_DATABASE", "DATABASE_URL", "HEARTWOOD_WEB_DATABASE_URL"})
LEAN = {"MALLOC_ARENA_MAX": "1"}  # threads that share one heap leave fewer holes in it
# Gunicorn gives itself another title if it can, and would write it over the environment it is found by.
FOUND = {"SPT_NOENV": "1"}

PYTHON = (sys.executable, "-P", "-m")


def local_stripe(environ: Mapping[str, str], *, port: int, directory: Path) -> Program:
    options = {
        "--port": str(port),
        "--data": str(directory),
        "--webhook-url": f"{environ['HEARTWOOD_URL']}/webhooks/stripe",
        "--webhook-secret": environ["STRIPE_WEBHOOK_SECRET"],
    }
    return Program(
        name="stripe",
        command=(*PYTHON, "adapters.local_stripe", *(word for pair in options.items() for word in pair)),
        environ=environ,
        answers_at=f"http://{HOST}:{port}/",
    )


def worker(environ: Mapping[str, str]) -> Program:
    return Program(name="worker", command=(*PYTHON, "scripts.worker"), environ={**environ, **LEAN})


def web(environ: Mapping[str, str], *, listening: socket.socket, database: str) -> Program:
    number = listening.fileno()
    options = {
        "--config": "python:scripts.web_server",
        "--worker-class": "scripts.web_server.EvenWorker",
        "--workers": str(WEB_WORKERS),
        "--threads": str(WEB_THREADS),
        "--graceful-timeout": str(WEB_GRACE_SECONDS),
        "--bind": f"fd://{number}",
    }
    return Program(
        name="web",
        command=(
            *(*PYTHON, "gunicorn"),
            *(word for pair in options.items() for word in pair),
            *(*WEB_LIMITS, "--no-control-socket", "scripts.wsgi:app"),
        ),
        environ={
            **{name: value for name, value in environ.items() if name not in OWNERS},
            **LEAN,
            **FOUND,
            "HEARTWOOD_DATABASE": database,
        },
        answers_at=f"{environ['HEARTWOOD_URL']}/healthz",
        death_signal=signal.SIGTERM,  # its workers are its own to end
        pass_fds=(number,),
    )
