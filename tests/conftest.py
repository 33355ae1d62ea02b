"""What every test may ask for: a database of its own, and a whole house on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import House, make_schema
from tests.postgres import Cluster, NewDatabase, database, new_database, postgres

__all__ = ["database", "new_database", "postgres"]


@pytest.fixture
def house(postgres: Cluster, new_database: NewDatabase, tmp_path: Path) -> Iterator[House]:
    """Everything but processes: web, commands, projections, errands and the local Stripe, in one thread."""
    template = postgres.template("house", make_schema)
    built = House(new_database(template), tmp_path)
    yield built
    built.close()
