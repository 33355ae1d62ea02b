"""`python -m scripts.cli` is `heartwood`."""

from __future__ import annotations

from scripts.cli import main

main(prog_name="heartwood")
