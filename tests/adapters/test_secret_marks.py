"""A database is worked on with its own secrets, or not at all."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from adapters.secret_marks import OtherSecrets
from scripts.wiring import create_schema
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


def test_the_mark_of_a_secret_is_not_the_secret(database: str, tmp_path: Path):
    create_schema(settings_of(database, tmp_path))

    marks = {bytes(mark).hex() for _, mark in contents(database)}  # type: ignore[call-overload]

    assert len(marks) == len(SECRETS)
    assert not marks & set(files_of(tmp_path).values())
