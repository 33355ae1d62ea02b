"""A database in which a projection is made of a remembered life."""

from __future__ import annotations

import pytest

from tests.projections.made import Made


@pytest.fixture
def made(database: str) -> Made:
    return Made(database)
