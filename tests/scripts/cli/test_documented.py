"""docs/cli.md says what the commands say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest

from projections.catalogue import ALL
from scripts.cli import main
from tests.scripts.cli.conftest import Operator

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "cli.md").read_text()
FREE = ("fields", "state", "names", "rows")  # their keys depend on what they are of
EXAMPLES = {
    heading: json.loads(example)
    for heading, example in re.findall(r"^## ([\w-]+)$.*?^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
}


def shape(value: Any) -> Any:
    """The keys of a document, of lists those of the first entry; what depends on the subject is left out."""
    if isinstance(value, dict):
        return {name: None if name in FREE else shape(one) for name, one in value.items()}
    return shape(value[0]) if isinstance(value, list) and value else None


def differing(documented: Any, said: Any) -> set[str]:
    """Keys that the page or the command has alone; "…" stands for what is described elsewhere."""
    if not isinstance(documented, dict) or not isinstance(said, dict):
        return set()
    alone = set() if "…" in documented else documented.keys() ^ said.keys()
    shared = documented.keys() & said.keys()
    return alone.union(*(differing(documented[name], said[name]) for name in shared))


def test_every_command_and_option_is_documented():
    for name, command in main.commands.items():
        assert name in EXAMPLES
        parts = command.commands.values() if isinstance(command, click.Group) else [command]
        for option in (option for part in parts for option in part.params):
            if isinstance(option, click.Option):
                assert option.opts[0] in PAGE
    assert all(f"`{name}`" in PAGE for name in ALL)


@pytest.mark.parametrize("command", EXAMPLES)
def test_the_documented_shape_is_the_one_that_is_said(downgraded: Operator, command: str):
    other: dict[str, list[object]] = {
        "rebuild": ["dashboard"],
        "export": [downgraded.scene.tree_id, "--to", downgraded.house.wiring.settings.data / "export.zip"],
        "doctor": [],
        "projections": [],
        "verify": [],
        "heads": ["--sign"],
        "forget": [downgraded.scene.people["Vera"], "--dry-run"],
        "keys": ["rotate"],
        "stripe": ["setup", "--dry-run"],
        "why": [downgraded.scene.position_of(downgraded.scene.tree_id, "SubscriptionEnded")],
    }
    other["compare"] = [downgraded.scene.tree_id, "--from", "2026-03-10"]
    other["what-if"] = [downgraded.scene.tree_id, "--at", "2026-03-10", "--do", "reactivate"]
    words = other.get(command, [downgraded.scene.tree_id])

    said = downgraded.document(command, *words)

    assert differing(shape(EXAMPLES[command]), shape(said)) == set()
