"""One export of one town, for all tests that change nothing in the house."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.export.made import Town, export_of, files_of
from tests.house import House, make_schema
from tests.postgres import Cluster


@pytest.fixture(scope="module")
def town(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    conninfo = postgres.new_database(postgres.template("house", make_schema))
    house = House(conninfo, tmp_path_factory.mktemp("house"))
    yield Town(house)
    house.close()
    postgres.drop_database(conninfo)


@pytest.fixture(scope="module")
def zipped(town: Town) -> bytes:
    return export_of(town.house, town.anchor_id)


@pytest.fixture(scope="module")
def sealed(zipped: bytes) -> dict[str, bytes]:
    """The files of an export that is as it should be."""
    return files_of(zipped)
