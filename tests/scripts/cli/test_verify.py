"""`heartwood verify` and `heartwood heads`: what is as it was signed, and what is the first that is not?"""

from __future__ import annotations

import json
from typing import Any

from tests.scripts.cli.conftest import Operator


def wrong(operator: Operator) -> list[dict[str, Any]]:
    """The faults, of both logs."""
    result = operator.run("verify", "--json")
    said = json.loads(result.stdout)
    faults = [fault for log in said["logs"] for fault in log["faults"]]
    assert result.exit_code == (1 if faults else 0)
    assert said["ok"] is not bool(faults)
    return faults


def test_a_log_without_heads_is_verified_by_its_list(operator: Operator):
    result = operator.run("verify")

    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 2
    assert "no head was signed yet" in result.stdout
    assert "no head was signed yet" in operator.run("heads").stderr


def test_heads_are_signed_and_shown_on_demand(operator: Operator):
    signed = operator.run("heads", "--sign").stdout.splitlines()

    assert [json.loads(line)["log"] for line in signed] == ["agency"]
    assert operator.document("heads")["heads"] == [json.loads(line) for line in signed]
    at = json.loads(signed[0])["at"]
    assert f"the newest of 1 head is of {at[:10]} {at[11:19]}Z" in operator.run("verify").stdout


def test_what_is_not_signed_yet_is_told(operator: Operator):
    operator.run("heads", "--sign")
    operator.house.child(operator.scene.tree_id, operator.scene.people["Ana"], "Heron")

    told = operator.run("verify").stdout

    assert "2 events since" in told


def test_the_first_bad_event_is_named(operator: Operator):
    operator.run("heads", "--sign")
    operator.sql("UPDATE agency_events SET topic = 'Tree.Other' WHERE notification_id = 17")

    (fault,) = wrong(operator)
    told = operator.run("verify").stdout

    named = f"log agency: leaf {fault['leaf']}, position 17, version {fault['version']} of {fault['stream']}"
    assert (fault["kind"], fault["position"]) == ("altered", 17)
    assert named in told
    assert "Tree.Other" not in fault["topic"]


def test_nothing_is_signed_over_what_differs(operator: Operator):
    operator.sql("UPDATE agency_events SET topic = 'Tree.Other' WHERE notification_id = 17")

    result = operator.run("heads", "--sign")

    assert result.exit_code == 1
    assert "log agency, position 17: this event is not as it was when it was listed" in result.output


def test_heads_that_differ_from_those_in_the_file_are_told(operator: Operator):
    operator.run("heads", "--sign")
    operator.house.child(operator.scene.tree_id, operator.scene.people["Ana"], "Heron")
    operator.run("heads", "--sign")
    file = operator.house.wiring.proof_folder / "heads.jsonl"
    older, newer = file.read_text().splitlines()

    file.write_text(f"{newer}\n")
    missing = wrong(operator)
    file.write_text(f"{older}\n")
    unwritten = wrong(operator)
    notes = operator.run("verify").stdout
    file.write_text(f"{older}\n{newer.replace('agency', 'agencies')}\nno head\n{newer}\n")
    strange = wrong(operator)

    assert [fault["kind"] for fault in missing] == ["file"]
    assert unwritten == []
    assert "the next signing writes it" in notes
    assert {fault["kind"] for fault in strange} == {"file"}
    assert {fault["says"] for fault in strange} == {
        "line 2 of the file of heads is of no log of ours",
        "line 3 of the file of heads is no head",
    }


def test_a_head_that_somebody_else_wrote_is_told(operator: Operator):
    operator.run("heads", "--sign")
    operator.sql("UPDATE proof_heads SET root = sha256('other')")

    faults = wrong(operator)

    assert [fault["kind"] for fault in faults] == ["signature", "file"]


def test_after_somebody_was_forgotten_everything_verifies(operator: Operator):
    operator.run("heads", "--sign")
    before = operator.document("heads")["heads"][0]["size"]

    assert operator.run("forget", operator.scene.people["Vera"], "--yes").exit_code == 0
    operator.house.wiring.deliver_due()

    assert wrong(operator) == []
    assert json.loads(operator.run("heads", "--sign").stdout.splitlines()[0])["size"] > before
    assert wrong(operator) == []
