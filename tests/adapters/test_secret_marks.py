"""A database is worked on with its own secrets, or not at all."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from adapters.secret_marks import OtherSecrets
from scripts.wiring import Wiring, create_schema
from tests.adapters.test_upgrades import earlier
from tests.house import settings_of

SECRETS = ("vault", "pepper")


def files_of(data: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (data / "secrets").iterdir()}


def contents(database: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database) as db:
        return db.execute("SELECT name, mark FROM secret_marks ORDER BY name").fetchall()


def test_the_secrets_of_a_database_open_it_again(database: str, tmp_path: Path):
    create_schema(settings_of(database, tmp_path))

    create_schema(settings_of(database, tmp_path))

    assert [name for name, _ in contents(database)] == sorted(SECRETS)


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_that_is_gone_is_missed_and_not_made_anew(database: str, tmp_path: Path, name: str):
    create_schema(settings_of(database, tmp_path))
    (tmp_path / "secrets" / name).unlink()
    before = files_of(tmp_path), contents(database)

    with pytest.raises(OtherSecrets, match=rf"\({name}\).*bring its secrets back from a backup"):
        create_schema(settings_of(database, tmp_path))

    assert (files_of(tmp_path), contents(database)) == before


def test_the_secrets_of_another_directory_are_refused(database: str, tmp_path: Path):
    create_schema(settings_of(database, tmp_path / "ours"))
    before = contents(database)

    with pytest.raises(OtherSecrets, match="vault, pepper"):
        create_schema(settings_of(database, tmp_path / "theirs"))

    assert contents(database) == before


def test_the_first_version_kept_no_marks_and_is_opened_with_its_own_secrets(database: str, tmp_path: Path):
    ours = first_version(database, tmp_path / "ours")

    ours.create_schema()

    assert [name for name, _ in contents(database)] == sorted(SECRETS)


@pytest.mark.parametrize("made", [SECRETS, ()])
def test_the_first_version_is_not_upgraded_with_other_secrets(
    database: str, tmp_path: Path, made: tuple[str, ...]
):
    ours = first_version(database, tmp_path / "ours")
    theirs = Wiring(settings_of(database, tmp_path / "theirs"))
    for name in made:
        theirs._secret(name)

    with pytest.raises(OtherSecrets, match="vault, pepper"):
        theirs.create_schema()

    secrets = tmp_path / "theirs" / "secrets"
    assert sorted(path.name for path in secrets.iterdir()) == sorted(made)
    ours.create_schema()


def first_version(database: str, data: Path) -> Wiring:
    """As that version made it, with a name that it sealed."""
    earlier(database)
    ours = Wiring(settings_of(database, data))
    for name in SECRETS:
        ours._secret(name)
    subject_id = uuid4()
    wrapped = ours.vault.wrapped(1, subject_id, b"k" * 32)
    with psycopg.connect(database) as db:
        db.execute("INSERT INTO vault_keys VALUES (%s, %s)", (subject_id, wrapped))
    return ours


def test_the_mark_of_a_secret_is_not_the_secret(database: str, tmp_path: Path):
    create_schema(settings_of(database, tmp_path))

    marks = {bytes(mark).hex() for _, mark in contents(database)}  # type: ignore[call-overload]

    assert len(marks) == len(SECRETS)
    assert not marks & set(files_of(tmp_path).values())
