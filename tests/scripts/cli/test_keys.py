"""`heartwood keys rotate` says what it did, what stays, and what was begun before."""

from __future__ import annotations

import json

import pytest

from tests.scripts.cli.conftest import Operator


def files(operator: Operator) -> set[str]:
    return {path.name for path in (operator.house.wiring.settings.data / "secrets").iterdir()}


def test_all_of_them_and_it_says_what_remains(operator: Operator):
    operator.house.key(operator.scene.child_id, operator.scene.people["Ana"])

    told = operator.run("keys", "rotate").output

    assert [line.split(":")[0] for line in told.splitlines() if not line.startswith(" ")] == [
        *("vault", "pepper", "forms", "links", "proof")
    ]
    assert "nothing: the old one is destroyed" in told
    assert "1 API keys that are in use are checked with an older one" in told
    assert {"vault.2", "pepper", "pepper.2"} <= files(operator)
    assert "vault" not in files(operator)


def test_the_one_that_is_named_and_no_other(operator: Operator):
    before = files(operator)

    said = operator.document("keys", "rotate", "pepper")

    assert [one["name"] for one in said["rotated"]] == ["pepper"]
    assert files(operator) - before == {"pepper.2"}
    assert operator.run("keys", "rotate", "postgres").exit_code == 2


def test_a_directory_that_has_another_database_keeps_what_that_is_sealed_with(operator: Operator):
    states = {"one": "written", "another": "written"}
    (operator.house.wiring.settings.data / "demo.json").write_text(json.dumps(states))

    said = operator.document("keys", "rotate", "vault")

    assert said["rotated"][0]["kept"] == [1]
    assert {"vault", "vault.2"} <= files(operator)


@pytest.mark.parametrize("keeping", [(), ("--keep-old",)])
def test_the_old_one_stays_only_if_asked_for(operator: Operator, keeping: tuple[str, ...]):
    operator.run("keys", "rotate", "vault", *keeping)

    assert ("vault" in files(operator)) is bool(keeping)


def test_doctor_tells_of_one_that_was_begun(operator: Operator):
    wiring = operator.house.wiring
    number = wiring.rings["vault"].add()
    with operator.house.database.writing() as db:
        wiring.secret_marks.add(db, "vault", number)

    between = {one["name"]: one for one in json.loads(operator.run("doctor", "--json").stdout)["checks"]}
    finished = operator.document("keys", "rotate", "vault")
    after = {one["name"]: one for one in json.loads(operator.run("doctor", "--json").stdout)["checks"]}

    assert "heartwood keys rotate vault" in between["secrets"]["says"]
    assert finished["rotated"][0]["resumed"]
    assert "heartwood keys rotate vault" not in after["secrets"]["says"]


def test_with_other_secrets_nothing_is_exchanged(operator: Operator):
    operator.sql("UPDATE secret_marks SET mark = sha256(mark) WHERE name = 'vault'")
    before = files(operator)

    refused = operator.run("keys", "rotate")

    assert refused.exit_code == 1
    assert "other secrets than these (vault)" in refused.output
    assert files(operator) == before
