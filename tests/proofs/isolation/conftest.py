"""The ground that the proofs of one file share; none of its probes may change it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.house import House, make_schema
from tests.postgres import Cluster
from tests.proofs.isolation.asking import Asking
from tests.proofs.isolation.called import called
from tests.proofs.isolation.cast import PLACES
from tests.proofs.isolation.credited import give_credits
from tests.proofs.isolation.ground import Ground


class Lines(logging.Handler):
    """Every line that anybody logs, at whatever level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


@pytest.fixture(scope="module")
def lines() -> Iterator[list[str]]:
    """What the logs say, from before the ground is made."""
    handler, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.said
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(scope="module")
def ground(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> Iterator[Ground]:
    conninfo = postgres.new_database(postgres.template("house", make_schema))
    house = House(conninfo, tmp_path_factory.mktemp("house"))
    made = Ground(house)
    give_credits(made)
    for place in PLACES:
        called(made, place)
    house.run_followed()
    yield made
    house.close()
    postgres.drop_database(conninfo)


@pytest.fixture
def asking(ground: Ground) -> Asking:
    return Asking(ground)
