"""`python -m scripts.docs` writes the generated pages of `docs/` anew."""

from __future__ import annotations

from scripts.docs import write_all

for path in write_all():
    print(f"wrote {path.name}")
