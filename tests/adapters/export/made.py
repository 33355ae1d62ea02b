"""A house with a history, and exports of it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import UUID, uuid4

from adapters.export import verify
from domain.export import Export
from domain.permissions import Role
from tests.house import House
from tests.tracked import tracked


def export_of(house: House, workspace_id: UUID, by: UUID | None = None) -> bytes:
    """As an operator, or as somebody who asks for it in the web; the zip."""
    return b"".join(house.wiring.exports.zipped(made_by(house, workspace_id, by)) or ())


def made_by(house: House, workspace_id: UUID, by: UUID | None = None) -> Export:
    because = house.because(f"person:{by}" if by else "operator")
    asked = house.agency.ask_for_export(uuid4(), workspace_id, by, because=because)
    house.wiring.deliver_due()
    house.run_followed()
    return house.agency.export(asked.id)


def files_of(zipped: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(zipped)) as found:
        return {name: found.read(name) for name in found.namelist()}


def events_of(files: dict[str, bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["events.jsonl"].splitlines()]


def laid_out(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


class InMemory(verify.Export):
    """An export that lies nowhere."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.names = list(files)

    @contextmanager
    def file(self, name: str) -> Iterator[IO[bytes]]:
        if name not in self.files:
            raise verify.Wrong(f"{name} is missing, or there more than once")
        yield io.BytesIO(self.files[name])


def wrong_with(files: dict[str, bytes], keys: verify.Keys | None = None) -> list[str]:
    return list(verify.problems_of(InMemory(files), keys, None))


def first_wrong(files: dict[str, bytes]) -> str:
    """What the walk along the events stops at; empty if it comes to the end."""
    export = InMemory(files)
    try:
        verify.Walk(verify.manifest_of(export)).check(export)
    except verify.Wrong as wrong:
        return str(wrong)
    return ""


def problems(path: Path, **given: Any) -> list[str]:
    return list(verify.problems_of(verify.Export(path), given.get("keys"), given.get("kept")))


class Town:
    """An agency with two clients and a lone workspace beside it, all of whom track and invite."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.ana, self.ben, self.eve = house.person("Ana"), house.person("Ben"), house.person("Eve")
        self.tree_id, self.anchor_id = house.agency_of(self.ana, children=2)
        house.wiring.heads.sign_all()
        first, second = sorted(house.agency.tree(self.tree_id).children)
        self.acme, self.birch = first, second
        house.member(self.acme, self.ana, self.ben, Role.MEMBER)
        house.wiring.heads.sign_all()
        self.alone = house.workspace(self.eve, "Eve’s")
        house.run_followed()
        for workspace_id in (self.acme, self.anchor_id, self.alone):
            for _ in range(3):
                house.wiring.ingest.track(workspace_id, [tracked()], because=house.because("key:1"))
        house.run_followed()
