"""What was asked for on the command line, and does it make sense together?

Standard library only: it is asked before there is an environment, too.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.cannot_start import CannotStart

PORT_DEFAULT = 8000
PORT_MAX = 65_535
LOOPBACK = ("", "127.0.0.1", "localhost")


@dataclass(frozen=True, kw_only=True)
class Options:
    """The command line of `scripts/run`."""

    port: int
    data: Path
    fresh: bool
    demo: bool


def parse(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(
        prog="scripts/run",
        description="Start Heartwood: PostgreSQL, the local Stripe, the worker and the web server.",
        epilog="DATABASE_URL and STRIPE_SECRET_KEY in the environment put real ones in their places.",
        allow_abbrev=False,
    )
    parser.add_argument("--port", type=port, default=PORT_DEFAULT, help="of the web server (default: 8000)")
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("var"),
        metavar="DIR",
        help="where everything is kept (default: ./var of the current directory)",
    )
    parser.add_argument("--fresh", action="store_true", help="begin again: remove what DIR holds")
    parser.add_argument("--no-demo", action="store_false", dest="demo", help="begin without the demo")
    return Options(**vars(parser.parse_args(arguments)))


def port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= PORT_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; one is a number from 1 to {PORT_MAX}")
    return int(text)


def refuse_contradictions(options: Options, environ: Mapping[str, str]) -> None:
    host = environ.get("HEARTWOOD_HOST", "")
    if host not in LOOPBACK:
        raise CannotStart(
            f"HEARTWOOD_HOST is {host!r}, but Heartwood listens on 127.0.0.1 only."
            " Unset it, and let a reverse proxy speak to other machines."
        )
    if options.fresh and environ.get("DATABASE_URL"):
        raise CannotStart(
            "--fresh never empties a database that is not ours, and DATABASE_URL names one."
            " Empty it yourself, or unset DATABASE_URL."
        )
    stripe_key = environ.get("STRIPE_SECRET_KEY", "")
    if stripe_key and not environ.get("STRIPE_WEBHOOK_SECRET"):
        raise CannotStart("STRIPE_SECRET_KEY needs STRIPE_WEBHOOK_SECRET beside it, to know real notices.")
    if options.demo and "_live_" in stripe_key:
        raise CannotStart("STRIPE_SECRET_KEY is a live key, and the demo has no place there; use --no-demo.")
