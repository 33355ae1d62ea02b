"""What would have been is shown to those who lead the tree, and changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.permissions import Role
from projections.catalogue import ALL
from tests.house import House
from tests.proofs.rows import rows_of
from tests.web.pages.scene import Scene, text_of


@pytest.fixture
def ended(scene: Scene) -> Scene:
    """Cancelled on the 3rd, over with the cycle, and two months ago."""
    house = scene.house
    house.clock.advance(days=1)
    tree = house.agency.tree(scene.tree_id)
    assert tree.subscription_id is not None
    assert tree.cycle_ends_at is not None
    house.stripe.cancel_in_portal(tree.subscription_id)
    house.deliver_notices()
    house.leap_to(tree.cycle_ends_at + timedelta(hours=2))
    house.clock.advance(days=40)
    house.run_followed()
    return scene


def ask(scene: Scene, who: str = "Ana", place: str = "{anchor}", **given: Any) -> Any:
    given.setdefault("at", "2026-03-05T00:00Z")
    query = "&".join(f"{name}={value}" for name, value in given.items())
    return scene.browser(who).get(scene.path(f"/w/{place}/what-if?{query}"))


def test_had_it_been_reactivated_the_agency_would_go_on(ended: Scene) -> None:
    said = text_of(ask(ended, deed="reactivate"))

    assert "status ended active" in said
    assert "plan Free Agency" in said
    assert "Ana asked on the billing page to keep the subscription" in said
    assert "It came of an end, or a change of plan, that would not have been scheduled." in said
    assert "Cycle from 1 May 2026, 09:00 UTC, this agency new" in said


def test_a_command_that_is_refused_says_why(ended: Scene) -> None:
    twice = text_of(ask(ended, deed="cancel"))
    late = text_of(ask(ended, deed="reactivate", at="2026-04-20"))

    assert "It would have been refused: The cancellation is already scheduled." in twice
    assert "It would have been refused: This agency's subscription has ended." in late


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"deed": "end"}, "ended 1 April 2026, 09:00 UTC 5 March 2026, 00:00 UTC"),
        ({"deed": "pay"}, "That was so already"),
        ({"deed": "change-plan", "plan": "pro"}, "The subscription is set to end, so its plan cannot be"),
        ({"deed": "add-child"}, "Workspace a workspace new"),
        ({"deed": "remove-child", "workspace": "{child}"}, "Larkfield — Support line gone"),
        ({"deed": "remove-child", "workspace": "{anchor}"}, "Only a child workspace can be deleted."),
        ({"deed": "add-member", "person": "{vera}", "role": "viewer"}, "Member Vera, Bright Signal new"),
        ({"deed": "remove-member", "person": "{ana}"}, "A workspace is never without an owner."),
        ({"deed": "remove-member", "person": "{adam}"}, "Member Adam, Bright Signal gone"),
        ({"deed": "change-role", "person": "{adam}", "role": "viewer"}, "role admin viewer"),
        ({"deed": "change-role", "person": "{vera}", "role": "viewer"}, "This person is not a member here."),
    ],
)
def test_each_deed_is_told_by_its_command(ended: Scene, given: dict[str, str], expected: str) -> None:
    shown = ask(ended, **{name: ended.path(value) for name, value in given.items()})

    assert shown.status_code == 200
    assert expected in text_of(shown)


def everything(house: House) -> dict[str, Any]:
    """Every row of every table, where the logs end, and the last number of each sequence."""
    with house.database.reading() as db:
        tables = db.execute(
            "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relname <> 'sessions'"
            " AND relnamespace = 'public'::regnamespace ORDER BY 1"
        ).fetchall()
        found = {
            row["name"]: db.execute(
                "SELECT count(*) AS n, md5(string_agg(t::text, '|' ORDER BY t::text)) AS of"
                f" FROM {row['name']} t"
            ).fetchone()
            for row in tables
        }
        logs = ("agency", "metering")
        heads = [db.execute("SELECT heartwood_head(%s) AS head", (log,)).fetchone() for log in logs]
        sequences = db.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1").fetchall()
    return {**found, "heads": heads, "sequences": sequences}


def test_nothing_is_written(ended: Scene) -> None:
    """Not a row of any table, not a fact of any log, not the next number of a sequence."""
    house = ended.house
    ended.browser("Ana").get(ended.path("/w/{anchor}/what-if"))  # a session is seen by then

    before, screens = everything(house), rows_of(house.database, *ALL.values())
    sent = len(house.stripe.take_notices())

    for given in (
        {"deed": "reactivate"},
        {"deed": "end"},
        {"deed": "add-child"},
        {"deed": "add-member", "person": str(ended.people["Vera"]), "role": "viewer"},
        {"deed": "cancel"},
    ):
        assert ask(ended, **given).status_code == 200

    assert everything(house) == before
    assert rows_of(house.database, *ALL.values()) == screens
    assert sent == len(house.stripe.take_notices()) == 0


def test_only_who_sees_the_whole_tree_may_suppose(ended: Scene) -> None:
    house = ended.house
    ended.people["Ada"] = house.person("Ada")
    house.member(ended.anchor_id, ended.people["Ana"], ended.people["Ada"], Role.AUDITOR)
    house.run_followed()

    assert ask(ended, "Ada", deed="reactivate").status_code == 200
    for name in ("Olga", "Ben", "Vera", "Eve"):
        assert ask(ended, name, deed="reactivate").status_code == 404
    assert ask(ended, "Eve", place="{nowhere}", deed="reactivate").status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        {"deed": "destroy"},
        {"deed": "reactivate", "at": ""},
        {"deed": "reactivate", "at": "soon"},
        {"deed": "reactivate", "at": "2030-01-01"},
        {"deed": "change-plan", "plan": "enterprise"},
        {"deed": "change-plan"},
        {"deed": "add-member", "person": "Vera", "role": "viewer"},
        {"deed": "add-member", "person": "{vera}", "role": "king"},
        {"deed": "remove-child", "workspace": "x"},
    ],
)
def test_what_cannot_be_supposed_is_said_so(ended: Scene, given: dict[str, str]) -> None:
    assert ask(ended, **{name: ended.path(value) for name, value in given.items()}).status_code == 400


def test_another_agency_s_workspace_does_not_exist(ended: Scene) -> None:
    given = {"deed": "add-member", "person": str(ended.people["Vera"]), "role": "viewer"}

    assert ask(ended, **given, workspace=str(ended.eves_id)).status_code == 404


def test_somebody_who_never_was_here_has_no_name_here(ended: Scene) -> None:
    answer = ask(ended, deed="add-member", person=str(ended.people["Eve"]), role="viewer")

    assert answer.status_code == 404
    assert "Eve" not in text_of(answer)
