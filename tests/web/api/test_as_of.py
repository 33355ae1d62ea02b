"""A key asks for the screens of the past by the rights of today: an anchor's for the whole tree."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from domain.permissions import Role
from domain.what_if.subscribed import as_it_is
from tests.house import House
from tests.web.api.asking import Program, asked, error_of, program_of
from web.api.answers import AsOfAnswer


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


def test_an_anchors_key_reads_every_screen_as_it_was(house: House, ana: UUID) -> None:
    tree_id, anchor_id = house.agency_of(ana, children=1)
    program = program_of(house, ana, anchor_id)
    before = house.clock()
    house.clock.advance(hours=1)
    child_id = house.child(tree_id, ana, "Heron")
    house.run_followed()

    told = {
        screen: msgspec.json.decode(
            asked(program, "/audit/as-of", screen=screen, at=before.isoformat()).data, type=AsOfAnswer
        )
        for screen in ("overview", "workspaces", "members", "billing", "pool", "invoices")
    }
    now = program.get("/audit/as-of").get_json()

    assert len(told["workspaces"].shown["workspaces"]) == 2
    assert {row["workspace_id"] for row in now["shown"]["workspaces"]} >= {str(child_id)}
    assert told["overview"].at == before
    by_position = asked(program, "/audit/as-of", screen="workspaces", position=told["overview"].position)
    assert by_position.get_json()["shown"] == told["workspaces"].shown


def test_a_clients_key_reads_its_own_workspace_and_nothing_of_the_agency(house: House, ana: UUID) -> None:
    tree_id, anchor_id = house.agency_of(ana, children=1)
    child_id = house.child(tree_id, ana, "Heron")
    house.member(child_id, ana, house.person("Ben"), Role.MEMBER)
    program = program_of(house, ana, child_id)

    members = asked(program, "/audit/as-of", screen="members")
    overview = asked(program, "/audit/as-of", screen="overview")
    others = [asked(program, "/audit/as-of", screen=one) for one in ("workspaces", "billing", "pool")]

    assert len(members.get_json()["shown"]["members"]) == 2
    assert overview.get_json()["shown"]["own_usage"]["events"] == 0
    for answer in (members, overview):
        assert str(tree_id) not in answer.get_data(as_text=True)
        assert str(anchor_id) not in answer.get_data(as_text=True)
    assert [answer.status_code for answer in others] == [404, 404, 404]


def test_no_instant_tells_a_clients_key_what_else_happened_in_the_agency(house: House, ana: UUID) -> None:
    """A position is answered; it is that of a fact which the key may know of."""
    tree_id, _ = house.agency_of(ana, children=1)
    child_id = house.child(tree_id, ana, "Heron")
    program = program_of(house, ana, child_id)
    alone = house.workspace(ana, "Osprey")

    def position() -> int:
        house.clock.advance(hours=1)
        return int(asked(program, "/audit/as-of").get_json()["position"])

    before = position()
    by_ana = house.because(f"person:{ana}")
    house.wiring.billing.adopt(tree_id, ana, alone, because=by_ana)
    house.wiring.billing.cancel(tree_id, ana, because=by_ana)
    meanwhile = position()
    house.deliver_notices()
    house.advance_to(house.clock() + timedelta(days=40))
    left = position()
    house.run_followed()

    assert (meanwhile, position()) == (before, left)
    assert left > before


def test_a_former_childs_key_reads_nothing_of_the_agency_that_it_came_from(house: House, ana: UUID) -> None:
    tree_id, anchor_id = house.agency_of(ana, children=1)
    adam, olga = house.person("Adam"), house.person("Olga")
    house.member(anchor_id, ana, adam, Role.ADMIN)
    child_id = house.child(tree_id, ana, "Heron")
    house.member(child_id, ana, olga, Role.OWNER)
    because = house.because(f"person:{adam}")
    house.agency.invite(child_id, adam, uuid4(), house.person("Vera"), Role.VIEWER, because=because)
    program, before = program_of(house, olga, child_id), house.clock()
    house.clock.advance(hours=1)
    ended = replace(as_it_is(house.agency.tree(tree_id)), status="canceled", ended_at=house.clock())
    house.agency.sync_subscription(tree_id, ended, because=house.because("stripe"))
    house.run_followed()

    screens = ("overview", "members", "invoices")
    told = [asked(program, "/audit/as-of", screen=one, at=before.isoformat()) for one in screens]
    told += [asked(program, "/audit/as-of", screen=one) for one in screens]

    assert [answer.status_code for answer in told] == [200] * 6
    for hidden in (tree_id, anchor_id, adam):
        assert not [answer for answer in told if str(hidden) in answer.get_data(as_text=True)]
    assert told[1].get_json()["shown"]["invitations"]


def test_what_is_no_moment_or_no_screen_is_told_so(house: House, ana: UUID) -> None:
    program = program_of(house, ana, house.workspace(ana))

    for query, field in (
        ({"screen": "keys"}, "screen"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2099-01-01T00:00:00Z"}, "at"),
        ({"at": "1999-01-01T00:00:00Z"}, "at"),
        ({"position": "first"}, "position"),
        ({"position": "0"}, "position"),
        ({"position": "1.99999999"}, "position"),
        ({"position": "9" * 18}, "position"),
        ({"position": "1", "at": "2026-03-01T09:00:00Z"}, "at"),
        ({"when": "1"}, "when"),
    ):
        assert error_of(asked(program, "/audit/as-of", **query)) == (422, "validation_error", field)


def test_a_key_that_only_tracks_reads_no_past(house: House, ana: UUID) -> None:
    key = house.key(house.workspace(ana), ana, scopes=("track",))
    house.run_followed()

    assert Program(house, key).get("/audit/as-of").status_code == 403
