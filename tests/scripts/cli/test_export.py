"""`heartwood export` writes a zip that verifies, and says in the history that it did."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.adapters.export.made import files_of, problems, wrong_with
from tests.scripts.cli.conftest import Operator


def test_a_tree_and_its_anchor_are_one_export(operator: Operator, tmp_path: Path) -> None:
    scene, there = operator.scene, tmp_path / "out"
    there.mkdir()

    by_tree = operator.document("export", scene.tree_id, "--to", there / "tree.zip")
    by_anchor = operator.document("export", str(scene.anchor_id)[:8], "--to", there / "anchor.zip")

    assert by_tree["workspace_id"] == by_anchor["workspace_id"] == str(scene.anchor_id)
    assert by_anchor["events"] == by_tree["events"] + 2  # the first export is a part of the history
    assert hashlib.sha256((there / "tree.zip").read_bytes()).hexdigest() == by_tree["sha256"]
    assert problems(there / "tree.zip") == problems(there / "anchor.zip") == []
    assert sorted(one.name for one in there.iterdir()) == ["anchor.zip", "tree.zip"]
    told = operator.run("history", scene.tree_id).output
    assert "Whoever runs this Heartwood exported the history of Bright Signal" in told


def test_it_says_how_to_verify_it(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "eves.zip"

    said = operator.run("export", operator.scene.eves_id, "--to", file).output

    key = operator.house.wiring.signing.public_key().hex()
    assert f"python verify.py {file} --key {key}" in said
    assert wrong_with(files_of(file.read_bytes())) == []


def test_what_cannot_be_written_is_refused_before_anything_is_recorded(
    operator: Operator, tmp_path: Path
) -> None:
    scene = operator.scene
    (tmp_path / "there.zip").write_bytes(b"somebody's")
    facts = scene.facts()

    answers = [
        operator.run("export", scene.tree_id, "--to", tmp_path / "there.zip"),
        operator.run("export", scene.tree_id, "--to", tmp_path / "missing" / "new.zip"),
        operator.run("export", scene.child_id, "--to", tmp_path / "new.zip"),
        operator.run("export", "00000000", "--to", tmp_path / "new.zip"),
        operator.run("export", "no id", "--to", tmp_path / "new.zip"),
    ]

    assert [answer.exit_code for answer in answers] == [1, 1, 1, 1, 2]
    assert "is there already" in answers[0].output
    assert f"its history is in that of its anchor {scene.anchor_id}" in answers[2].output
    assert scene.facts() == facts
    assert (tmp_path / "there.zip").read_bytes() == b"somebody's"
    assert not (tmp_path / "new.zip").exists()


def test_a_log_that_was_tampered_with_is_not_signed(operator: Operator, tmp_path: Path) -> None:
    operator.sql(
        "UPDATE agency_events SET state = set_byte(state, 5, 255) WHERE originator_id = %s",
        operator.scene.eves_id,
    )

    answer = operator.run("export", operator.scene.tree_id, "--to", tmp_path / "new.zip")

    assert answer.exit_code == 1
    assert "heartwood verify tells more" in answer.output
    assert not (tmp_path / "new.zip").exists()
