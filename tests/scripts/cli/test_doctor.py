"""`heartwood doctor`: it is content with a healthy house, and sees each thing that can be wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest

from scripts.cli import checks
from tests.postgres import WEB_ROLE
from tests.scripts.cli.conftest import Operator

FIRST = "(SELECT min(notification_id) FROM agency_events)"
DAMAGES = {
    "log agency": [
        f"UPDATE agency_events SET state = state || ' ' WHERE notification_id = {FIRST}",
        f"DELETE FROM agency_events WHERE notification_id = {FIRST}",
        f"DELETE FROM event_index WHERE log = 'agency' AND position = {FIRST}",
        "UPDATE event_index SET leaf = leaf + 1000 WHERE log = 'agency' AND leaf = 3",
        "UPDATE event_index SET leaf_hash = sha256('other') WHERE log = 'agency' AND leaf = 3",
    ],
    "log metering": ["UPDATE event_index SET topic = 'other' WHERE log = 'metering'"],
    "pools": ["UPDATE pool_counts SET used = used + 1", "DELETE FROM pool_counts"],
    "credits": ["INSERT INTO credit_ledgers (tree_id, rollover_micros) VALUES (gen_random_uuid(), 1)"],
    "usage": ["DELETE FROM usage", "UPDATE usage SET batch_id = gen_random_uuid()"],
    "heads": [
        "INSERT INTO proof_heads VALUES ('agency', 1000000, '\\x00', now(), 'key', '\\x00')",
    ],
    "outbox": ["UPDATE outbox SET gave_up_at = due_at, last_error = 'StripeRefused: no such customer'"],
    "parked": ["INSERT INTO parked VALUES (gen_random_uuid(), 'dashboard', 'agency', 1, 'KeyError', now())"],
    "owners": ["DELETE FROM access_members WHERE role = 'owner'"],
    "trees": [
        "UPDATE access_workspaces SET parent_id = gen_random_uuid() WHERE parent_id IS NOT NULL",
        "UPDATE access_workspaces SET parent_id = NULL, tree_id = NULL WHERE parent_id IS NOT NULL",
    ],
    "gate": ["UPDATE dashboard SET plan = 'free'", "DELETE FROM dashboard"],
    "schema": ["UPDATE schema_version SET version = 99"],
    "secrets": ["UPDATE secret_marks SET mark = sha256(mark) WHERE name = 'vault'"],
    "screens": ["UPDATE bookmarks SET position = 0"],
}


@pytest.fixture
def tracked(operator: Operator) -> Operator:
    """Three events of Eve's, tracked with her key."""
    house, scene = operator.house, operator.scene
    key = house.key(scene.eves_id, scene.people["Eve"])
    for _ in range(3):
        answer = house.app.test_client().post(
            "/api/v1/track",
            json={"agent_id": "brief-writer", "task_type": "draft_email", "outcome": "success"},
            headers={"Authorization": f"Bearer {key}"},
        )
        assert answer.status_code == 201, answer.get_json()
    house.run_followed()
    return operator


def wrong(operator: Operator) -> set[str]:
    """The names of the checks that fail."""
    result = operator.run("doctor", "--json")
    said = json.loads(result.stdout)
    failed = [check for check in said["checks"] if not check["ok"]]
    assert said["ok"] is not bool(failed)
    assert result.exit_code == (1 if failed else 0)
    assert all(check["what_to_do"] for check in failed)
    return {check["name"] for check in failed}


def test_a_healthy_house_passes_every_check(tracked: Operator):
    result = tracked.run("doctor")

    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert len(lines) == 16
    assert all(line.startswith("OK ") for line in lines)


def test_a_house_in_which_an_event_was_voided_is_healthy(tracked: Operator):
    house, eves_id = tracked.house, tracked.scene.eves_id
    with house.database.reading() as db:
        row = db.execute("SELECT event_id FROM usage LIMIT 1").fetchone()
        event = house.services.tracked.event(db, eves_id, row["event_id"])
        house.services.tracked.void(db, event, "digest", because=house.because())
    house.run_followed()

    assert wrong(tracked) == set()


def test_a_downgraded_agency_is_healthy_too(downgraded: Operator):
    assert wrong(downgraded) == set()


def test_an_agency_that_released_a_child_and_adopted_it_again_is_healthy(operator: Operator):
    house, scene, ana = operator.house, operator.scene, operator.scene.people["Ana"]
    tree = house.agency.tree(scene.tree_id)
    seen = house.wiring.gateway.subscription(tree.subscription_id)
    released = []
    for plan in ("pro", "agency"):
        changed = replace(seen, plan=plan)
        house.agency.sync_subscription(scene.tree_id, changed, because=house.because("stripe"))
        house.run_followed()
        released.append(wrong(operator))

    house.agency.adopt(scene.tree_id, ana, scene.child_id, because=house.because(f"person:{ana}"))
    house.run_followed()

    assert released == [set(), set()]
    assert wrong(operator) == set()


def test_each_damage_is_seen_by_its_check(tracked: Operator, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checks, "FOLLOW_SECONDS", 0.0)
    seen = {}

    for name, statements in DAMAGES.items():
        for statement in statements:
            seen[statement] = (name, wrong_after(tracked, statement))

    assert {statement: name for statement, (name, found) in seen.items() if name not in found} == {}


@pytest.mark.parametrize(
    ("damage", "undone"),
    [
        (f"GRANT DELETE ON agency_events TO {WEB_ROLE}", f"REVOKE DELETE ON agency_events FROM {WEB_ROLE}"),
        (f"REVOKE ALL ON bookmarks FROM {WEB_ROLE}", f"GRANT SELECT ON bookmarks TO {WEB_ROLE}"),
        (
            "ALTER TABLE timeline DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE timeline ENABLE ROW LEVEL SECURITY",
        ),
    ],
)
def test_a_right_too_many_or_too_few_of_the_webs_role_is_seen(
    operator: Operator, damage: str, undone: str
) -> None:
    operator.sql(damage)
    found = wrong(operator)
    operator.sql(undone)

    assert "web" in found
    assert "web" not in wrong(operator)


def wrong_after(operator: Operator, statement: str) -> set[str]:
    """What the doctor says after this was done to a table; undone afterwards."""
    words = statement.split()
    table = words[2] if words[0] in ("DELETE", "INSERT") else words[1]
    operator.sql(f"CREATE TABLE kept AS TABLE {table}")
    operator.sql(statement)
    found = wrong(operator)
    operator.sql(f"DELETE FROM {table}")
    operator.sql(f"INSERT INTO {table} TABLE kept")
    operator.sql("DROP TABLE kept")
    return found


def test_what_failed_is_one_line_with_what_to_do(operator: Operator):
    operator.sql("UPDATE outbox SET gave_up_at = due_at, last_error = 'StripeRefused: no'")

    result = operator.run("doctor")

    (line,) = [line for line in result.stdout.splitlines() if not line.startswith("OK ")]
    assert line.startswith("FAIL  outbox: 0 waiting, ")
    assert "the last error: StripeRefused: no → see to the cause" in line


def test_a_database_that_does_not_answer_is_said_and_nothing_else_is_asked(operator: Operator):
    operator.ready(database="host=127.0.0.1 port=1 dbname=heartwood")

    assert wrong(operator) == {"database"}


# Where there is nothing to ask.


@pytest.mark.parametrize("words", [("doctor",), ("history", str(UUID(int=7))), ("rebuild", "--all")])
def test_a_directory_that_nothing_runs_on_says_what_to_do(operator: Operator, words):
    (operator.house.wiring.settings.data / "ready.json").unlink()

    result = operator.run(*words)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "Start it first: scripts/run --data" in result.stderr


def test_other_commands_say_that_the_database_does_not_answer(operator: Operator):
    operator.ready(database="host=127.0.0.1 port=1 dbname=heartwood connect_timeout=1")

    result = operator.run("history", operator.scene.tree_id)

    assert result.exit_code == 1
    assert "does not answer" in result.stderr


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"url": "http://localhost"}'])
def test_a_ready_file_that_is_none_is_said_to_be_so(operator: Operator, text: str):
    (operator.house.wiring.settings.data / "ready.json").write_text(text)

    result = operator.run("doctor")

    assert result.exit_code == 1
    assert "cannot be read" in result.stderr


def test_a_database_that_is_no_heartwood_is_said_to_be_none(operator: Operator, database: str):
    operator.ready(database=database)

    result = operator.run("history", operator.scene.tree_id)

    assert result.exit_code == 1
    assert "is no Heartwood" in result.stderr
    assert wrong(operator) == {"schema"}


def test_rows_that_were_kept_as_long_as_was_promised_are_not_missed(tracked: Operator):
    house = tracked.house
    house.clock.advance(days=65)  # Free promises 30 days, and a month is dropped whole

    dropped = house.wiring.usage_tables.keep_up(house.clock())

    assert dropped > 0
    assert "usage" not in wrong(tracked)
