"""The main job, played once; the tests look at it from all sides."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.house import House, make_schema
from tests.postgres import Cluster
from tests.story.acts import Story, play


@pytest.fixture(scope="session")
def story(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    conninfo = postgres.new_database(postgres.template("house", make_schema))
    house = House(conninfo, tmp_path_factory.mktemp("story"))
    yield play(house)
    house.close()
    postgres.drop_database(conninfo)
