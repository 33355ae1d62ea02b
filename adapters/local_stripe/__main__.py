"""`python -m adapters.local_stripe`: the stand-in as a process of its own."""

from __future__ import annotations

import argparse
from pathlib import Path

from adapters import logs
from adapters.local_stripe.server import serve


def main() -> None:
    logs.configure()
    asked = argparse.ArgumentParser(prog="adapters.local_stripe", description=__doc__)
    asked.add_argument("--port", type=int, required=True, help="0 takes any free one")
    asked.add_argument("--data", type=Path, required=True, help="where its state is kept")
    asked.add_argument("--webhook-url", required=True)
    asked.add_argument("--webhook-secret", required=True)
    given = asked.parse_args()
    serve(given.port, given.data, given.webhook_url, given.webhook_secret)


if __name__ == "__main__":
    main()
