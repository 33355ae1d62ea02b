"""A house that the tests of one file share: each works with people and workspaces of its own."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from tests.house import BEGINNING, House, make_schema
from tests.postgres import Cluster
from tests.web.api.asking import Program, error_of
from tests.web.told import tell
from web.api.singles import Singles


@pytest.fixture(scope="module")
def house_of_the_file(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    conninfo = postgres.new_database(postgres.template("house", make_schema))
    built = House(conninfo, tmp_path_factory.mktemp("house"))
    yield built
    built.close()
    postgres.drop_database(conninfo)


@pytest.fixture
def shared_house(house_of_the_file: House) -> House:
    """The file's house, with the clock where every test expects it."""
    house_of_the_file.clock.at = BEGINNING
    return house_of_the_file


@pytest.fixture
def ana(shared_house: House) -> UUID:
    """An owner who was not here in the test before."""
    return shared_house.wiring.vault.remember("Ana", f"ana-{uuid4()}@example.com", uuid4())


@pytest.fixture
def workspace(shared_house: House, ana: UUID) -> UUID:
    """A Free workspace of hers."""
    return shared_house.workspace(ana)


@pytest.fixture
def program(shared_house: House, ana: UUID, workspace: UUID) -> Program:
    """A program that holds a key of her workspace."""
    return Program(shared_house, shared_house.key(workspace, ana))


@pytest.fixture
def singles(shared_house: House) -> Singles:
    return Singles(shared_house.app)


@pytest.fixture
def known(program: Program) -> Program:
    """A program whose key this process has seen before."""
    assert error_of(program.post("/track", {}))[0] == 422
    return program


@pytest.fixture
def tree_id(shared_house: House, ana: UUID) -> UUID:
    """Bright Signal with Client 1 and Client 2."""
    return shared_house.agency_of(ana, children=2)[0]


@pytest.fixture
def told(shared_house: House, ana: UUID, tree_id: UUID) -> tuple[UUID, UUID]:
    """Client 1 tracked 5 events on two days with two agents, Client 2 some others."""
    one, other = shared_house.agency.tree(tree_id).children
    tell(shared_house, one, 2)
    tell(shared_house, other, 7, agent="foreign")
    shared_house.clock.advance(days=1)
    tell(shared_house, one, 2, agent="scribe", task_type="summarise", outcome="failure")
    tell(shared_house, one, 1, agent="scribe", frozen=None)
    return one, other
