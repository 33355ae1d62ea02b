"""Whatever is sent to the API: is the answer one that its document tells, and never a fault of ours?"""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.house import House
from tests.proofs.fuzz_ground import Known, voiced
from tests.proofs.fuzzed import PHASES, asked, served
from web.api.operations import OPERATIONS

LONG = os.environ.get("HEARTWOOD_LONG") == "1"
CASES_MIN = 10_000 if LONG else 400
EXAMPLES = 100 if LONG else 10  # of each operation, for each key


@pytest.fixture
def keys(house: House) -> dict[str, tuple[str, Known]]:
    """Of an anchor, which does everything; of a workspace whose quota is used up; of a child in test mode."""
    ana, eve = house.person("Ana"), house.person("Eve")
    tree_id, _ = house.agency_of(ana, children=1)
    child_id = house.agency.tree(tree_id).children[0]
    found: dict[str, tuple[str, Known]] = {
        "an anchor": voiced(house, house.person("Nora")),
        "a full workspace": (house.key(spent(house, eve), eve), {}),
        "a child, in test mode": (house.key(child_id, ana, mode="test"), {}),
    }
    house.run_followed()
    return found if LONG else dict(islice(found.items(), 2))


def spent(house: House, owner: UUID) -> UUID:
    """A Free workspace that has tracked all that it may."""
    workspace_id = house.workspace(owner, f"Spent {uuid4()}")
    event = {"agent_id": "a", "task_type": "other", "outcome": "success"}
    answer = house.app.test_client().post(
        "/api/v1/track/batch",
        json={"events": [event] * 500},
        headers={"Authorization": f"Bearer {house.key(workspace_id, owner)}"},
    )
    assert answer.get_json()["recorded"] == 500
    return workspace_id


@pytest.mark.timeout(3_600 if LONG else 900)
def test_whatever_is_sent_the_answer_is_one_that_the_document_tells(
    house: House, keys: dict[str, tuple[str, Known]], tmp_path: Path
) -> None:
    with served(house) as url:
        runs = {
            who: asked(url, key, known, tmp_path / str(number), examples=EXAMPLES, seed=number)
            for number, (who, (key, known)) in enumerate(keys.items(), 1)
        }

    print({who: run.cases for who, run in runs.items()})
    wrong = {who: run.told for who, run in runs.items() if run.failures}
    assert wrong == {}, "\n\n".join(wrong.values())
    assert sum(run.cases for run in runs.values()) >= CASES_MIN
    assert len(runs["an anchor"].taken) == len(OPERATIONS), runs["an anchor"].taken
    for run in runs.values():
        assert run.phases == set(PHASES)
        assert run.operations == {len(OPERATIONS)}
