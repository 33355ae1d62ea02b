"""The scene, for every test of a page; and a provider for those that sign in elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.house import House
from tests.openid.enterprise import Enterprise
from tests.openid.running import RunningProvider
from tests.web.pages.scene import Scene
from tests.web.pages.voice_scene import Voice


@pytest.fixture
def scene(house: House) -> Scene:
    return Scene(house)


@pytest.fixture
def voice(house: House) -> Voice:
    return Voice(house)


@pytest.fixture(scope="session")
def provider() -> Iterator[RunningProvider]:
    """One process for all tests, once somebody asks for it."""
    running = RunningProvider()
    yield running
    running.stop()


@pytest.fixture
def enterprise(house: House, provider: RunningProvider) -> Enterprise:
    return Enterprise(house, provider)
