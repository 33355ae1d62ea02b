"""Pages of `docs/` that are made from the code, so that they cannot say anything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scripts.docs.facts import facts_page
from scripts.docs.permissions import permissions_page

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
PAGES: dict[str, Callable[[], str]] = {"facts.md": facts_page, "permissions.md": permissions_page}


def write_all() -> list[Path]:
    """Write every page; answers which ones changed."""
    changed = []
    for name, page in PAGES.items():
        path, text = DOCS / name, page()
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            changed.append(path)
    return changed
