"""Which workspaces does somebody see, and as what? Asked of all rows there are, as no page may ask."""

from __future__ import annotations

from projections.catalogue import ACCESS
from tests.web.pages.scene import Scene


def test_what_everybody_of_the_cast_sees(still: Scene) -> None:
    places = {"anchor": still.anchor_id, "child": still.child_id, "sibling": still.sibling_id}
    called = {workspace_id: name for name, workspace_id in places.items()} | {still.eves_id: "eves"}
    seen: dict[str, dict[str, tuple[str | None, str | None, bool]]] = {}

    with still.house.database.reading() as db:
        for name, person_id in still.people.items():
            seen[name] = {
                called.get(one.workspace_id, "zoes"): (one.role_here, one.role_in_anchor, one.looks)
                for one in ACCESS.places_of(db, person_id, still.house.clock())
            }

    below = (None, "admin", False)
    assert seen == {
        "Ana": {
            "anchor": ("owner", None, False),
            "child": ("owner", "owner", False),
            "sibling": ("owner", "owner", False),
        },
        "Adam": {"anchor": ("admin", None, False), "child": below, "sibling": below},
        "Mia": {"anchor": ("member", None, False)},
        "Olga": {"child": ("owner", None, False)},
        "Ben": {"child": ("member", None, False)},
        "Vera": {"child": ("viewer", None, False)},
        "Eve": {"eves": ("owner", None, False)},
        "Zoe": {"zoes": ("owner", None, False)},
        "Sam": {"anchor": (None, None, True), "child": (None, None, True), "sibling": ("viewer", None, True)},
    }
