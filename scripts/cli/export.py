"""`heartwood export`: take the history of a tree or a workspace out, with what proves it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import click

from adapters.proof.heads import NotSigned
from domain.because import Because
from domain.export import Export
from projections.history.wording import counted
from scripts.cli.desk import Desk, Stop, as_json, say
from scripts.cli.subjects import IdType, subject_of


@click.command()
@click.argument("id", metavar="TREE_OR_WORKSPACE_ID", type=IdType())
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Where to write the zip."
)
@as_json
@click.pass_obj
def export(desk: Desk, id: str, to: Path | None, as_json: bool) -> None:
    """All events of an agency, or of a workspace that stands alone, in a zip that verifies offline.

    That it was made is recorded, and stands in their timeline.
    """
    workspace_id = _leader(desk, id)
    path = to or Path(desk.wiring.exports.file_name(workspace_id, desk.wiring.clock()))
    _refuse_if_there(path)
    made = _made(desk, workspace_id)
    digest = _written(path, desk.wiring.exports.zipped(made) or iter(()))
    assert made.holding is not None
    if as_json:
        key = desk.wiring.signing.public_key()
        about = {"export_id": made.id, "workspace_id": workspace_id, "file": str(path), "sha256": digest}
        say({**about, **vars(made.holding), "public_key": key})
        return
    click.echo(f"{path}: {counted(made.holding.events, 'event')}, SHA-256 {digest}")
    click.echo(f"Verify it with: python verify.py {path} --key {desk.wiring.signing.public_key().hex()}")


def _leader(desk: Desk, id: str) -> UUID:
    """Whose history it is: a tree's is its anchor's."""
    subject = subject_of(desk.wiring.database, id)
    if subject.kind == "tree":
        return desk.wiring.agency.tree(subject.id).anchor_id
    parent_id = desk.wiring.agency.workspace(subject.id).parent_id
    if parent_id is not None:
        raise Stop(f"{subject.id} is a client’s workspace; its history is in that of its anchor {parent_id}")
    return subject.id


def _made(desk: Desk, workspace_id: UUID) -> Export:
    """What its errand does as well, at once; whichever comes first counts."""
    cause = f"command:{uuid4()}"
    because = Because(actor="operator", cause=cause, story=cause, at=desk.wiring.clock())
    asked = desk.wiring.agency.ask_for_export(uuid4(), workspace_id, None, because=because)
    try:
        return desk.wiring.exports.make(asked.id, because=because.following(asked.id, asked.version))
    except NotSigned as error:
        raise Stop(f"{error}; nothing is signed that differs, heartwood verify tells more") from error


def _refuse_if_there(path: Path) -> None:
    """Before anything is recorded."""
    if path.exists():
        raise Stop(f"{path} is there already; give another name with --to")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise Stop(f"{path} cannot be written; give another place with --to")


def _written(path: Path, parts: Iterator[bytes]) -> str:
    """Whole or not at all, and in the place of nothing else; the file's SHA-256."""
    digest = hashlib.sha256()
    number, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(number, "wb") as file:
            for part in parts:
                digest.update(part)
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        raise Stop(f"{path} is there already; give another name with --to") from None
    finally:
        os.unlink(draft)
    return digest.hexdigest()
