"""`heartwood forget` says what it will do, asks, and then does all of it."""

from __future__ import annotations

from uuid import uuid4

from domain.permissions import Role
from tests.scripts.cli.conftest import Operator


def test_a_person_is_found_by_address_and_erased_for_ever(operator: Operator):
    ben = operator.scene.people["Ben"]

    said = operator.document("forget", "BEN@example.com", "--yes")

    assert said["person_id"] == str(ben)
    assert said["erased"]
    assert [one["name"] for one in said["workspaces_left"]] == ["Larkfield — Support line"]
    assert operator.house.wiring.vault.person(ben).erased
    assert operator.house.wiring.vault.person_of_email("ben@example.com") is None


def test_the_history_goes_on_and_reads_erased(operator: Operator):
    child_id = operator.scene.child_id
    operator.run("forget", "ben@example.com", "--yes")
    operator.house.run_followed()

    told = operator.run("history", child_id).output

    assert "Ben" not in told
    assert "Whoever runs this Heartwood removed erased from Larkfield — Support line" in told
    assert operator.run("doctor").exit_code == 0


def test_without_a_yes_nothing_is_done(operator: Operator):
    ben, facts = operator.scene.people["Ben"], operator.scene.facts()

    looked = operator.run("forget", ben, "--dry-run")
    refused = operator.run("forget", ben)

    assert looked.exit_code == 0
    assert "leaves Larkfield — Support line" in looked.output
    assert refused.exit_code == 1
    assert operator.scene.facts() == facts
    assert operator.run("forget", ben, "--json").exit_code == 2


def test_who_is_alone_closes_their_workspace_and_it_is_said_before(operator: Operator):
    looked = operator.run("forget", "eve@example.com", "--dry-run")
    said = operator.document("forget", "eve@example.com", "--yes")
    operator.house.run_followed()

    assert "closes Eve alone" in looked.output
    assert "leaves Eve alone" not in looked.output
    assert said["erased"]
    assert [one["name"] for one in said["workspaces_closed"]] == ["Eve alone"]
    assert said["workspaces_left"] == said["stands_in_the_way"] == []
    assert sorted(operator.scene.facts()[-2:]) == ["Person.Erased", "Workspace.Closed"]
    assert operator.run("doctor").exit_code == 0
    told = operator.run("history", operator.scene.eves_id).output
    assert "Whoever runs this Heartwood closed Eve alone" in told


def test_who_has_paid_meanwhile_is_not_erased(operator: Operator):
    house, eve, eves_id = operator.house, operator.scene.people["Eve"], operator.scene.eves_id
    house.pays_for_agency(eves_id, eve)
    operator.ready(stripe_url="http://stripe.localhost")

    told = operator.run("forget", "eve@example.com", "--yes")

    assert told.exit_code == 1
    assert "This workspace already has a subscription." in told.output
    assert not house.wiring.vault.person(eve).erased
    assert "Person.Erased" not in operator.scene.facts()


def test_what_stands_in_the_way_is_named(operator: Operator):
    eve, ben = operator.scene.people["Eve"], operator.scene.people["Ben"]
    operator.house.member(operator.scene.eves_id, eve, ben, Role.VIEWER)
    facts = operator.scene.facts()

    told = operator.run("forget", "eve@example.com", "--yes")
    ana = operator.run("forget", "ana@example.com", "--yes", "--json")

    assert told.exit_code == 1
    assert "Eve alone" in told.output
    assert "would have no owner" in told.output
    assert ana.exit_code == 1
    assert '"name": "Bright Signal"' in ana.output
    assert "cus_" in ana.output
    assert operator.house.wiring.vault.person(operator.scene.people["Ana"]).name == "Ana"
    assert "Person.Erased" not in operator.scene.facts()[len(facts) :]


def test_nobody_is_nobody(operator: Operator):
    unknown = [operator.run("forget", text, "--yes") for text in (uuid4(), "nobody@example.com")]
    wrong = operator.run("forget", "Ben", "--yes")

    assert [one.exit_code for one in unknown] == [1, 1]
    assert wrong.exit_code == 2


def test_twice_is_once(operator: Operator):
    ben = operator.scene.people["Ben"]
    operator.run("forget", ben, "--yes")
    facts = operator.scene.facts()

    again = operator.document("forget", ben, "--yes")

    assert again["erased"]
    assert operator.scene.facts() == facts
