"""The scene that stands still: made once, for all tests that only ask and change nothing in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.permissions import Role
from domain.support_look import LOOK_MINUTES
from tests.house import House, make_schema
from tests.postgres import Cluster
from tests.web.pages.looking import look_id, looks
from tests.web.pages.reading import join
from tests.web.pages.scene import Scene


@pytest.fixture(scope="session")
def still(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """With Mia, a member of the agency, and Sam, who looks into it and is a viewer at one client. He has also
    looked into the workspaces of Eve and of Zoe: the one look has run out, the other he has ended."""
    conninfo = postgres.new_database(postgres.template("house", make_schema))
    house = House(conninfo, tmp_path_factory.mktemp("still"))
    scene = Scene(house)
    join(scene, "Mia", scene.anchor_id, Role.MEMBER)
    scene.people["Zoe"] = house.person("Zoe")
    looks(scene, scene.eves_id)
    house.clock.advance(minutes=LOOK_MINUTES + 1)
    ended = looks(scene, house.workspace(scene.people["Zoe"], "Zoe alone"))
    ended.post(f"/support/looks/{look_id(scene)}/end")
    looks(scene)
    join(scene, "Sam", scene.sibling_id, Role.VIEWER)
    yield scene
    house.close()
    postgres.drop_database(conninfo)
