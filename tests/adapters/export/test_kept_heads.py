"""Whoever kept heads of the logs finds out whether a log was written anew since."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.export import verify
from domain.signed_head import said
from tests.adapters.export.made import Town, laid_out, wrong_with
from tests.adapters.export.test_tampered import Files, lines_of


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept.jsonl"


def problems(files: Files, kept: Path, *heads: str) -> list[str]:
    folder = laid_out(kept.parent / "export", files)
    kept.write_text("".join(f"{head}\n" for head in heads))
    return list(verify.problems_of(verify.Export(folder), None, kept))


def kept_by(town: Town) -> list[str]:
    return list(town.house.wiring.heads.file.read())


def test_every_head_that_was_signed_before_fits(town: Town, sealed: Files, kept: Path) -> None:
    heads = kept_by(town)

    assert len(heads) >= 4
    assert problems(sealed, kept, *heads) == []
    assert {problems(sealed, kept, head) == [] for head in heads} == {True}


def test_a_head_with_another_past_is_found(town: Town, sealed: Files, kept: Path) -> None:
    """The key's own holder signs two logs."""
    other = json.loads(kept_by(town)[0]) | {"root": "0" * 64}
    at = town.house.clock()
    text = said("agency", other["size"], bytes(32), at)
    key_id, signature = town.house.wiring.signing.sign(text)
    other |= {"at": f"{at:%Y-%m-%dT%H:%M:%S.%fZ}", "key_id": key_id, "signature": signature.hex()}

    (found,) = problems(sealed, kept, *kept_by(town), json.dumps(other))

    assert found.endswith(f"the log agency had another root at {other['size']} events")


def test_a_head_that_nobody_of_ours_signed_says_nothing(town: Town, sealed: Files, kept: Path) -> None:
    first = json.loads(kept_by(town)[0])

    (changed,) = problems(sealed, kept, *kept_by(town), json.dumps(first | {"at": "2020"}))
    (unknown,) = problems(sealed, kept, json.dumps(first | {"size": 2}))
    garbage = problems(sealed, kept, "garbage")

    assert changed.endswith("that head was changed after it was signed")
    assert "no head that this export tells of" in unknown
    assert "is no JSON" in garbage[0]


def test_what_ties_earlier_heads_to_ours_cannot_be_changed(sealed: Files) -> None:
    lines = [json.loads(line) for line in sealed["consistency.jsonl"].splitlines()]
    assert {line["log"] for line in lines} == {"agency"}

    for number, line in enumerate(lines):
        for changed in (
            line | {"root": "0" * 64},
            line | {"size": line["size"] + 1},
            line | {"size": 0},
            line | {"path": line["path"][:-1]},
            line | {"path": [*line["path"], "0" * 64]},
            line | {"log": "metering"},
        ):
            spoilt = [*lines[:number], changed, *lines[number + 1 :]]
            found = wrong_with(sealed | {"consistency.jsonl": lines_of(spoilt)})
            assert f"consistency.jsonl line {number + 1} does not lead to the head of its log" in found
