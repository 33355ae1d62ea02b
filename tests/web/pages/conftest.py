"""The scene, for every test of a page."""

from __future__ import annotations

import pytest

from tests.house import House
from tests.web.pages.scene import Scene


@pytest.fixture
def scene(house: House) -> Scene:
    return Scene(house)
