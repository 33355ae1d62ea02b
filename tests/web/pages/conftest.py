"""The scene, for every test of a page; and a provider for those that sign in elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import House, make_schema
from tests.kept_house import KeptHouse
from tests.openid.enterprise import Enterprise
from tests.openid.running import RunningProvider
from tests.postgres import Cluster, NewDatabase
from tests.web.pages.scene import Scene
from tests.web.pages.voice_scene import Voice

KINDS: dict[str, type[Scene]] = {"scene": Scene, "voice": Voice}


@pytest.fixture(scope="session")
def kept_houses() -> dict[str, KeptHouse]:
    """With a scene in it, by its name; built when the first test asks for it."""
    return {}


@pytest.fixture
def house(
    request: pytest.FixtureRequest,
    postgres: Cluster,
    new_database: NewDatabase,
    kept_houses: dict[str, KeptHouse],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    """One with the scene in it, if that is what the test asks for; an empty one otherwise."""
    asked = [name for name in KINDS if name in request.fixturenames]
    if len(asked) == 1:
        name, kind = asked[0], KINDS[asked[0]]
        if name not in kept_houses:
            data = tmp_path_factory.mktemp(name)
            kept_houses[name] = KeptHouse.build(postgres, data, lambda built: kind(built).remembered())
        built = kept_houses[name].copy(new_database, tmp_path)
    else:
        built = House(new_database(postgres.template("house", make_schema)), tmp_path)
    yield built
    built.close()


@pytest.fixture
def scene(house: House, kept_houses: dict[str, KeptHouse]) -> Scene:
    return Scene.found(house, kept_houses["scene"].remembered)


@pytest.fixture
def voice(house: House, kept_houses: dict[str, KeptHouse]) -> Voice:
    return Voice.found(house, kept_houses["voice"].remembered)


@pytest.fixture(scope="session")
def provider() -> Iterator[RunningProvider]:
    """One process for all tests, once somebody asks for it."""
    running = RunningProvider()
    yield running
    running.stop()


@pytest.fixture
def enterprise(house: House, provider: RunningProvider) -> Enterprise:
    return Enterprise(house, provider)
