"""The ground that the proofs of one file share; none of its probes may change it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.house import House, make_schema
from tests.postgres import Cluster
from tests.proofs.isolation.asking import Asking
from tests.proofs.isolation.ground import Ground


@pytest.fixture(scope="module")
def ground(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    conninfo = postgres.new_database(postgres.template("house", make_schema))
    house = House(conninfo, tmp_path_factory.mktemp("house"))
    yield Ground(house)
    house.close()
    postgres.drop_database(conninfo)


@pytest.fixture
def asking(ground: Ground) -> Asking:
    return Asking(ground)
