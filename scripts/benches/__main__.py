"""`scripts/bench NAME [--json]`."""

from __future__ import annotations

import argparse
import sys

from scripts.benches import calls, ingest, replay
from scripts.benches.result import HEADER, as_json, as_line

BENCHES = {"calls": calls.run, "ingest": ingest.run, "replay": replay.run}


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Speed against a raw limit.")
    parser.add_argument("name", choices=sorted(BENCHES))
    parser.add_argument("--json", action="store_true", help="one object a case")
    options = parser.parse_args()
    results = []
    if not options.json:
        print(HEADER, flush=True)
    for one in BENCHES[options.name]():
        results.append(one)
        print(as_json(one) if options.json else as_line(one), flush=True)
    return 0 if all(one.is_met for one in results) else 1


if __name__ == "__main__":
    sys.exit(main())
